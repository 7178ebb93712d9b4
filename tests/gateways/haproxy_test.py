"""The real HAProxy, with the very files of doc/gateways/haproxy.md."""
from scenes import Gateway, use
from tap import main, test

use("haproxy", "gateways/haproxy.md", {
    "/usr/share/lua/5.3/MessagePack.lua": "lua-messagepack",
})


@test
def a_body_over_its_buffer_goes_to_the_default():
    with Gateway() as gateway, gateway.caller() as caller:
        for size in (230000, 262144, 1000000):
            answer = caller.ask("x" * size)
            assert answer.status == 200, (size, gateway.log())
            assert answer.decision is not None or answer.model == "small"
        assert answer.decision is None


main()
