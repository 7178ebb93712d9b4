"""Every method of the protocol, and every wrong input that was thought of."""
import math
import socket

import msgpack

from daemon import Daemon, packed
from tap import main, test

CONFIG = """
max_request_bytes = 65536
router "default" {
    dimension = 3
    arm "a" { cost = 1 }
    arm "b" { cost = 2  group = "dear" }
}
router "other" { dimension = "auto"  arm "only" { } }
"""
X = [1.0, 2.0, 3.0]

daemon = Daemon(CONFIG).start()
client = daemon.client()
called = set()


def call(method, **params):
    called.add(method)
    return client.call(method, **params)


def decide(**params):
    return call("decide", x=X, **params)


def state(c):
    """All that a wrong request must leave as it was."""
    status = c.call("status")
    counters = ("decisions", "rewards", "pending", "applied_seq",
                "durable_seq", "received_seq")
    return (c.call("state_hash"), {k: status[k] for k in counters},
            c.call("routers"), c.call("arms"))


def refused(code, method, *words, **params):
    """Refused with that code and those words, and nothing has changed."""
    before = state(client)
    sentence = client.fails(code, method, **params)
    for word in words:
        assert word in sentence, f"no '{word}' in: {sentence}"
    after = state(client)
    assert after == before, f"{before}\nis now\n{after}"
    return sentence


@test
def ping_tells_the_version():
    answer = call("ping")
    assert answer["protocol"] == 1
    assert answer["uptime"] >= 0
    assert answer["version"] == call("status")["version"]


@test
def names_of_methods_come_as_str_or_bin():
    raw = daemon.raw()
    for method in ("ping", b"ping"):
        raw.request(7, method)
        kind, msgid, error, result = raw.receive()
        assert (kind, msgid, error, result["protocol"]) == (1, 7, None, 1)
    raw.close()


@test
def names_in_params_come_as_str_or_bin():
    raw = daemon.raw()
    raw.send(msgpack.packb([0, 1, "decide", [{b"x": X, b"router": b"default",
                                              b"arms": [b"a"]}]]))
    assert raw.receive()[3]["arm"] == "a"
    raw.close()


@test
def a_decision_is_made_and_rewarded():
    decision = decide()
    assert decision["arm"] in ("a", "b")
    assert 0 < decision["propensity"] <= 1
    answer = call("feedback", decision=decision["decision"], reward=0.5)
    assert answer["applied"] is True
    assert answer["seq"] == call("status")["durable_seq"]


@test
def a_vector_comes_as_numbers_integers_or_bin():
    def scores(x):
        return call("score", x=x)["scores"]

    wanted = scores(X)
    assert scores(packed(X)) == wanted
    assert scores([1, 2, 3]) == wanted
    assert scores([1, 2.0, 3]) == wanted


@test
def explain_shows_every_arm():
    scores = decide(explain=True, exclude=["a"])["scores"]
    assert [s["arm"] for s in scores] == ["a", "b"]
    assert scores[0]["eligible"] is False
    assert scores[0]["reason"] == "excluded"
    assert scores[0]["probability"] == 0
    assert scores[1]["eligible"] is True
    assert scores[1]["probability"] == 1
    assert scores[1]["sigma"] > 0
    assert scores[1]["cost"] == 2


@test
def constraints_narrow_the_choice():
    for _ in range(10):
        assert decide(arms=["a"])["arm"] == "a"
        assert decide(exclude=["a"])["arm"] == "b"
        assert decide(max_cost=1.5)["arm"] == "a"
    for reason, constraint in (("max_cost", {"max_cost": 0.5}),
                               ("arms", {"arms": []}),
                               ("excluded", {"exclude": ["a", "b"]})):
        refused("no_eligible_arm", "decide", "a ", "b ", reason, x=X,
                **constraint)


@test
def own_id_is_decided_once():
    first = decide(decision="my-1")
    again = decide(decision="my-1")
    assert again == first
    assert call("feedback", decision="my-1", reward=1)["applied"] is True
    assert decide(decision="my-1") == first
    refused("conflict", "decide", "my-1", x=X, decision="my-1",
            router="other")
    refused("bad_request", "decide", "banditd", x=X, decision="d1.1.1")


