"""Slates and what comes back for them, sessions, what new arms start from,
what was known of a decision, and routers that are learnt anew."""
import math
import os
import shutil
import subprocess

import msgpack

from daemon import BUILD, Daemon, PATIENCE
from tap import main, test

REFOLD = os.path.join(BUILD, "tests", "refold")
X = [1.0, 2.0, 3.0]
FIXED = "dimension = 3  bandwidth = 1  rff_dimension = 32"
ARMS = """arm "a" { }  arm "b" { cost = 2 }  arm "c" { group = "g" }
          arm "d" { group = "g" }"""
MANY = "  ".join(f'arm "{i}" {{ }}' for i in range(8))
OTHERS = f"""
router "ranks" {{ {FIXED}  policy = "in-slate-thompson"
                  slate_order = "rank-major"  {MANY} }}
router "choice" {{ {FIXED}  reward_model = "choice"  policy = "thompson"
                   {ARMS} }}
router "stars" {{ {FIXED}  reward_range = {{ 1, 5 }}  {ARMS} }}
router "greedy" {{ {FIXED}  policy = "greedy"  {ARMS} }}
"""



def config(**settings):
    """What the file says, with these settings of the router "default"."""
    settings = {"rff_dimension": 32, "bandwidth": 1, **settings}
    words = "  ".join(f'{k} = "{v}"' for k, v in settings.items())
    return f"""router "default" {{ dimension = 3  exploration = 1
        policy = "in-slate-thompson"  {words}  {ARMS} }} {OTHERS}"""


daemon = Daemon(config()).start()
client = daemon.client()


def call(method, **params):
    return client.call(method, **params)


def decide(**params):
    return call("decide", x=X, **params)


def learnt():
    status = call("status")
    counters = ("rewards", "pending", "applied_seq", "received_seq")
    return call("state_hash"), {k: status[k] for k in counters}


def refused(code, method, *words, **params):
    """With that code and those words, and nothing has changed."""
    before = learnt()
    sentence = client.fails(code, method, **params)
    for word in words:
        assert word in sentence, f"no '{word}' in: {sentence}"
    assert learnt() == before, sentence


def arm(name, router="default"):
    return next(a for a in call("arms", router=router)["arms"]
                if a["arm"] == name)


def restart(how):
    global client
    client.close()
    how()
    daemon.start()
    client = daemon.client()


def refold():
    """The hash of a copy of the state, folded from its first record."""
    copy = os.path.join(daemon.dir, "copy")
    shutil.rmtree(copy, ignore_errors=True)
    call("backup", path=copy)
    done = subprocess.run([REFOLD, copy], text=True, check=True,
                          stdout=subprocess.PIPE, timeout=PATIENCE)
    return done.stdout.split()[0]


@test
def a_slate_is_k_different_arms():
    for router in ("default", "choice", "greedy"):
        for k in range(1, 5):
            d = decide(router=router, k=k)
            assert len(d["slate"]) == len(d["propensities"]) == k
            assert len({*d["slate"]}) == k
            assert (d["arm"], d["propensity"]) == \
                (d["slate"][0], d["propensities"][0])
            assert all(0 < p <= 1 for p in d["propensities"])
            assert "note" not in d
        assert math.isclose(d["propensities"][3], 1, abs_tol=1e-9)
    assert "slate" not in decide()


@test
def a_slate_has_no_more_arms_than_there_are():
    d = decide(k=256)
    assert len(d["slate"]) == 4
    assert "256" in d["note"] and "4 arms are" in d["note"]
    d = decide(k=3, arms=["b"])
    assert d["slate"] == ["b"] and "1 arm is" in d["note"]
    assert d["propensities"] == [1]
    d = decide(k=3, exclude=["b"])
    assert sorted(d["slate"]) == ["a", "c", "d"] and "note" not in d


