"""Decisions that come together are what they are one at a time.

Two daemons of the same configuration are asked the same; one at a time the one,
many at once, in pieces of any length, the other.  $SEED says what."""
import os
import random

import msgpack

from daemon import Daemon, packed
from tap import main, note, test

SEED = int(os.environ.get("SEED", "1"))
POLICIES = ("pak-ucb", "greedy", "thompson", "in-slate-thompson", "ucb1",
            "uniform", "fixed")
MORE = ("", "explore_floor = 0.2  cost_weight = 0.1",
        'pending = "hallucinate"', 'features = "exact"')
ARMS = "abcde"
D = 8


def config(policy, more):
    arms = " ".join(f'arm "{a}" {{ cost = {i} }}'
                    for i, a in enumerate(ARMS))
    rff = "" if "exact" in more else "rff_dimension = 64"
    return (f'router "default" {{ dimension = {D}  bandwidth = 2  '
            f'policy = "{policy}" {rff}  {more} {arms} }}\n'
            f'router "other" {{ dimension = {D}  bandwidth = 2  {arms} }}\n')


def question(rng, number):
    """The parameters of one decide."""
    asked = {"x": packed(rng.gauss(0, 1) for _ in range(D))}
    if rng.random() < 0.2:
        asked["k"] = rng.randrange(1, 4)
    if rng.random() < 0.2:
        asked["exclude"] = [rng.choice(ARMS)]
    if rng.random() < 0.1:
        asked["arms"] = rng.sample(ARMS, 3)
    if rng.random() < 0.1:
        asked.update(prefer_arm=rng.choice(ARMS), switch_cost=0.1)
    if rng.random() < 0.1:
        asked["max_cost"] = 2
    if rng.random() < 0.2:
        asked["explain"] = True
    if rng.random() < 0.1:
        asked["decision"] = f"own{number}"
    if rng.random() < 0.1:
        asked["router"] = "other"
    if rng.random() < 0.05:
        asked["x"] = asked["x"][4:]
    return asked


def one_at_a_time(raw, asked):
    answers = []
    for number, params in enumerate(asked):
        raw.request(number, "decide", **params)
        answers.append(raw.receive()[2:])
    return answers


def together(raw, asked, rng):
    data = b"".join(msgpack.packb([0, number, "decide", [params]])
                    for number, params in enumerate(asked))
    while data:
        size = rng.choice((1, 50, 500, 5000, 50000))
        raw.send(data[:size])
        data = data[size:]
    answers = {}
    for _ in asked:
        _, msgid, *answer = raw.receive()
        answers[msgid] = answer
    return [answers[i] for i in range(len(asked))]


def close(a, b):
    """Equal, but for the last bits of what was computed."""
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= 1e-6 * max(1, abs(a))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(close, a, b))
    return a == b


def teach(raw, answers, rewards):
    for number, ((error, result), reward) in enumerate(zip(answers, rewards)):
        if error is None:
            raw.request(number, "feedback", decision=result["decision"],
                        reward=reward)
            assert raw.receive()[2] is None


def compare(policy, more):
    rng = random.Random(SEED)
    decided = 0
    with Daemon(config(policy, more)) as slow, \
            Daemon(config(policy, more)) as fast:
        one, many = slow.raw(), fast.raw()
        for _ in range(4):
            asked = [question(rng, decided + i) for i in range(60)]
            wanted = one_at_a_time(one, asked)
            got = together(many, asked, rng)
            for params, a, b in zip(asked, wanted, got):
                assert close(list(a), list(b)), (policy, more, params, a, b)
            rewards = [rng.random() for _ in asked]
            teach(one, wanted, rewards)
            teach(many, got, rewards)
            decided += len(asked)
        arms = [[(a["arm"], a["pulls"], a["rewards"], a["reward_mean"])
                 for a in d.client().call("arms")["arms"]]
                for d in (slow, fast)]
        assert arms[0] == arms[1], arms


@test
def answers_are_those_of_one_at_a_time():
    note(f"SEED={SEED}")
    for policy in POLICIES:
        for more in MORE if policy in ("pak-ucb", "thompson") else MORE[:1]:
            compare(policy, more)


@test
def what_two_clients_ask_at_once_is_answered_to_each():
    with Daemon(config("pak-ucb", "")) as daemon:
        raws = [daemon.raw() for _ in range(5)]
        rng = random.Random(SEED)
        for number in range(40):
            for raw in raws:
                raw.request(number, "decide",
                            x=packed(rng.gauss(0, 1) for _ in range(D)))
        ids = set()
        for raw in raws:
            for _ in range(40):
                error, result = raw.receive()[2:]
                assert error is None
                ids.add(result["decision"])
        assert len(ids) == 200
        raws[0].request(1, "decide", x=packed([1] * D))
        raws[0].close()  # before it is answered
        assert daemon.client().call("status")["decisions"] in (200, 201)
        assert daemon.stop() == 0


def learn_that_one_arm_is_best(client, rng):
    for number in range(300):
        arm = ARMS[number % len(ARMS)]
        client.call("observe", x=packed(rng.gauss(0, 1) for _ in range(D)),
                    arm=arm, reward=0.9 if arm == "a" else 0.1)


@test
def score_has_no_bounds_where_a_decision_makes_do_with_them():
    rng = random.Random(SEED)
    with Daemon(config("pak-ucb", "")) as daemon:
        client = daemon.client()
        learn_that_one_arm_is_best(client, rng)
        for _ in range(100):
            x = packed(rng.gauss(0, 1) for _ in range(D))
            client.call("decide", x=x)
            scores = client.call("score", x=x)["scores"]
            assert not any("at_most" in s for s in scores), scores
            shown = client.call("decide", x=x, explain=True)["scores"]
            assert close([s["sigma"] for s in scores],
                         [s["sigma"] for s in shown]), (scores, shown)
        assert client.call("status")["arms_spared"] > 100


main()