@test
def a_second_reward_does_not_count():
    for own in ({}, {"decision": "twice"}):
        decision = decide(**own)["decision"]
        first = call("feedback", decision=decision, reward=1)
        assert first["applied"] is True
        before = state(client)
        again = call("feedback", decision=decision, reward=0)
        assert again == {"applied": False, "seq": first["seq"]}
        assert state(client) == before


@test
def an_observation_with_a_key_counts_once():
    first = call("observe", x=X, arm="a", reward=0.25, key="k", cost=3)
    assert first["applied"] is True
    before = state(client)
    again = call("observe", x=X, arm="a", reward=0.25, key="k")
    assert again == {"applied": False, "seq": first["seq"]}
    assert state(client) == before


@test
def an_observation_is_learnt():
    before = call("arms")["arms"][0]
    call("observe", x=packed(X), arm="a", reward=1)
    after = call("arms")["arms"][0]
    assert after["rewards"] == before["rewards"] + 1
    assert after["pulls"] == before["pulls"]


@test
def the_first_vector_says_the_dimension():
    client.fails("dimension_mismatch", "score", router="other", x=[1, 2])
    call("observe", router="other", arm="only", x=[1, 2], reward=1)
    other = call("routers")["routers"][1]
    assert (other["router"], other["dimension"]) == ("other", 2)
    refused("dimension_mismatch", "decide", "3", "2", router="other", x=X)


@test
def arms_come_change_and_go():
    call("arm.add", arm="c", cost=0.5, group="g", enabled=False)
    arm = call("arms")["arms"][2]
    assert (arm["arm"], arm["cost"], arm["group"],
            arm["enabled"]) == ("c", 0.5, "g", False)
    refused("no_eligible_arm", "decide", "disabled", x=X, arms=["c"])
    refused("conflict", "arm.add", "c", arm="c")
    call("arm.set", arm="c", enabled=True, cost=0.25)
    arm = call("arms")["arms"][2]
    assert (arm["cost"], arm["group"], arm["enabled"]) == (0.25, "g", True)
    assert decide(arms=["c"])["arm"] == "c"
    call("arm.remove", arm="c")
    assert [a["arm"] for a in call("arms")["arms"]] == ["a", "b"]


@test
def the_rest_answers():
    decision = decide()
    call("feedback", decision=decision["decision"], reward=1,
         arm=decision["arm"], cost=0.5, durability="disk")
    decision = decide()
    call("feedback", decision=decision["decision"], reward=1,
         durability="memory")
    assert call("metrics")["text"].endswith("# EOF\n")
    assert call("checkpoint")["seq"] == call("status")["applied_seq"]
    assert call("status")["snapshot_seq"] == call("status")["applied_seq"]
    assert call("backup", path=daemon.dir + "/copy")["seq"] > 0
    before = call("state_hash")
    assert sorted(call("compact")) == ["after", "before", "seconds"]
    assert call("state_hash") == before
    assert call("reload") == {}
    assert len(call("state_hash", router="other")["hash"]) == 32
    assert call("state_hash") != call("state_hash", router="other")


@test
def metrics_count_what_status_counts():
    status = call("status")
    text = call("metrics")["text"].splitlines()
    assert f"banditd_rewards_total {status['rewards']}" in text
    assert f"banditd_decisions_total {status['decisions']}" in text
    for name, arm in ((a["arm"], a) for a in call("arms")["arms"]):
        assert (f'banditd_arm_rewards_total{{router="default",arm="{name}"}}'
                f" {arm['rewards']}") in text


@test
def unknown_names_are_refused():
    d = decide()["decision"]
    refused("unknown_method", "guess", "guess")
    refused("unknown_router", "decide", "nowhere", "default", "other", x=X,
            router="nowhere")
    refused("unknown_arm", "decide", "nobody", x=X, arms=["nobody"])
    refused("unknown_arm", "decide", "nobody", x=X, exclude=["nobody"])
    refused("unknown_arm", "arm.set", "nobody", arm="nobody", cost=1)
    refused("unknown_arm", "arm.remove", "nobody", arm="nobody")
    refused("unknown_arm", "observe", "nobody", x=X, arm="nobody", reward=1)
    refused("unknown_arm", "feedback", "nobody", decision=d, reward=1,
            arm="nobody")
    for unknown in ("d1.1.999999", "d999.1.1", "d1.77.1", "never-made"):
        refused("unknown_decision", "feedback", unknown, decision=unknown,
                reward=1)
        refused("unknown_decision", "click", unknown, decision=unknown)
        refused("unknown_decision", "prefer", unknown, decision=unknown,
                winner="a", loser="b")


