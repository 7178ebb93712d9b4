"""bandit-eval decides as the daemon does, and says what is wrong with what it
is given."""
import csv
import json
import os
import subprocess
import tempfile

from daemon import BUILD, SOURCE, Daemon
from tap import main, note, test

EVAL = os.path.join(BUILD, "eval", "bandit-eval")
GATEWAY = os.path.join(BUILD, "eval", "demo-gateway")
STEPS = 1000


def data(name):
    return os.path.join(SOURCE, "data", name + ".brp")


def table(path):
    with open(path, encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t"))


def evaluate(*arguments, code=0):
    done = subprocess.run([EVAL, *arguments], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done.stdout if code == 0 else done.stderr


def by_daemon(policy, name):
    """[(row, arm, propensity)], through the socket."""
    config = f'router "default" {{ dimension = "auto"  policy = "{policy}" }}'
    with Daemon(config, ("-o", "durability=memory")) as daemon:
        log = os.path.join(daemon.dir, "log.tsv")
        subprocess.run([GATEWAY, "-s", daemon.socket, "-n", str(STEPS), "-o",
                        log, data(name)], check=True,
                       stderr=subprocess.DEVNULL)
        client = daemon.client()
        rows = table(log)
        return [(row["row"], row["arm"],
                 client.call("explain", decision=f"d1.1.{step}")
                 ["propensities"][0])
                for step, row in enumerate(rows, 1)]


def by_eval(policy, name):
    with tempfile.TemporaryDirectory() as directory:
        trace = os.path.join(directory, "trace.tsv")
        evaluate("-p", policy, "-n", str(STEPS), "--runs", "1", "--trace",
                 trace, data(name))
        return [(row["row"], row["arm"], float(row["propensity"]))
                for row in table(trace)]


@test
def a_thousand_rounds_are_the_same_as_through_the_daemon():
    for policy in ("pak-ucb", "thompson"):
        served = by_daemon(policy, "pareto_val")
        played = by_eval(policy, "pareto_val")
        assert len(served) == len(played) == STEPS
        for a, b in zip(served, played):
            assert a[:2] == b[:2] and abs(a[2] - b[2]) < 1e-12, (policy, a, b)


def rewards(text):
    problem, = json.loads(text)["problems"]
    return [[step["reward"]["mean"] for step in policy["steps"]]
            for policy in problem["policies"]]


@test
def what_a_replay_says_does_not_depend_on_how_many_work_at_it():
    arguments = ("-p", "pak-ucb", "-p", "thompson exploration=0.3", "-n", "200",
                 "--runs", "3", "-j", data("pareto_val"))
    assert evaluate("--jobs", "1", *arguments) == \
        evaluate("--jobs", "3", *arguments)


@test
def history_is_worth_something():
    cold, warm = (rewards(evaluate("-n", "200", "--runs", "4", "-j",
                                   "--warm", n, data("llmrouter_dev")))[0][-1]
                  for n in ("0", "500"))
    note(f"cold {cold:.4f}, warm {warm:.4f}")
    assert warm > cold + 0.02


@test
def mistakes_are_named():
    good = data("pareto_val")
    mistakes = (
        (("-p", "nonesuch", good), 64, 'no policy "nonesuch"; there is'),
        (("-p", "pak-ucb explore=1", good), 64, 'no setting "explore"'),
        (("-p", "pak-ucb exploration=-1", good), 64, "exploration"),
        (("-p", "pak-ucb exploration", good), 64, "no setting=value"),
        (("-p", "pak-ucb seed=1 seed=2", good), 64, "twice"),
        (("-n", "0", good), 64, "-n is a number from 1"),
        (("--join", "haiku", good), 64, "--join takes arm=step"),
        (("--join", "haiku=5", good), 64, 'no arm "haiku"'),
        (("--warm", "5000", good), 64, "has 1766 prompts"),
        (("--trace", "x", good), 64, "--trace is for one"),
        (("/nonesuch.brp",), 66, "/nonesuch.brp"),
        ((os.path.join(SOURCE, "README.md"),), 65, "README.md"),
        ((good + "~cost=x",), 64, "~cost takes a weight"),
        (("synth:nonesuch",), 64, 'no synthetic world "nonesuch"'),
        (("synth:smooth,x=1",), 64, 'no "x=1"; there is rows='),
        (("-o", "/nonesuch/x", "-n", "5", "--runs", "1", good), 73,
         "/nonesuch/x.curve.tsv"),
    )
    for arguments, code, words in mistakes:
        said = evaluate(*arguments, code=code)
        assert words in said, (arguments, said)


main(120)
