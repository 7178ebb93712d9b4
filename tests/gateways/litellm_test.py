# SPDX-License-Identifier: GPL-3.0-or-later
"""banditd.litellm against a stub of LiteLLM's interface, with models that are
HTTP servers, and the real daemon."""
import asyncio
import http.server
import json
import logging
import os
import random
import re
import signal
import sys
import threading
import time

from daemon import SOURCE, Daemon
from tap import main, note, test

HERE = os.path.join(SOURCE, "tests", "gateways")
sys.path[:0] = [os.path.join(HERE, "litellm_stub"),
                os.path.join(SOURCE, "clients", "python")]

# pylint: disable=wrong-import-position
import litellm
from litellm.proxy import proxy_server

import banditd
import banditd.litellm

ARMS = ("openai/coder", "openai/talker", "openai/poor")
GOOD = {"code": "openai/coder", "chat": "openai/talker"}
LONG = 30.0
SLACK = 2.0
SEED = int(os.environ.get("SEED", "1"))
DAEMON = Daemon('router "default" { dimension = 2  ' +
                "".join(f'arm "{arm}" {{ }}  ' for arm in ARMS) + "}")
logging.disable(logging.WARNING)


class Model:
    """A server that answers as well as the arm is for the prompt."""

    def __init__(self, arm):
        self.arm = arm
        self.broken = False
        self.asked = 0
        model = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Of one request."""

            def do_POST(self):
                # pylint: disable=invalid-name
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                model.asked += 1
                self.send_response(500 if model.broken else 200)
                self.end_headers()
                kind = banditd.litellm.prompt(body["messages"])
                self.wfile.write(json.dumps({
                    "model": arm,
                    "quality": 0.9 if GOOD[kind] == arm else 0.2}).encode())

            def log_message(self, *_):
                # pylint: disable=arguments-differ
                pass

        class Server(http.server.ThreadingHTTPServer):
            """Takes all that come at once."""
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


MODELS = {arm: Model(arm) for arm in ARMS}


def features(messages):
    return {"x": [1.0, 0.0] if banditd.litellm.prompt(messages) == "code"
            else [0.0, 1.0]}


def quality(kwargs, response, start, end):
    assert kwargs["litellm_params"]["metadata"] and start <= end
    return response["quality"]


def new_bandit(**more):
    more.setdefault("context", features)
    return banditd.litellm.Bandit(quality, path=DAEMON.socket,
                                  timeout=LONG, **more)


def new_router():
    return litellm.Router([
        {"model_name": "auto",
         "litellm_params": {"model": arm, "api_base": model.url}}
        for arm, model in MODELS.items()] + [
        {"model_name": "alone", "litellm_params": {
            "model": ARMS[0], "api_base": MODELS[ARMS[0]].url}}])


def installed(**more):
    bandit, router = new_bandit(**more), new_router()
    litellm.callbacks.clear()
    bandit.install(router)
    return bandit, router


def said(kind):
    return [{"role": "system", "content": "be brief"},
            {"role": "user", "content": kind}]


async def ask(router, kind, **more):
    """The arm that answered; when this returns, its reward is reported."""
    response = await router.acompletion("auto", said(kind), **more)
    while router.logged:
        await asyncio.gather(*list(router.logged))
    return response["model"]


def rewards():
    with banditd.Client(DAEMON.socket, timeout=LONG) as client:
        return {a["arm"]: (a["rewards"], a["reward_mean"])
                for a in client.call("arms")["arms"]}


@test
def traffic_moves_to_the_right_model():
    DAEMON.start()
    note(f"seed {SEED}")
    draw = random.Random(SEED)

    async def run():
        _, router = installed(decide_timeout=LONG)
        right = []
        for _ in range(150):
            kind = draw.choice(("code", "chat"))
            right.append(await ask(router, kind) == GOOD[kind])
        return right
    right = asyncio.run(run())
    note(f"right: {sum(right[:50])}, {sum(right[50:100])}, "
         f"{sum(right[100:])} of 50")
    assert sum(right[100:]) >= 40, right
    assert sum(n for n, _ in rewards().values()) == 150


@test
def killing_banditd_in_traffic_loses_no_request():
    async def run():
        _, router = installed()
        for model in MODELS.values():
            model.asked = 0
        answers = []

        async def caller():
            for _ in range(20):
                answers.append(await ask(router, "code"))
                if len(answers) == 50:
                    DAEMON.kill()
        await asyncio.gather(*(caller() for _ in range(10)))
        assert len(answers) == 200
        assert sum(m.asked for m in MODELS.values()) == 200
    asyncio.run(run())
    DAEMON.start()


@test
def a_banditd_that_hangs_costs_a_bounded_wait():
    async def run():
        _, router = installed(default=ARMS[1])
        DAEMON.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, DAEMON.process.pid, os.WSTOPPED | os.WNOWAIT)
        try:
            start = time.monotonic()
            for _ in range(50):
                assert await ask(router, "code") == ARMS[1]  # the default
            seconds = time.monotonic() - start
            note(f"50 requests while it hangs: {seconds:.3f} s")
            assert seconds < 50 * 0.1 / 5 + SLACK
        finally:
            DAEMON.signal(signal.SIGCONT)
    asyncio.run(run())


@test
def a_model_that_fails_is_not_tried_again_and_learnt_from():
    before = rewards()

    async def run():
        _, router = installed(decide_timeout=LONG)
        MODELS[ARMS[0]].broken = MODELS[ARMS[1]].broken = True
        MODELS[ARMS[0]].asked = MODELS[ARMS[1]].asked = 0
        try:
            assert await ask(router, "code") == ARMS[2]
        finally:
            MODELS[ARMS[0]].broken = MODELS[ARMS[1]].broken = False
        tried = MODELS[ARMS[0]].asked + MODELS[ARMS[1]].asked
        assert MODELS[ARMS[0]].asked < 2 and MODELS[ARMS[1]].asked < 2
        return tried
    tried = asyncio.run(run())
    learnt = sum(n for n, _ in rewards().values()) - \
        sum(n for n, _ in before.values())
    assert learnt == tried + 1, (learnt, tried)


@test
def the_decision_travels_in_a_header_of_the_proxy():
    async def run(newer):
        litellm.callbacks[:] = [new_bandit(decide_timeout=LONG)]
        proxy_server.llm_router = new_router()
        response, headers = await proxy_server.chat(
            {"model": "auto", "messages": said("chat"),
             "metadata": {"banditd": [{"decision": "forged"}]}}, newer)
        while proxy_server.llm_router.logged:
            await asyncio.gather(*list(proxy_server.llm_router.logged))
        assert headers["x-banditd-arm"] == response["model"]
        return headers["x-banditd-decision"]
    for newer in (True, False):
        decision = asyncio.run(run(newer))
        with banditd.Client(DAEMON.socket, timeout=LONG) as client:
            assert client.call("explain", decision=decision)
            assert not client.feedback(decision, 0.9)["applied"]


@test
def metadata_from_outside_is_not_believed():
    async def run():
        _, router = installed(decide_timeout=LONG)
        for forged in ([{"decision": "d", "arm": ARMS[0]}], "x", {}, None):
            assert await ask(router, "code",
                             metadata={"banditd": forged}) in ARMS
    asyncio.run(run())


@test
def a_context_that_fails_leaves_the_default():
    def broken(messages):
        raise OSError("no embedding")

    async def late(messages):
        return features(messages)

    async def run():
        _, router = installed(context=broken, default=ARMS[2])
        assert await ask(router, "code") == ARMS[2]
        _, router = installed(context=late, decide_timeout=LONG)
        before = rewards()
        assert await ask(router, "code") in ARMS
        assert rewards() != before
    asyncio.run(run())


@test
def a_group_of_one_arm_is_left_to_the_router():
    async def run():
        _, router = installed(decide_timeout=LONG)
        before = rewards()
        response = await router.acompletion("alone", said("code"))
        assert response["model"] == ARMS[0]
        assert rewards() == before
    asyncio.run(run())


@test
def a_router_that_is_not_awaited_learns_too():
    _, router = installed(decide_timeout=LONG)
    before = sum(n for n, _ in rewards().values())
    for _ in range(10):
        assert router.completion("auto", said("code"))["model"] in ARMS
    assert sum(n for n, _ in rewards().values()) == before + 10


@test
def the_text_of_a_request_is_what_users_say():
    parts = [{"role": "user", "content": [{"type": "text", "text": "one"},
                                          {"type": "image_url"}]},
             {"role": "assistant", "content": "no"},
             {"role": "user", "content": "two"},
             {"role": "user", "content": None}]
    text = banditd.litellm.text_context(parts)["text"]
    assert text.split() == ["one", "two"], text
    assert banditd.litellm.text_context(["a", "b"]) == {"text": "a\nb"}
    assert banditd.litellm.text_context("a") == {"text": "a"}
    assert banditd.litellm.text_context(None) == {"text": ""}


@test
def the_how_to_runs():
    with open(os.path.join(SOURCE, "doc", "gateways", "litellm.md"),
              encoding="utf-8") as file:
        blocks = re.findall(r"^```python\n(.*?)^```$", file.read(),
                            re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    os.environ["BANDITD_SOCKET"] = DAEMON.socket
    for block in blocks:
        litellm.callbacks.clear()
        names = {"useful": lambda response: response["quality"] > 0.5}
        exec(block, names)  # pylint: disable=exec-used
        bandit, router = names["bandit"], names.get("router")
        assert bandit.client.path == DAEMON.socket
        if router:
            assert litellm.callbacks == [bandit]
            chosen = router.get_available_deployment("auto", said("code"))
            # Its daemon has other arms, and takes no text.
            assert chosen["litellm_params"]["model"] == "openai/gpt-4o"


def stop():
    for model in MODELS.values():
        model.stop()
    DAEMON.remove()


if __name__ == "__main__":
    main(after=stop)