@test
def rewards_that_cannot_be_are_refused():
    d = decide(arms=["a"])["decision"]
    for reward in (-0.001, 1.001, 1e300):
        refused("out_of_range", "feedback", "reward_range", decision=d,
                reward=reward)
        refused("out_of_range", "observe", "reward_range", x=X, arm="a",
                reward=reward)
    for reward in (math.nan, math.inf, -math.inf):
        refused("not_finite", "feedback", "reward", decision=d,
                reward=reward)
    refused("bad_request", "feedback", '"a"', '"b"', decision=d, reward=1,
            arm="b")
    refused("bad_request", "feedback", "durability", decision=d, reward=1,
            durability="paper")
    refused("out_of_range", "feedback", "cost", decision=d, reward=1, cost=-1)
    assert call("feedback", decision=d, reward=1)["applied"] is True


@test
def vectors_that_cannot_be_are_refused():
    for method, more in (("decide", {}), ("score", {}),
                         ("observe", {"arm": "a", "reward": 1})):
        refused("dimension_mismatch", method, "2", "3", x=[1, 2], **more)
        refused("dimension_mismatch", method, "4", "3", x=packed([1] * 4),
                **more)
        refused("dimension_mismatch", method, "empty", x=[], **more)
        refused("dimension_mismatch", method, "empty", x=b"", **more)
        refused("out_of_range", method, "zero", x=[0, 0, 0], **more)
        refused("out_of_range", method, "squares", x=[1e30, 1, 1], **more)
        refused("bad_request", method, "x", x=[1, "two", 3], **more)
        refused("bad_request", method, "x", x=b"12345", **more)
        refused("bad_request", method, "x", x={"0": 1}, **more)
        refused("bad_request", method, "x", **more)
        for bad in (math.nan, math.inf, -math.inf, 1e300):
            refused("not_finite", method, "element 1", x=[1, bad, 3], **more)
            refused("not_finite", method, "element 2",
                    x=packed([1, 2, math.copysign(math.inf, bad)
                              if not math.isnan(bad) else bad]), **more)


@test
def params_that_cannot_be_are_refused():
    d = decide()["decision"]
    refused("bad_request", "decide", "colour", x=X, colour=1)
    refused("bad_request", "ping", "x", x=X)
    refused("bad_request", "feedback", "reward", decision=d)
    refused("bad_request", "feedback", "decision", reward=1)
    refused("bad_request", "feedback", "reward", decision=d, reward="1")
    refused("bad_request", "feedback", "reward", decision=d, reward=True)
    refused("bad_request", "decide", "explain", x=X, explain=1)
    refused("bad_request", "decide", "arms", x=X, arms="a")
    refused("bad_request", "decide", "arms", x=X, arms=[1])
    refused("bad_request", "decide", "router", x=X, router=7)
    refused("bad_request", "decide", "decision", x=X, decision="no spaces")
    refused("bad_request", "arm.add", "arm", arm="")
    refused("bad_request", "arm.add", "arm", arm="x" * 65)
    refused("bad_request", "arm.add", "group", arm="g", group="a b")
    refused("out_of_range", "arm.add", "cost", arm="g", cost=-1)
    refused("not_finite", "arm.add", "cost", arm="g", cost=math.nan)
    refused("bad_request", "arm.set", arm="a")
    refused("bad_request", "backup", "absolute", path="relative/path")
    refused("conflict", "backup", daemon.dir, path=daemon.dir)


@test
def params_are_one_map():
    before = state(client)
    for params in ([1], [{}, {}], [[]], {}, "x", None):
        raw = daemon.raw()
        raw.send(msgpack.packb([0, 5, "ping", params]))
        answer = raw.receive()
        assert answer[:2] == [1, 5] and answer[3] is None, answer
        assert answer[2].startswith("bad_request: "), answer
        raw.close()
    for params in ([], [{}]):
        raw = daemon.raw()
        raw.send(msgpack.packb([0, 6, "ping", params]))
        assert raw.receive()[3]["protocol"] == 1
        raw.close()
    assert state(client) == before