@test
def the_lengths_that_cannot_be():
    for k in (0, 1.5, 2000, -1):
        refused("out_of_range", "decide", "k = ", x=X, k=k)
    refused("out_of_range", "decide", "rank-major", "6", router="ranks",
            x=X, k=7)
    assert len(decide(router="ranks", k=6)["slate"]) == 6
    d = decide(router="ranks", k=8, arms=["1", "2"])
    assert sorted(d["slate"]) == ["1", "2"] and "note" in d


@test
def an_own_id_has_one_slate():
    first = decide(k=3, decision="mine")
    for params in ({"k": 3}, {"k": 1}, {}):
        assert decide(decision="mine", **params) == first
    call("observe", x=X, arm="a", reward=0.5)  # takes it to the disk
    restart(daemon.kill)
    assert decide(decision="mine", k=3) == first


@test
def every_arm_that_is_shown_has_its_own_reward():
    d = decide(k=3)
    one = {"decision": d["decision"]}
    before = {a: arm(a)["rewards"] for a in "abcd"}
    answers = {}
    for name in (d["slate"][2], d["slate"][0]):
        answers[name] = call("feedback", arm=name, reward=0.5, **one)
        assert answers[name]["applied"] is True
    assert call("explain", **one)["state"] == "pending"
    again = call("feedback", reward=1, **one)  # the first
    assert again == {"applied": False, "seq": answers[d["arm"]]["seq"]}
    assert call("feedback", arm=d["slate"][2], reward=1, **one) == \
        {"applied": False, "seq": answers[d["slate"][2]]["seq"]}
    outside, = {*"abcd"} - {*d["slate"]}
    refused("bad_request", "feedback", *d["slate"], arm=outside, reward=1,
            **one)
    refused("unknown_arm", "feedback", "nobody", arm="nobody", reward=1,
            **one)
    last = call("feedback", arm=d["slate"][1], reward=0, **one)
    assert last["applied"] is True
    assert call("explain", **one)["state"] == "rewarded"
    assert call("feedback", arm=d["slate"][1], reward=1, **one) == \
        {"applied": False, "seq": last["seq"]}
    after = {a: arm(a)["rewards"] for a in "abcd"}
    assert after == {a: n + (a in d["slate"]) for a, n in before.items()}


@test
def the_first_is_rewarded_where_none_is_named():
    d = decide(k=2)
    before = arm(d["arm"])["rewards"]
    assert call("feedback", decision=d["decision"], reward=1)["applied"]
    assert arm(d["arm"])["rewards"] == before + 1


def click_and_again(router, chosen, own):
    d = decide(router=router, k=3, **own)
    name = d["slate"][1] if chosen else None
    before = {a: arm(a, router) for a in "abcd"}
    first = call("click", decision=d["decision"], arm=name)
    assert first["applied"] is True
    assert call("click", decision=d["decision"], arm=name) == \
        call("click", decision=d["decision"], arm=d["slate"][0]) == \
        {"applied": False, "seq": first["seq"]}
    for a in d["slate"]:
        after = arm(a, router)
        assert after["rewards"] == before[a]["rewards"] + 1
        assert after["pending"] == before[a]["pending"] - 1
        total = (after["reward_mean"] * after["rewards"] -
                 (before[a]["reward_mean"] or 0) * before[a]["rewards"])
        assert math.isclose(total, a == name, abs_tol=1e-9)


@test
def a_click_says_what_was_chosen_of_all():
    for router in ("default", "choice"):
        for chosen in (True, False):
            for own in ({}, {"decision": f"clicked-{router}-{chosen}"}):
                click_and_again(router, chosen, own)


@test
def a_comparison_says_which_of_two():
    for router in ("default", "choice"):
        d = decide(router=router, k=3)
        third, loser, winner = d["slate"]
        before = {a: arm(a, router) for a in d["slate"]}
        asked = {"decision": d["decision"], "winner": winner, "loser": loser}
        first = call("prefer", **asked)
        assert first["applied"] is True
        assert call("prefer", **asked) == \
            {"applied": False, "seq": first["seq"]}
        after = {a: arm(a, router) for a in d["slate"]}
        for a in (winner, loser):
            assert after[a]["rewards"] == before[a]["rewards"] + 1
        assert after[third]["rewards"] == before[third]["rewards"]
        assert all(after[a]["pending"] == before[a]["pending"] - 1
                   for a in d["slate"])


