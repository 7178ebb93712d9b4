"""The real gateway of Portkey, with the very files of doc/gateways/portkey.md."""
import json
import os
import shutil
import signal

from gateway import Caller, Traffic, learn
from howto import PORTKEY, Sandbox
from stub_models import Model, prompt
from tap import Skip, main, note, test
from web import post

QUALITY = {"small": {"code": 0.1, "letter": 0.9}, "large": {"code": 0.9, "letter": 0.2}}
BEST = {"code": "large", "letter": "small"}
BOUND = 0.25 + 0.25  # what the page says that a request waits for banditd
SLACK = 0.75  # of a busy machine
IMPATIENT = '"timeout": 250'


class Silent(Model):
    """A bad answer of it has no text."""

    def answer(self, body):
        status, found = super().answer(body)
        for choice in found.get("choices", []):
            if choice["message"]["content"] != "a good answer":
                choice["message"]["content"] = ""
        return status, found


class Provider(Model):
    """All models behind one address, by the name in the body."""

    def __init__(self, models):
        super().__init__("provider", {})
        self.models = models

    def answer(self, body):
        return self.models[body["model"]].answer(body)


class Portkey:
    """The gateway and banditd of the page, the models, and their provider."""

    def __init__(self, model=Model, patient=True):
        if not shutil.which("node") or not os.path.exists(PORTKEY):
            raise Skip("the gateway is not installed: script/setup does, where there is npm")
        self.models = {name: model(name, quality) for name, quality in QUALITY.items()}
        self.provider = Provider(self.models)
        self.served = [*self.models.values(), self.provider]
        self.sandbox = Sandbox("gateways/portkey.md", {
            number: served.port for number, served in enumerate(self.served, 8001)}, patient)
        self.daemon = self.sandbox.daemon
        self.number = 0

    def __enter__(self):
        for served in self.served:
            served.__enter__()
        try:
            self.sandbox.write_files()
            self.daemon.start()
            self.sandbox.services["portkey"].start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.sandbox.__exit__()
        for served in self.served:
            served.__exit__()

    def config(self, name="config.json"):
        with open(self.sandbox.path(f"/etc/portkey/{name}"), encoding="utf-8") as file:
            return json.dumps(json.load(file))

    def caller(self, config=None):
        return PortkeyCaller(self.sandbox.port(8787), config or self.config())

    def facade(self):
        """A connection to banditd's own HTTP."""
        return Caller(self.sandbox.port(8090)).connection


class PortkeyCaller(Caller):
    """Sends its configuration with each request."""

    def __init__(self, port, config):
        super().__init__(port)
        self.config = config

    def ask(self, text, **headers):
        answer = self.post("/v1/chat/completions",
                           {"model": "small", "messages": [
                               {"role": "system", "content": "Be brief."},
                               {"role": "user", "content": text}]},
                           x_portkey_config=self.config, **headers)
        if answer.status == 200:
            found = answer.json()
            answer.model = found["served_by"]
            answer.decision = found.get("banditd", {}).get("decision")
        return answer

    def ask_as(self, number, text):
        """Under an id of the caller's own."""
        return self.ask(text, x_portkey_trace_id=number,
                        x_portkey_metadata=json.dumps({"banditd_decision": number}))


@test
def traffic_moves_to_the_model_that_answers():
    """By what the second webhook sees alone."""
    with Portkey(Silent) as portkey, portkey.caller() as caller:
        def step(kind, number):
            answer = caller.ask(prompt(kind, number))
            assert answer.status == 200 and answer.decision, answer.text
        for line in learn(portkey.models, BEST, step):
            note(line)


@test
def thumbs_move_traffic_where_every_answer_is_a_200():
    with Portkey() as portkey:
        later = portkey.config().replace("after?latency=10", "after?reward=later")
        with portkey.caller(later) as caller:
            facade = portkey.facade()
            asked = iter(range(10000))

            def step(kind, number):
                own = f"request-{next(asked)}"
                answer = caller.ask_as(own, prompt(kind, number))
                assert answer.headers["x-portkey-trace-id"] == answer.decision == own
                content = answer.json()["choices"][0]["message"]["content"]
                assert post(facade, "feedback", {
                    "decision": own, "reward": float(content == "a good answer")
                })[1]["applied"] is True
            for line in learn(portkey.models, BEST, step):
                note(line)
            facade.close()