@test
def requests_are_pipelined():
    raw = daemon.raw()
    n = 200
    raw.send(b"".join(msgpack.packb([0, i, "decide", [{"x": X}]])
                      for i in range(n)))
    answers = [raw.receive() for _ in range(n)]
    assert sorted(a[1] for a in answers) == list(range(n))
    ids = [a[3]["decision"] for a in answers]
    assert len(set(ids)) == n
    before = call("routers")["routers"][0]["rewards"]
    raw.send(b"".join(
        msgpack.packb([0, i, "feedback", [{"decision": d, "reward": 1}]])
        for i, d in enumerate(ids)))
    answers = [raw.receive() for _ in range(n)]
    assert all(a[3]["applied"] for a in answers)
    assert len({a[3]["seq"] for a in answers}) == n
    assert call("routers")["routers"][0]["rewards"] == before + n
    raw.close()


@test
def answers_wait_for_a_slow_reader():
    raw = daemon.raw()
    n = 400
    raw.send(b"".join(msgpack.packb([0, i, "metrics", []])
                      for i in range(n)))
    assert call("ping")["protocol"] == 1  # nobody else waits
    assert sorted(raw.receive()[1] for _ in range(n)) == list(range(n))
    raw.close()


@test
def a_frame_may_come_byte_by_byte():
    raw = daemon.raw()
    for byte in msgpack.packb([0, 3, "decide", [{"x": packed(X)}]]):
        raw.send(bytes([byte]))
    assert raw.receive()[3]["arm"] in ("a", "b")
    raw.close()


@test
def notifications_are_done_and_not_answered():
    d = decide()["decision"]
    before = call("status")["ignored_notifications"]
    client.notify("feedback", decision=d, reward=1)
    client.notify("no.such.thing", anything=1)
    again = call("feedback", decision=d, reward=1)
    assert again["applied"] is False
    assert call("status")["ignored_notifications"] == before + 1


BROKEN = {
    "not MessagePack": b"\xc1",
    "not an array": msgpack.packb("GET / HTTP/1.0\r\n\r\n"),
    "text": b"GET / HTTP/1.0\r\n\r\n",
    "an array of 2^32 - 1": b"\xdd\xff\xff\xff\xff",
    "a map of 2^32 - 1": b"\xdf\xff\xff\xff\xff",
    "a string of 4 GB": b"\xdb\xff\xff\xff\xff",
    "nested 1,000 deep": b"\x91" * 1000 + b"\xc0",
    "nested 1,000 deep in a request":
        b"\x94\x00\x05\xa4ping" + b"\x91" * 1000 + b"\xc0",
    "two elements": msgpack.packb([0, 1]),
    "five elements": msgpack.packb([0, 1, "ping", [], 1]),
    "an unknown kind": msgpack.packb([3, 1, "ping", []]),
    "an answer": msgpack.packb([1, 1, None, {}]),
    "a negative msgid": msgpack.packb([0, -1, "ping", []]),
    "a msgid of text": msgpack.packb([0, "1", "ping", []]),
    "a method that is a number": msgpack.packb([0, 1, 1, []]),
    "too long": b"\x94\x00\x09\xa6decide\xc6\x00\x10\x00\x00" + b"x" * 70000,
    "by its header too long": b"\x94\x00\x09\xa6decide\xc6\x7f\xff\xff\xff",
}


@test
def broken_frames_close_their_connection_only():
    for what, data in BROKEN.items():
        before = state(client)
        raw = daemon.raw()
        raw.request(1, "ping")
        assert raw.receive()[3]["protocol"] == 1
        try:
            raw.send(data)
        except BrokenPipeError:
            pass
        answer = raw.receive()
        while answer is not None:
            assert answer[0] == 1 and answer[2].startswith("bad_request: "), \
                f"{what}: {answer}"
            answer = raw.receive()
        raw.close()
        assert state(client) == before, what