@test
def clicks_and_comparisons_that_cannot_be():
    one, two = decide(), decide(k=2)
    outside = sorted({*"abcd"} - {*two["slate"]})[0]
    shown = two["slate"]
    d = {"decision": two["decision"]}
    refused("bad_request", "click", outside, *shown, arm=outside, **d)
    refused("unknown_arm", "click", "nobody", arm="nobody", **d)
    refused("bad_request", "prefer", "k = 2", decision=one["decision"],
            winner=one["arm"], loser=one["arm"])
    refused("bad_request", "prefer", "same", winner=shown[0], loser=shown[0],
            **d)
    refused("bad_request", "prefer", outside, winner=shown[0], loser=outside,
            **d)
    refused("unknown_arm", "prefer", "nobody", winner="nobody",
            loser=shown[0], **d)
    refused("bad_request", "prefer", "loser", winner=shown[0], **d)
    for method, more in (("click", {"arm": "a"}),
                         ("prefer", {"winner": "a", "loser": "b"})):
        refused("unknown_decision", method, "d1.1.999", decision="d1.1.999",
                **more)
        refused("unknown_decision", method, "never", decision="never", **more)


@test
def what_ends_a_decision_does_not_mix():
    ways = {
        "feedback": lambda d: {"reward": 1},
        "click": lambda d: {"arm": d["slate"][0]},
        "prefer": lambda d: {"winner": d["slate"][0],
                             "loser": d["slate"][1]},
    }
    for own in (False, True):
        for first, params in ways.items():
            more = {"decision": f"ended-by-{first}"} if own else {}
            d = decide(k=3, **more)
            call(first, decision=d["decision"], **params(d))
            for other in ways.keys() - {first}:
                refused("conflict", other, "mix", decision=d["decision"],
                        **ways[other](d))


@test
def a_choice_model_learns_from_choices_alone():
    d = decide(router="choice", k=2)
    refused("bad_request", "feedback", "choice", "click", reward=1,
            decision=d["decision"])
    refused("bad_request", "observe", "choice", router="choice", x=X,
            arm="a", reward=1)
    assert call("click", decision=d["decision"],
                arm=d["arm"])["applied"] is True


@test
def clicks_are_rewards_of_0_and_1():
    d = decide(router="stars", k=2)
    refused("out_of_range", "click", "reward_range", decision=d["decision"],
            arm=d["arm"])
    refused("out_of_range", "prefer", "reward_range", decision=d["decision"],
            winner=d["slate"][0], loser=d["slate"][1])
    assert call("feedback", decision=d["decision"], reward=5)["applied"]


@test
def a_session_keeps_its_arm():
    for _ in range(3):
        for name in "abcd":
            call("observe", router="greedy", x=X, arm=name,
                 reward={"a": 0.5, "b": 0.6}.get(name, 0.1))
    best = decide(router="greedy")
    assert best["arm"] == "b"
    kept = decide(router="greedy", prefer_arm="a", switch_cost=0.2,
                  explain=True)
    assert kept["arm"] == "a" and kept["propensity"] == 1
    scores = {s["arm"]: s for s in kept["scores"]}
    assert math.isclose(scores["a"]["score"], scores["a"]["mean"] + 0.2)
    assert decide(router="greedy", prefer_arm="a",
                  switch_cost=0.001)["arm"] == "b"
    assert decide(router="greedy", prefer_arm="a")["arm"] == "b"
    assert decide(router="greedy", prefer_arm="a", switch_cost=1,
                  exclude=["a"])["arm"] == "b"
    refused("bad_request", "decide", "prefer_arm", x=X, switch_cost=1)
    refused("out_of_range", "decide", "switch_cost", x=X, prefer_arm="a",
            switch_cost=-0.1)
    refused("unknown_arm", "decide", "prefer_arm", "nobody", x=X,
            prefer_arm="nobody")
    explained = call("explain", decision=kept["decision"])
    assert (explained["prefer_arm"], explained["switch_cost"]) == ("a", 0.2)


