"""The real nginx, with the very files of doc/gateways/nginx.md."""
import socket

from scenes import Gateway, use
from stub_models import prompt
from tap import main, test

use("nginx", "gateways/nginx.md", {
    "/etc/nginx/modules-enabled/50-mod-http-lua.conf": "libnginx-mod-http-lua",
    "/usr/share/lua/5.1/MessagePack.lua": "lua-messagepack",
})


@test
def the_model_in_the_body_is_the_one_that_was_chosen():
    with Gateway() as gateway, gateway.caller() as caller:
        for number in range(6):
            answer = caller.ask(prompt("letter", number))
            assert answer.json()["model"] == answer.model


@test
def a_body_that_nginx_has_in_a_file_is_routed_as_well():
    with Gateway() as gateway, gateway.caller() as caller:
        for size in (250000, 270000, 4 << 20):
            answer = caller.ask("Write a letter " + "x" * size)
            assert answer.status == 200 and answer.decision, gateway.log()
            assert answer.json()["model"] == answer.model
            sent = gateway.models[answer.model].bodies[-1]["messages"][1]["content"]
            assert len(sent) == size + 15


@test
def a_body_over_the_limit_is_refused():
    with Gateway() as gateway, \
            socket.create_connection(("127.0.0.1", gateway.port())) as caller:
        caller.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
                       b"Content-Length: 33554433\r\n\r\n")
        assert caller.recv(4096).startswith(b"HTTP/1.1 413 ")


main()