@test
def a_broken_request_is_answered_where_its_msgid_is_known():
    for what in ("too long", "by its header too long",
                 "nested 1,000 deep in a request", "five elements"):
        raw = daemon.raw()
        try:
            raw.send(BROKEN[what])
        except BrokenPipeError:
            pass
        answer = raw.receive()
        assert answer is not None, f"{what}: no answer"
        assert answer[1] in (1, 5, 9), f"{what}: {answer}"
        assert answer[2].startswith("bad_request: "), f"{what}: {answer}"
        raw.close()


@test
def a_frame_cut_off_is_forgotten():
    whole = msgpack.packb([0, 1, "observe",
                           [{"x": X, "arm": "a", "reward": 1}]])
    before = state(client)
    for length in range(1, len(whole)):
        raw = daemon.raw()
        raw.send(whole[:length])
        raw.socket.shutdown(socket.SHUT_WR)
        assert raw.receive() is None
        raw.close()
    assert state(client) == before


@test
def a_client_that_goes_does_not_take_its_requests_along():
    before = call("routers")["routers"][0]["rewards"]
    raw = daemon.raw()
    raw.request(1, "observe", x=X, arm="a", reward=1, key="gone")
    raw.close()
    answer = call("observe", x=X, arm="a", reward=1, key="gone")
    after = call("routers")["routers"][0]["rewards"]
    assert after == before + 1, (before, after, answer)


@test
def what_slate_test_looks_at_closely_is_there():
    shown = call("decide", x=X, k=2)
    assert len(shown["slate"]) == 2, shown
    assert call("explain", decision=shown["decision"])["state"] == "pending"
    winner, loser = shown["slate"]
    assert call("prefer", decision=shown["decision"], winner=winner,
                loser=loser)["applied"]
    shown = call("decide", x=X, k=2)
    assert call("click", decision=shown["decision"])["applied"]
    assert call("rebuild", router="default")["seq"] > 0


def exported(kind, **more):
    """The last record of that kind, as another log might have it."""
    seq, found = 1, None
    while True:
        answer = call("export", **{"from": seq}, limit=4096)
        for event in answer["events"]:
            if event["kind"] == kind and not event.get("removed"):
                found = event
        seq = answer["next"]
        if seq > answer["last"]:
            return {**found, **more}


@test
def the_log_is_exported_in_parts():
    seqs, seq = [], 1
    while True:
        answer = call("export", **{"from": seq}, limit=2000)
        assert answer["events"] and answer["next"] > seq, answer
        seqs += [e["seq"] for e in answer["events"]]
        seq = answer["next"]
        if seq > answer["last"]:
            break
    assert seqs == [*range(1, seq)]
    other = call("export", router="other")["events"]
    assert {e["router_name"] for e in other} == {"other"}
    assert call("export", **{"from": seq + 99})["events"] == []
    for bad in (0, -1, 1.5, 2.0 ** 60):
        refused("out_of_range", "export", "from", **{"from": bad})
    for bad in (0, 0.5, 1 << 30):
        refused("out_of_range", "export", "limit", limit=bad)
    refused("unknown_router", "export", "nobody", router="nobody")


@test
def a_record_of_another_log_is_learnt_once():
    for kind in ("reward", "click", "prefer"):
        event = exported(kind, seq=10 ** 9)
        event.pop("key", None)
        before = call("routers")["routers"][0]
        first = call("import", event=event)
        again = call("import", event=event)
        assert first["applied"] and not again["applied"]
        assert first["seq"] == again["seq"]
        after = call("routers")["routers"][0]
        assert after["rewards"] > before["rewards"]
        assert after["decisions"] == before["decisions"]
        assert after["pending"] == before["pending"]
    event = exported("reward")  # one that was imported keeps its key
    assert event["key"].startswith("import:"), event


@test
def a_record_of_this_log_is_there():
    decide_and_reward = decide()["decision"]
    seq = call("feedback", decision=decide_and_reward, reward=1)["seq"]
    event = exported("reward")
    assert event["seq"] == seq and "key" not in event
    before = state(client)
    assert call("import", event=event) == {"applied": False, "seq": seq}
    assert state(client) == before