@test
def a_new_arm_starts_from_its_group():
    for _ in range(4):
        call("observe", x=X, arm="c", reward=0.9)
    assert call("arm.add", arm="alone", group="nobody-else") == {}
    assert call("arm.add", arm="related", group="g") == {}
    assert call("arm.add", arm="told", prior_from="c") == {}
    assert arm("alone")["inherits"] is False
    assert arm("related")["inherits"] is True
    assert arm("told")["inherits"] is True
    scores = {s["arm"]: s for s in call("score", x=X)["scores"]}
    assert scores["alone"]["reason"] == "untried"
    assert "reason" not in scores["related"]
    assert math.isclose(scores["told"]["mean"], scores["c"]["mean"],
                        rel_tol=1e-6)  # scores are made in float32
    assert scores["alone"]["mean"] != scores["c"]["mean"]
    refused("unknown_arm", "arm.add", "prior_from", "nobody", arm="new",
            prior_from="nobody")
    refused("conflict", "arm.add", "learnt nothing", arm="new",
            prior_from="alone")
    refused("conflict", "arm.set", "rewards of its own", arm="c",
            prior_from="a")
    refused("unknown_arm", "arm.set", "prior_from", arm="alone",
            prior_from="nobody")
    assert call("arm.set", arm="alone", prior_from="c") == {}
    assert arm("alone")["inherits"] is True
    for name in ("alone", "related", "told"):
        call("arm.remove", arm=name)


@test
def scores_say_why_not():
    call("arm.add", arm="new", cost=1)
    call("arm.set", arm="b", enabled=False)
    scores = {s["arm"]: s for s in
              call("score", x=X, arms=["a", "b", "new"])["scores"]}
    assert {k: s.get("reason") for k, s in scores.items()} == \
        {"a": None, "b": "disabled", "c": "not among arms",
         "d": "not among arms", "new": "untried"}
    for s in scores.values():
        assert s["eligible"] is (s["arm"] in ("a", "new"))
        assert (s["score"] is None) is not s["eligible"]
        assert s["sigma"] > 0 and math.isfinite(s["mean"])
        assert s["eligible"] or s["probability"] == 0
    assert math.isclose(sum(s["probability"] for s in scores.values()), 1)
    reasons = {s["arm"]: s.get("reason") for s in decide(
        explain=True, max_cost=1.5, exclude=["d"])["scores"]}
    assert reasons == {"a": None, "b": "disabled", "c": None,
                       "d": "excluded", "new": "untried"}
    call("arm.set", arm="b", enabled=True)
    reasons = {s["arm"]: s.get("reason") for s in decide(
        explain=True, max_cost=1.5)["scores"]}
    assert reasons["b"] == "costs more than max_cost"
    call("arm.remove", arm="new")


def known_then(decision):
    """What explain says that never changes."""
    said = call("explain", decision=decision)
    said.pop("state")
    return said


@test
def what_was_known_is_explained_later():
    call("arm.add", arm="passing")
    d = decide(k=2, explain=True, arms=["a", "passing"])
    said = call("explain", decision=d["decision"])
    assert said["state"] == "pending"
    assert said["slate"] == d["slate"]
    assert said["propensities"] == d["propensities"]
    assert said["scores"] == d["scores"]
    assert said["policy"] == "in-slate-thompson"
    assert said["router"] == "default" and said["number"] > 0
    assert "prefer_arm" not in said
    then = known_then(d["decision"])
    call("click", decision=d["decision"], arm="a")
    assert call("explain", decision=d["decision"])["state"] == "rewarded"
    assert known_then(d["decision"]) == then
    call("observe", x=X, arm="a", reward=0)
    assert known_then(d["decision"]) == then
    restart(daemon.stop)
    assert known_then(d["decision"]) == then
    restart(daemon.kill)
    assert known_then(d["decision"]) == then
    call("arm.remove", arm="passing")
    said = call("explain", decision=d["decision"])
    assert [a for a in said["slate"] if a] == ["a"] and None in said["slate"]
    assert said["propensities"] == d["propensities"]
    assert len(said["scores"]) == len(d["scores"])
    for unknown in ("d1.1.999999", "never", "d1.77.1"):
        refused("unknown_decision", "explain", unknown, decision=unknown)


