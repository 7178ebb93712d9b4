"""The numbers of tests/golden, through the socket of the real daemon."""
import json
import math
import os

from daemon import SOURCE, Daemon
from tap import main, test

TOLERANCE = 1e-5  # contexts travel as float32

# How the files name the kernels: its setting, and what contexts are
# multiplied by, for (gamma x'y + 1)^3 is (x'y + 1)^3 of longer contexts.
KERNELS = {
    "lin": ('kernel = "linear"', 1),
    "poly3_g1": ('kernel = "poly"', 1),
    "poly3_g10": ('kernel = "poly"', math.sqrt(10)),
    "rbf_s1": ('kernel = "rbf"  bandwidth = 1', 1),
    "rbf_s5": ('kernel = "rbf"  bandwidth = 5', 1),
}
ROUTER = """
router "%s" {
    history_weight = 1
    dimension = 4  features = "exact"  normalize = false
    prior_mean = 0  regularization = %g  exploration = %g  %s
    %s
}
"""


def load(name):
    path = os.path.join(SOURCE, "tests", "golden", name + ".json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


INPUTS = load("inputs")
TRACES = load("ucb_traces")["traces"]
STEPS = load("pak_stepwise")


def context(number, kernel):
    return [v * KERNELS[kernel][1] for v in INPUTS["contexts"][number]]


def close(got, wanted):
    assert math.isclose(got, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE), \
        f"{got} is not {wanted}"


def arms(count):
    return "  ".join('arm "%d" { }' % i for i in range(count))


def follow(client, router, kernel, trace):
    pulls = [0] * 3
    for step in trace["steps"]:
        forced = {"arms": [str(step["arm"])]} if step["forced"] else {}
        decision = client.call("decide", router=router, explain=True,
                               x=context(step["t"], kernel), **forced)
        assert int(decision["arm"]) == step["arm"], step
        assert decision["propensity"] == 1
        for i, score in enumerate(decision["scores"]):
            if not step["forced"]:
                close(score["mean"], step["mu"][i])
                close(score["sigma"], step["sigma"][i])
                close(score["score"], step["ucb"][i])
        client.call("feedback", decision=decision["decision"],
                    reward=step["reward"])
        pulls[step["arm"]] += 1
    assert pulls == trace["pulls"]


@test
def forty_decisions_of_pak_ucb():
    traces = {name[4:]: t for name, t in TRACES.items()
              if name.startswith("pak_")}
    assert len(traces) == 3
    config = "".join(ROUTER % (kernel, t["alpha"], t["eta"],
                               KERNELS[kernel][0], arms(3))
                     for kernel, t in traces.items())
    with Daemon(config) as daemon:
        client = daemon.client()
        for kernel, trace in traces.items():
            follow(client, kernel, kernel, trace)


def check_case(client, router, case):
    answer = client.call("score", router=router,
                         x=context(case["query"], case["kernel"]))
    score, = answer["scores"]
    close(score["mean"], case["mu"])
    close(score["sigma"], case["sigma"])
    close(score["score"], case["ucb_eta1.5"])


@test
def kernel_regression_step_by_step():
    cases = {}
    for case in STEPS["cases"]:
        cases.setdefault((case["kernel"], case["alpha"]), []).append(case)
    names = {k: f"{k[0]}-{k[1]}" for k in cases}
    config = "".join(ROUTER % (names[k], k[1], STEPS["eta"],
                               KERNELS[k[0]][0], arms(1)) for k in cases)
    checked = 0
    with Daemon(config) as daemon:
        client = daemon.client()
        for key, of_router in cases.items():
            seen = 0
            for case in sorted(of_router, key=lambda c: c["n"]):
                while seen < case["n"]:
                    client.call("observe", router=names[key], arm="0",
                                x=context(seen, key[0]),
                                reward=INPUTS["rewards"][0][seen])
                    seen += 1
                check_case(client, names[key], case)
                checked += 1
    assert checked == len(STEPS["cases"]) == 180


main()