@test
def a_record_that_is_wrong_names_what_is():
    good = exported("click", seq=10 ** 9 + 1)
    good.pop("key", None)
    for key in ("seq", "kind", "time", "router", "x", "decision"):
        refused("bad_request", "import", f'"{key}" is missing',
                event={k: v for k, v in good.items() if k != key})
    refused("bad_request", "import", '"colour" is unknown',
            event={**good, "colour": 1})
    for key, bad in (("time", "now"), ("time", math.nan), ("seq", 0),
                     ("kind", "birthday"), ("kind", 3), ("router", 1 << 40),
                     ("x", []), ("x", "abc"), ("x", [1, "2", 3]),
                     ("decision", 5), ("arm", -1), ("key", ""),
                     ("key", "k" * 65), ("arm_name", "no name"),
                     ("removed", 1)):
        refused("bad_request", "import", key,
                event={**good, key: bad})
    refused("bad_request", "import", "event takes a record", event=[1])
    refused("bad_request", "import", "event is missing")
    decision = good["decision"]
    for key, bad, code in (
            ("id", "", "bad_request"), ("number", 0, "bad_request"),
            ("policy", "luck", "bad_request"), ("slate", [], "bad_request"),
            ("slate", [1], "bad_request"), ("eligible", 1, "bad_request"),
            ("prefer", -1, "bad_request"), ("colour", 1, "bad_request"),
            ("time", math.inf, "bad_request"), ("time", 1e12, "out_of_range"),
            ("no_click", 1e300, "out_of_range"),
            ("switch_cost", -1, "out_of_range"),
            ("slate", decision["slate"] * 2, "bad_request")):
        refused(code, "import",
                event={**good, "decision": {**decision, key: bad}})
    for key, bad, code in (
            ("propensity", 2, "out_of_range"), ("sigma", -1, "out_of_range"),
            ("mean", -1e300, "out_of_range"), ("arm", 0, "bad_request"),
            ("faded", -1, "out_of_range"), ("ended", -1, "bad_request")):
        slate = [{**s, key: bad} for s in decision["slate"]]
        refused(code, "import", key,
                event={**good, "decision": {**decision, "slate": slate}})


@test
def a_record_that_does_not_fit_says_why():
    reward = exported("reward", seq=10 ** 9 + 2)
    reward.pop("key", None)
    observed = {k: v for k, v in reward.items() if k != "decision"}
    for code, wrong in (
            ("out_of_range", {"reward": 2}), ("out_of_range", {"cost": -1}),
            ("out_of_range", {"time": 4e9}), ("out_of_range", {"time": -1}),
            ("dimension_mismatch", {"x": [1, 2]}),
            ("not_finite", {"x": [1, math.inf, 2]}),
            ("out_of_range", {"x": [0, 0, 0]}),
            ("unknown_router", {"router_name": "nobody"}),
            ("bad_request", {"router_name": None}),
            ("bad_request", {"arm": 4000000000})):
        refused(code, "import", event={**reward, **wrong})
    refused("unknown_arm", "import", "nobody",
            event={**observed, "arm_name": "nobody"})
    refused("unknown_arm", "import", "removed",
            event={**observed, "removed": True})
    refused("unknown_arm", "import", "arm_name",
            event={**observed, "arm_name": None})
    for kind in ("router", "arm.add"):
        refused("bad_request", "import", "not imported", event=exported(kind))
    prefer = exported("prefer", seq=10 ** 9 + 3)
    refused("bad_request", "import", "the same arm",
            event={**prefer, "loser": prefer["arm"], "key": "other"})
    before = call("routers")["routers"][1]["rewards"]
    slate = [{**s, "arm_name": "only"} for s in reward["decision"]["slate"]]
    assert call("import", router="other", event={
        **reward, "x": [1, 2], "decision": {**reward["decision"], "slate": slate}})[
            "applied"]
    assert call("routers")["routers"][1]["rewards"] == before + 1


@test
def every_method_was_called():
    methods = {m["name"] for m in call("methods")["methods"]}
    assert called | {"guess"} >= methods, methods - called


@test
def the_daemon_never_minded():
    assert daemon.process.poll() is None
    assert "error" not in daemon.read_log()
    assert daemon.stop() == 0


main(after=daemon.remove)