@test
def an_own_id_is_explained_too():
    d = decide(k=2, decision="explained")
    call("feedback", decision="explained", reward=1)
    said = call("explain", decision="explained")
    assert (said["decision"], said["slate"]) == ("explained", d["slate"])


def settings(router="default"):
    return next(r for r in call("routers")["routers"]
                if r["router"] == router)


rebuilt = {}


def rebuild(**change):
    """And the file says it too, or the next start would be refused."""
    seq = call("rebuild", router="default", settings=change)["seq"]
    rebuilt.update(change)
    daemon.configure(config(**rebuilt))
    return seq


@test
def a_router_is_learnt_anew():
    before = settings()
    counts = [(a["arm"], a["rewards"], a["reward_mean"], a["pending"])
              for a in call("arms")["arms"]]
    assert before["rewards"] > 20
    assert before["pending"] > 0 and before["pending_mode"] == "count"
    seq = rebuild(rff_dimension=64)
    assert seq == call("status")["applied_seq"]
    after = settings()
    assert after == {**before, "rff_dimension": 64}
    assert [(a["arm"], a["rewards"], a["reward_mean"], a["pending"])
            for a in call("arms")["arms"]] == counts
    wanted = call("state_hash")["hash"]
    assert refold() == wanted
    restart(daemon.kill)
    assert call("state_hash")["hash"] == wanted
    restart(daemon.stop)
    assert call("state_hash")["hash"] == wanted
    assert settings()["rff_dimension"] == 64


@test
def and_anew_again_and_killed():
    for change in ({"rff_dimension": 16, "bandwidth": 0.5},
                   {"half_life": "50", "regularization": 1.0}, {}):
        d = decide(k=2)
        rebuild(**change)
        wanted = call("state_hash")["hash"]
        restart(daemon.kill)
        assert call("state_hash")["hash"] == refold() == wanted
        for name, value in change.items():
            assert str(settings()[name]) == str(value), (name, settings())
        # What was decided before is rewarded after.
        assert call("feedback", decision=d["decision"],
                    reward=1)["applied"] is True


@test
def after_a_rebuild_an_old_file_does_not_keep_it_from_starting():
    """It warns; a reload, where somebody is there to see it, refuses."""
    with Daemon(config()) as old:
        old.client().call("observe", x=X, arm="a", reward=1)
        old.client().call("rebuild", router="default",
                          settings={"rff_dimension": 64})
        old.kill()
        old.start()
        assert "rff_dimension is 64" in old.read_log()
        client = old.client()
        assert client.call("routers")["routers"][0]["rff_dimension"] == 64
        assert "rff_dimension" in client.fails("bad_request", "reload")


@test
def a_rebuild_says_what_the_file_says_otherwise():
    with Daemon(config(rff_dimension=32)) as old:
        client = old.client()
        client.call("observe", x=X, arm="a", reward=1)
        note = client.call("rebuild", router="default", settings={
            "rff_dimension": 64, "half_life": "7d"})["note"]
        assert "rff_dimension, half_life" in note, note
        assert "rff_dimension" in old.read_log()
        old.configure(config(rff_dimension=64, half_life="1w"))
        client.call("reload")
        assert "note" not in client.call("rebuild", router="default")


@test
def what_was_rebuilt_must_go_together_with_the_file():
    """The file says nothing of features, and half_life needs random ones."""
    with Daemon('router "default" { dimension = 3 bandwidth = 1 arm "a" {} }'
                ) as old:
        client = old.client()
        client.call("observe", x=X, arm="a", reward=1)
        client.call("rebuild", router="default",
                    settings={"features": "exact"})
        for line in ('half_life = "50"', 'pending = "hallucinate"'):
            old.configure('router "default" { dimension = 3 bandwidth = 1 '
                          f'{line} arm "a" {{}} }}')
            client.fails("bad_request", "reload")
        old.stop()
        assert old.run().returncode == 78


