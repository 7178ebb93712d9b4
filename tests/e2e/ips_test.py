"""What another policy would have earned, from the daemon's own log.

Each of 200 routers (their seeds are 1 to 200) decides for the same prompts by
the same policy.  The log, as --salvage writes it, has the propensity of each
decision; weighed with it, the rewards of those that another policy would have
made as well estimate what that would have earned.  Over the routers the
estimates must be right on average, within three of their standard errors.
"""
import json
import math
import os
import random
import statistics
import subprocess

import msgpack

from daemon import BANDITD, Daemon, packed
from tap import main, note, test

SEED = int(os.environ.get("SEED", "1"))
RUNS, PROMPTS, DIMENSION = 200, 50, 4
ARMS = "abc"
POLICIES = {
    "thompson": 'policy = "thompson"  exploration = 1  explore_floor = 0.05',
    "pak-ucb": "explore_floor = 0.3",
}


def config(settings):
    arms = " ".join(f'arm "{name}" {{ }}' for name in ARMS)
    return "\n".join(
        f'router "r{i}" {{ dimension = {DIMENSION} rff_dimension = 16 '
        f"bandwidth = 1 seed = {i} {settings} {arms} }}"
        for i in range(1, RUNS + 1))


def earns(x, arm):
    """The expected reward, from 0.2 to 0.8."""
    return 0.5 + 0.3 * math.sin(3 * x[ARMS.index(arm)] + ARMS.index(arm))


def prompts():
    rng = random.Random(SEED)
    return [[rng.uniform(-1, 1) for _ in range(DIMENSION)]
            for _ in range(PROMPTS)]


# Other policies: an arm for each prompt.
TARGETS = {
    "always a": lambda x: "a",
    "by the first number": lambda x: "b" if x[0] > 0 else "c",
    "the best": lambda x: max(ARMS, key=lambda arm: earns(x, arm)),
}


def exchange(raw, calls):
    """Their results, in order."""
    raw.send(b"".join(msgpack.packb([0, i, method, [params]])
                      for i, (method, params) in enumerate(calls)))
    results = {}
    for _ in calls:
        _, msgid, error, result = raw.receive()
        assert error is None, error
        results[msgid] = result
    return [results[i] for i in range(len(calls))]


def run(daemon):
    """All routers side by side, a prompt at a time."""
    rng = random.Random(SEED + 1)
    raw = daemon.raw()
    for x in prompts():
        made = exchange(raw, [
            ("decide", {"router": f"r{i}", "x": packed(x)})
            for i in range(1, RUNS + 1)])
        exchange(raw, [
            ("feedback", {
                "decision": d["decision"], "durability": "memory",
                "reward": float(rng.random() < earns(x, d["arm"]))})
            for d in made])
    raw.close()


def logged(state):
    """The rewards of the log, by router."""
    done = subprocess.run([BANDITD, "--salvage", "-", "-d", state], text=True,
                          check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    by_router = {}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        if event["kind"] == "reward":
            by_router.setdefault(event["router_name"], []).append(event)
    return by_router


def estimate(events, target):
    """Inverse propensity scoring: Horvitz, Thompson 1952."""
    total = 0.0
    for event in events:
        shown = event["decision"]["slate"][0]
        if shown["arm_name"] == target(event["x"]):
            total += event["reward"] / shown["propensity"]
    return total / PROMPTS


@test
def estimates_from_the_log_are_right_on_average():
    for name, settings in POLICIES.items():
        with Daemon(config(settings)) as daemon:
            run(daemon)
            assert daemon.stop() == 0
            by_router = logged(daemon.state)
        assert len(by_router) == RUNS
        assert all(len(e) == PROMPTS for e in by_router.values())
        for what, target in TARGETS.items():
            true = statistics.fmean(earns(x, target(x)) for x in prompts())
            errors = [estimate(e, target) - true for e in by_router.values()]
            mean = statistics.fmean(errors)
            error = statistics.stdev(errors) / math.sqrt(RUNS)
            note(f"{name}, {what}: {true:.3f} {mean:+.4f} +- {error:.4f}")
            assert abs(mean) < 3 * error, (name, what, mean, error)


main()
