"""What every gateway's test shows.  A test file says which gateway that is, by use(),
adds what is its own, and runs main()."""
import os
import shutil
import signal
import sys

from daemon import SOURCE
from gateway import Caller, Traffic, learn
from howto import Sandbox
from stub_models import Model, prompt
from tap import Skip, note, test

sys.path.append(os.path.join(SOURCE, "tests", "clients"))
from fake import Fake, result  # pylint: disable=wrong-import-position

QUALITY = {"small": {"code": 0.1, "letter": 0.9}, "large": {"code": 0.9, "letter": 0.2}}
BEST = {"code": "large", "letter": "small"}
BOUND = 0.05  # what the pages say that a request waits for banditd
SLACK = 0.75  # of a busy machine; less than what any other time-out is
_used = {}


def use(program, page, needs):
    """needs are files, without which the program cannot run the page."""
    _used.update(program=program, page=page, needs=needs)


class Gateway:
    """The used gateway and banditd of its page, and two models of their own quality;
    options are theirs."""

    def __init__(self, patient=True, **options):
        if not shutil.which(_used["program"]):
            raise Skip(f"{_used['program']} is not installed")
        for file, package in _used["needs"].items():
            if not os.path.exists(file):
                raise Skip(f"{package} is not installed")
        self.models = {name: Model(name, quality, **options)
                       for name, quality in QUALITY.items()}
        self.sandbox = Sandbox(_used["page"], {8001: self.models["small"].port,
                                               8002: self.models["large"].port},
                               patient)
        self.daemon = self.sandbox.daemon

    def __enter__(self):
        for model in self.models.values():
            model.__enter__()
        try:
            self.sandbox.write_files()
            self.daemon.start()
            self.sandbox.services[_used["program"]].start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.sandbox.__exit__()
        for model in self.models.values():
            model.__exit__()

    def port(self):
        return self.sandbox.port(8080)

    def caller(self):
        return Caller(self.port())

    def log(self):
        """What the gateway wrote, wherever."""
        text = ""
        for name in ("/var/log/nginx/error.log", "/var/log/out"):
            if os.path.exists(self.sandbox.path(name)):
                with open(self.sandbox.path(name), encoding="utf-8") as log:
                    text += log.read()
        return text


@test
def traffic_moves_to_the_model_that_does_not_fail():
    with Gateway(fails=True) as gateway, gateway.caller() as caller:
        def step(kind, number):
            answer = caller.ask(prompt(kind, number))
            assert answer.status in (200, 500) and answer.decision, gateway.log()
        for line in learn(gateway.models, BEST, step):
            note(line)


@test
def thumbs_move_traffic_where_every_answer_is_a_200():
    with Gateway() as gateway, gateway.caller() as caller:
        def step(kind, number):
            answer = caller.ask(prompt(kind, number), X_Feedback="later")
            content = answer.json()["choices"][0]["message"]["content"]
            thumb = caller.post("/feedback", {"decision": answer.decision,
                                              "reward": float(content == "a good answer")})
            assert thumb.json() == {"applied": True}, thumb.text
        for line in learn(gateway.models, BEST, step):
            note(line)


@test
def the_id_of_the_decision_is_in_a_header():
    with Gateway() as gateway, gateway.caller() as caller:
        client = gateway.daemon.client()
        for number in range(6):
            answer = caller.ask(prompt("code", number), X_Feedback="later")
            known = client.call("explain", decision=answer.decision)
            assert known["slate"] == [answer.model] and known["state"] == "pending"
            assert answer.json()["served_by"] == answer.model
            assert gateway.models[answer.model].bodies[-1]["tools"] == []


@test
def no_request_is_lost_with_banditd():
    with Gateway() as gateway, Traffic(gateway.caller) as traffic:
        traffic.wait("routed", lambda a: a.decision)
        for end in (gateway.daemon.kill, gateway.daemon.stop, gateway.daemon.kill):
            end()
            traffic.wait("without banditd", lambda a: not a.decision)
            gateway.daemon.start()
            traffic.wait("routed again", lambda a: a.decision)
        note(f"{len(traffic.answers)} requests, the longest {traffic.check():.3f} s")
        assert any(a.model == "small" for a in traffic.answers if not a.decision)