@test
def a_stop_does_not_wait_for_a_rebuild():
    with Daemon(config()) as slow:
        raw = slow.raw()
        raw.send(b"".join(msgpack.packb(
            [0, i, "observe", [{"x": [1, i % 7, i % 5], "arm": "a",
                                "reward": 1}]]) for i in range(2000)))
        for _ in range(2000):
            raw.receive()
        raw.request(5000, "rebuild", router="default",
                    settings={"rff_dimension": 4096})
        raw.request(5001, "ping")  # by now it is under way
        while raw.receive()[1] != 5001:
            pass
        assert slow.stop() == 0
        error = raw.receive()[2]
        assert error.startswith("shutting_down: "), error


@test
def a_reload_and_a_rebuild_wait_for_each_other():
    """Each is checked against what is in force, and would change that."""
    plain = 'router "default" {{ dimension = 3 bandwidth = 1 {} arm "a" {{}} }}'
    with Daemon(plain.format("")) as slow:
        raw = slow.raw()
        raw.send(b"".join(msgpack.packb(
            [0, i, "observe", [{"x": [1, i % 7, i % 5], "arm": "a",
                                "reward": 1}]]) for i in range(2000)))
        for _ in range(2000):
            raw.receive()
        slow.configure(plain.format('pending = "hallucinate" half_life = "50"'))
        requests = [[0, 1, "rebuild", [{"router": "default", "settings": {
            "features": "exact", "max_points": 500}}]], [0, 2, "reload", []]]
        raw.send(b"".join(msgpack.packb(r) for r in requests))
        answers = {a[1]: a for a in (raw.receive(), raw.receive())}
        assert answers[1][2] is None, answers
        assert answers[2][2].startswith("conflict: a rebuild"), answers
        client = slow.client()
        client.fails("bad_request", "reload")  # they do not go together
        slow.configure(plain.format('cost_weight = 0.5'))
        requests = [[0, 3, "reload", []], [0, 4, "rebuild", [
            {"router": "default"}]]]
        raw.send(b"".join(msgpack.packb(r) for r in requests))
        answers = {a[1]: a for a in (raw.receive(), raw.receive())}
        assert answers[3][2] is None, answers
        assert answers[4][2].startswith("conflict: the configuration"), answers
        slow.kill()
        slow.start()
        router, = slow.client().call("routers")["routers"]
        assert (router["features"], router["cost_weight"]) == ("exact", 0.5)
        slow.client().call("decide", x=X)


@test
def a_rebuild_that_cannot_be():
    for what, word in (({"colour": 1}, "colour"),
                       ({"dimension": 4}, "dimension"),
                       ({"rff_dimension": 63}, "even"),
                       ({"rff_dimension": "many"}, "rff_dimension"),
                       ({"bandwidth": -1}, "bandwidth"),
                       ({"half_life": "0"}, "half_life"),
                       ({"half_life": [1]}, "half_life"),
                       ({"half_life": None}, "half_life"),
                       ({"policy": {"a": 1}}, "policy"),
                       ({"seed": b"1"}, "seed"),
                       ({"policy": "x" * 300}, "policy"),
                       ({"default_reward": 7}, "reward_range"),
                       ({"reward_model": "choice"}, "gaussian"),
                       ({"kernel": "linear"}, "kernel"),
                       ({"features": "exact", "half_life": "9"}, "half_life")):
        refused("bad_request", "rebuild", word, router="default",
                settings=what)
    refused("unknown_router", "rebuild", "nowhere", router="nowhere")