@test
def the_model_is_the_one_that_was_chosen_and_is_told_no_more():
    with Portkey() as portkey, portkey.caller() as caller:
        client = portkey.daemon.client()
        for number in range(6):
            answer = caller.ask_as(f"own-{number}", prompt("code", number))
            known = client.call("explain", decision=f"own-{number}")
            assert known["slate"] == [answer.model]
            body = portkey.models[answer.model].bodies[-1]
            assert body["model"] == answer.model
            assert "banditd" not in json.dumps(body), body


@test
def conditional_routing_follows_a_decision():
    with Portkey() as portkey, \
            portkey.caller(portkey.config("targets.json")) as caller:
        facade = portkey.facade()
        seen = set()
        for number in range(12):
            status, choice = post(facade, "decide", {
                "router": "chat", "text": prompt("code", number)})
            assert status == 200
            answer = caller.ask(
                prompt("code", number), x_portkey_trace_id=choice["decision"],
                x_portkey_metadata=json.dumps({"arm": choice["arm"]}))
            assert answer.headers["x-portkey-trace-id"] == choice["decision"]
            assert answer.json()["served_by"] == choice["arm"]
            assert answer.json()["model"] == choice["arm"]
            seen.add(choice["arm"])
            assert post(facade, "feedback", {"decision": choice["decision"],
                                             "reward": 0.5})[0] == 200
        assert seen == {"small", "large"}
        answer = caller.ask("hello")
        assert answer.json()["served_by"] == "small", "the default"
        facade.close()


@test
def no_request_is_lost_with_banditd():
    with Portkey() as portkey, Traffic(portkey.caller) as traffic:
        traffic.wait("routed", lambda a: a.decision)
        ends = (portkey.daemon.kill, portkey.daemon.stop, portkey.daemon.kill)
        for end in ends:
            end()
            traffic.wait("without banditd", lambda a: not a.decision)
            portkey.daemon.start()
            traffic.wait("routed again", lambda a: a.decision)
        note(f"{len(traffic.answers)} requests, the longest {traffic.check():.3f} s")
        # One that was between its two webhooks keeps the model that was chosen.
        others = [a for a in traffic.answers if not a.decision and a.model != "small"]
        assert len(others) <= len(ends) * len(traffic.threads), others


@test
def a_banditd_that_hangs_costs_a_request_no_more_than_its_bound():
    with Portkey(patient=False) as portkey, Traffic(portkey.caller) as traffic:
        assert IMPATIENT in portkey.config()
        for _ in range(10):  # its first requests take it longest
            traffic.wait("routed", lambda a: a.decision)
        warm = len(traffic.answers)
        portkey.daemon.signal(signal.SIGSTOP)
        for _ in range(6):
            traffic.wait("without banditd", lambda a: not a.decision)
        portkey.daemon.signal(signal.SIGCONT)
        traffic.wait("routed again", lambda a: a.decision)
        traffic.check()
        longest = max(a.seconds for a in traffic.answers[warm:])
        note(f"{len(traffic.answers) - warm} requests, the longest {longest:.3f} s")
        assert BOUND / 2 < longest < BOUND + SLACK


@test
def a_banditd_that_answers_errors_costs_nothing():
    with Portkey() as portkey, portkey.caller() as caller:
        client = portkey.daemon.client()
        for arm in ("small", "large"):
            client.call("arm.set", router="chat", arm=arm, enabled=False)
        for number in range(5):
            answer = caller.ask(prompt("letter", number))
            assert answer.status == 200 and answer.model == "small"
            assert answer.decision is None
            assert b"no_eligible_arm" in answer.text
        client.call("arm.set", router="chat", arm="large", enabled=True)
        assert caller.ask(prompt("letter", 1)).model == "large"


main(300)
