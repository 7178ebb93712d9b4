"""The real nginx, with the very files of doc/gateways/nginx.md."""
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
def a_body_over_its_limit_is_refused():
    with Gateway() as gateway, gateway.caller() as caller:
        answer = caller.ask("x" * 1000000)
        assert answer.status == 200 and answer.decision
        assert caller.post("/v1/chat/completions", b"x" * (1 << 20 | 1)).status == 413


main()