@test
def rewards_come_in_while_a_router_is_learnt_anew():
    raw = daemon.raw()
    before = settings()["rewards"]
    ids = [decide()["decision"] for _ in range(100)]
    requests = [[0, i, "feedback", [{"decision": d, "reward": 0.5}]]
                for i, d in enumerate(ids)]
    requests.insert(50, [0, 1000, "rebuild", [
        {"router": "default", "settings": {"rff_dimension": 48}}]])
    requests.insert(60, [0, 1001, "rebuild", [{"router": "default"}]])
    raw.send(b"".join(msgpack.packb(r) for r in requests))
    answers = {}
    for _ in requests:
        _, msgid, error, result = raw.receive()
        answers[msgid] = error or result
    raw.close()
    assert answers[1001].startswith("conflict: ")
    assert answers[1000]["seq"] > 0
    assert all(answers[i]["applied"] for i in range(100))
    assert settings()["rewards"] == before + 100
    assert settings()["rff_dimension"] == 48
    daemon.configure(config(**{**rebuilt, "rff_dimension": 48}))
    assert refold() == call("state_hash")["hash"]


SHORT = f"""max_pending = 2
router "default" {{ {FIXED}  default_reward = 0.25  {ARMS} }}"""


def expire_the_rest(c, **own):
    """Of a slate of three, the second of which was rewarded."""
    d = c.call("decide", x=X, k=3, **own)
    late, slate = d["decision"], d["slate"]
    c.call("feedback", decision=late, arm=slate[1], reward=1)
    for _ in range(2):  # more than two do not wait
        c.call("decide", x=X, exclude=slate)
    c.call("checkpoint")  # comes after it
    assert c.call("explain", decision=late)["state"] == "expired"
    for name in (slate[0], slate[2]):
        c.fails("expired", "feedback", decision=late, arm=name, reward=0)
    return late, slate


@test
def a_slate_may_end_half_rewarded():
    """What leaves to make room teaches nothing; what runs out of time does,
    which test_service shows."""
    for own in ({}, {"decision": "late"}):
        with Daemon(SHORT) as short:
            c = short.client()
            late, slate = expire_the_rest(c, **own)
            arms = {a["arm"]: a for a in c.call("arms")["arms"]}
            assert [arms[a]["reward_mean"] for a in slate] == [None, 1, None]
            assert [arms[a]["expired"] for a in slate] == [1, 0, 1]
            assert [arms[a]["pending"] for a in slate] == [0, 0, 0]
            again = c.call("feedback", decision=late, arm=slate[1], reward=0)
            assert again["applied"] is False
            c.fails("conflict", "click", decision=late, arm=slate[1])
            if own:
                assert c.call("decide", x=X, **own)["slate"] == slate
            wanted = c.call("state_hash")["hash"]
            c.close()
            short.kill()
            short.start()
            assert short.client().call("state_hash")["hash"] == wanted


@test
def what_comes_after_it_expired_is_told_so():
    with Daemon(SHORT) as short:
        c = short.client()
        for own in ({}, {"decision": "late"}):
            d = c.call("decide", x=X, k=2, **own)
            late, (first, second) = d["decision"], d["slate"]
            for _ in range(2):
                c.call("decide", x=X)
            c.call("checkpoint")
            c.fails("expired", "click", decision=late, arm=first)
            c.fails("expired", "click", decision=late, arm=None)
            c.fails("expired", "prefer", decision=late, winner=second,
                    loser=first)
            c.fails("expired", "feedback", decision=late, arm=second,
                    reward=1)
            c.fails("expired", "feedback", decision=late, reward=1)


@test
def a_time_to_forget_is_a_number_or_a_span():
    for value in ("0", "-5", "7x", "0d"):
        with_it = Daemon(f'router "r" {{ half_life = "{value}" }}')
        done = with_it.run()
        assert done.returncode not in (0, None), value
        assert "half_life" in done.stderr, (value, done.stderr)
        with_it.remove()
    for value in ("50", "7d", "never"):
        with Daemon(f'router "r" {{ half_life = "{value}" }}'):
            pass


@test
def it_comes_back_as_it_was():
    wanted = call("state_hash")["hash"]
    restart(daemon.stop)
    assert call("state_hash")["hash"] == wanted == refold()
    assert "defect" not in daemon.read_log()
    assert daemon.stop() == 0


main(after=daemon.remove)