@test
def a_banditd_that_hangs_costs_a_request_no_more_than_its_bound():
    with Gateway(patient=False) as gateway, Traffic(gateway.caller) as traffic:
        traffic.wait("routed", lambda a: a.decision)
        gateway.daemon.signal(signal.SIGSTOP)
        traffic.wait("without banditd", lambda a: not a.decision)
        for _ in range(3):  # rests, and tries again
            traffic.wait("bounded", lambda a: not a.decision and a.seconds > BOUND)
        gateway.daemon.signal(signal.SIGCONT)
        traffic.wait("routed again", lambda a: a.decision)
        longest = traffic.check()
        waited = sum(a.seconds > BOUND for a in traffic.answers if not a.decision)
        note(f"{len(traffic.answers)} requests, {waited} waited, "
             f"the longest {longest:.3f} s")
        assert longest < BOUND + SLACK
        assert waited < len(traffic.answers) / 3


@test
def a_banditd_that_answers_errors_costs_nothing():
    with Gateway() as gateway, gateway.caller() as caller:
        client = gateway.daemon.client()
        for arm in ("small", "large"):
            client.call("arm.set", router="chat", arm=arm, enabled=False)
        for number in range(10):
            answer = caller.ask(prompt("letter", number))
            assert answer.status == 200 and answer.model == "small"
            assert answer.decision is None and answer.seconds < BOUND + SLACK
        assert "no_eligible_arm" in gateway.log()
        client.call("arm.set", router="chat", arm="large", enabled=True)
        assert caller.ask(prompt("letter", 1)).model == "large", "asked at once"


@test
def whatever_the_body_is_it_goes_to_a_model():
    with Gateway() as gateway, gateway.caller() as caller:
        for body in (b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", b'{"messages": {}}',
                     b'{"messages": [{"role": "user"}]}', b"[" * 100000,
                     b'{"messages": [{"role": "user", "content": [1, {"text": 2}]}]}'):
            answer = caller.post("/v1/chat/completions", body)
            assert (answer.status, answer.model) == (400, "small"), body[:80]
        answer = caller.ask("x" * 200000)
        assert answer.status == 200 and answer.decision, gateway.log()
        bad = b'{"messages": [{"role": "user", "content": "\xc3"}], "model": "m"}'
        assert caller.post("/v1/chat/completions", bad).model in QUALITY
        answer = caller.ask("Sort \u00e4 \U0001f600 list")
        assert answer.status == 200 and answer.decision, gateway.log()
        router, = gateway.daemon.client().call("routers")["routers"]
        assert router["decisions"] >= 2


@test
def a_thumb_that_is_wrong_is_refused():
    with Gateway() as gateway, gateway.caller() as caller:
        good = caller.ask(prompt("code", 1), X_Feedback="later").decision
        for body in (b"", b"[]", b"1", b"{}", {"decision": "no", "reward": 1},
                     {"decision": good, "reward": 7}, {"decision": good},
                     {"decision": [good], "reward": 1}):
            answer = caller.post("/feedback", body)
            assert answer.status == 400 and answer.json()["error"], answer.text
        for applied in (True, False):
            answer = caller.post("/feedback", {"decision": good, "reward": 1})
            assert answer.json() == {"applied": applied}, answer.text
        gateway.daemon.kill()
        answer = caller.post("/feedback", {"decision": good, "reward": 1})
        assert answer.status == 503, answer.text


@test
def a_model_that_is_away_earns_nothing():
    with Gateway() as gateway, gateway.caller() as caller:
        gateway.models["small"].close()
        models = []
        for number in range(30):
            answer = caller.ask(prompt("letter", number))
            assert answer.decision and answer.status == 200 or answer.status >= 500
            models.append(answer.model)
        assert models[-5:] == 5 * ["large"], models


@test
def rewards_that_are_not_taken_take_no_connections_from_requests():
    def takes_no_rewards(connection, request):
        if request[2] == "decide":
            return result({"arm": "large", "decision": "d"})(connection, request)
        return True

    with Gateway() as gateway:
        gateway.daemon.stop()
        with Fake(takes_no_rewards, gateway.daemon.socket), gateway.caller() as caller:
            os.chmod(gateway.daemon.socket, 0o666)
            while caller.ask("a").decision is None:
                pass  # it rests, since the daemon was stopped
            for number in range(800):
                assert caller.ask(prompt("code", number)).decision == "d", gateway.log()
