"""bandit-eval decides as the daemon does, and says what is wrong with what it
is given."""
import csv
import json
import os
import random
import subprocess
import tempfile

import msgpack

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


ARMS = ("small", "large", "vendor/huge-2.5")


def prompts():
    """Rows as maps, some of whose rewards are missing."""
    rng = random.Random(1)
    rows = []
    for number in range(60):
        rows.append({
            "x": [round(rng.gauss(0, 1), 3) for _ in range(4)],
            "reward": {arm: round(rng.random(), 3) for arm in ARMS},
            "cost": {arm: round(rng.random(), 3) for arm in ARMS},
            "task": rng.choice(("math", "chat, \"easy\"")),
            "group": rng.randrange(5)})
        if number % 7 == 0:
            rows[-1]["reward"][rng.choice(ARMS)] = None
    return rows


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([f"x{i + 1}" for i in range(4)] +
                     [f"{what}:{arm}" for what in ("reward", "cost")
                      for arm in ARMS] + ["task", "group"])
        for row in rows:
            out.writerow(row["x"] + [row[what][arm]
                                     for what in ("reward", "cost")
                                     for arm in ARMS] +
                         [row["task"], row["group"]])


def write_jsonl(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def write_msgpack(path, rows):
    with open(path, "wb") as file:
        file.writelines(msgpack.packb(row) for row in rows)


@test
def a_set_is_the_same_in_every_format():
    said = set()
    with tempfile.TemporaryDirectory() as directory:
        for write in (write_csv, write_jsonl, write_msgpack):
            path = os.path.join(directory, "set." + write.__name__[6:])
            write(path, prompts())
            said.add(evaluate("-p", "thompson", "-n", "100", "--runs", "2",
                              "-j", path))
    assert len(said) == 1, said
    assert json.loads(said.pop())["problems"][0]["missing"] == 9


def wrong_sets():
    """(ending, text, what is said of it)."""
    row = '{"x": [1, 0], "reward": {"a": 1, "b": 0}}'
    head = "x1,x2,reward:a,reward:b"
    return (
        ("jsonl", "", "it has no row"),
        ("jsonl", row + "\n{", ":2: it is not JSON"),
        ("jsonl", row + "\n[]", ":2: it is not a JSON object"),
        ("jsonl", '{"reward": {"a": 1}}', ":1: x is no vector"),
        ("jsonl", '{"x": [1]}', ":1: reward is no map of arms"),
        ("jsonl", row + '\n{"x": [1], "reward": {"a": 1, "b": 0}}',
         ":2: x has 1 numbers, the first has 2"),
        ("jsonl", row + '\n{"x": [1, 0], "reward": {"a": 1}}',
         ":2: reward has 1 arms, the first row has 2"),
        ("jsonl", row + '\n{"x": [1, 0], "reward": {"a": 1, "c": 0}}',
         ":2: reward has an arm that the first row does not have"),
        ("jsonl", row.replace("1, \"b", '"1", "b'),
         ":1: reward of a is no number"),
        ("jsonl", row.replace("1, \"b\": 0", 'null, "b": null'),
         ":1: no arm has a reward"),
        ("jsonl", row.replace("[1, 0]", "[0, 0]"), ":1: the vector is zero"),
        ("jsonl", row.replace("[1, 0]", '[1, "0"]'), ":1: x[1] is no number"),
        ("jsonl", row[:-1] + ', "cost": {"c": 1}}',
         ":1: cost has an arm that"),
        ("jsonl", row[:-1] + ', "group": -1}', ":1: group is no whole number"),
        ("csv", "", "it is empty"),
        ("csv", head + "\n", "it has no row"),
        ("csv", head + "\n1,0,1,zero\n", ':2: "zero" is no number'),
        ("csv", head + "\n1,0,1\n", ":2: 3 fields, the header has 4"),
        ("csv", head + "\n1,0,1,0,0\n", ":2: more fields"),
        ("csv", head + "\n1,0,1,0\n1,0,,NA\n", ":3: no arm has a reward"),
        ("csv", head + "\n1,inf,1,0\n", ":2: element 1"),
        ("csv", head + "\n1,0,inf,0\n", ":2: a reward or cost of a"),
        ("csv", head + ",reward:a\n", ":1: two columns reward:a"),
        ("csv", head + ",cost:a,cost:a\n", ":1: two columns cost:a"),
        ("csv", head + ",task,task\n", ":1: two columns task"),
        ("csv", head + ',group\n1,0,1,0,1.5\n', ":2: group is no whole"),
        ("csv", head + ',task\n1,0,1,0,"chat\n', ":2: a quote is not"),
        ("csv", head + ",task\n1,0,1,0,chat\0s\n", ":2: there is a zero"),
        ("csv", "x2,reward:a\n", ':1: column "x2" is none of x1'),
        ("csv", "x1,cost:a\n", ":1: there is no column reward:a"),
        ("csv", "reward:a\n1\n", ":1: there is no column x1"),
        ("csv", "x1,reward:b b\n", '"b b" is no name of an arm'),
        ("txt", row, "its name does not end in .brp, .csv, .json"),
    )


@test
def what_is_wrong_with_a_set_is_said_with_its_line():
    with tempfile.TemporaryDirectory() as directory:
        for ending, text, words in wrong_sets():
            path = os.path.join(directory, "set." + ending)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            said = evaluate("-n", "5", path, code=65)
            assert path in said and words in said, (text, said)


def logged(daemon, rounds):
    """The path of an export of that many rewarded decisions."""
    client = daemon.client()
    rng = random.Random(2)
    for number in range(rounds):
        made = client.call("decide", x=[rng.gauss(0, 1) for _ in range(3)],
                           **({"exclude": ["a"]} if number % 5 == 0 else {}))
        client.call("feedback", decision=made["decision"],
                    reward=rng.random())
    client.call("observe", x=[1, 0, 0], arm="a", reward=1)
    path = os.path.join(daemon.dir, "log.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.write(daemon.ctl("export").stdout)
    return path


def check_dsjson(text, rounds):
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == rounds
    for line in lines:
        actions = len(line["c"]["_multi"])
        assert -1 <= line["_label_cost"] <= 0
        assert line["a"][0] == line["_label_Action"] == line["_labelIndex"] + 1
        assert sorted(line["a"]) == list(range(1, actions + 1))
        assert abs(sum(line["p"]) - 1) < 1e-6
        assert line["p"][0] == line["_label_probability"]
        assert len(line["c"]["x"]) == 3
    assert {len(line["a"]) for line in lines} == {2, 3}
    return lines


@test
def a_log_is_converted_for_other_programs():
    config = """router "default" { dimension = 3  policy = "thompson"
        arm "a" { }  arm "b" { }  arm "c" { } }"""
    with Daemon(config) as daemon:
        log = logged(daemon, 40)
        lines = check_dsjson(evaluate("convert", "--to", "dsjson", log), 40)
        rows = list(csv.DictReader(
            evaluate("convert", "--to", "obp", log).splitlines()))
    assert len(rows) == 40
    for line, row in zip(lines, rows):
        assert abs(float(row["reward"]) + line["_label_cost"]) < 1e-6
        assert abs(float(row["pscore"]) - line["p"][0]) < 1e-6
        assert f'"{row["arm"]}"' in json.dumps(
            line["c"]["_multi"][line["_labelIndex"]])
        assert abs(float(row["context_2"]) - line["c"]["x"]["3"]) < 1e-6
        assert row["arm"] == "abc"[int(row["action"])]
        assert row["cost"] == "" and row["position"] == "0"


@test
def mistakes_of_convert_are_named():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "log.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"x": [1], "arm": "a", "reward": 1}\n')
        assert path + ":1: obp needs a propensity" in evaluate(
            "convert", "--to", "obp", path, code=65)
        with open(path, "a", encoding="utf-8") as file:
            file.write("{")
        evaluate("convert", "--to", "obp", "-o", path, path, code=65)
        assert os.path.getsize(path) > 30  # it was not opened to be written
        assert 'no format "vw"' in evaluate("convert", "--to", "vw", path,
                                            code=64)
        assert "usage: bandit-eval convert" in evaluate("convert", path,
                                                        code=64)


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
def a_policy_that_is_worse_is_called_so():
    arguments = ("-n", "1000", "--runs", "4", "--at", "100,1000", "-p",
                 "best-arm", "-p", "best-arm ", "-p", "uniform",
                 data("llmrouter_dev"))
    problem, = json.loads(evaluate("-j", *arguments))["problems"]
    same, worse = (policy["beyond_first"] for policy in problem["policies"][1:])
    assert same["difference"] == 0 and same["since"] == 0 and same["low"] < 0 < same["high"]
    best, _, uniform = (policy["steps"][-1]["reward"]["mean"]
                        for policy in problem["policies"])
    assert abs(worse["difference"] - (uniform - best)) < 1e-6
    assert worse["low"] < worse["difference"] < worse["high"] < 0
    certain = [line for line in evaluate(*arguments).splitlines()
               if f"certain since step {worse['since']}" in line]
    assert len(certain) == 1 and "uniform" in certain[0], certain
    with tempfile.TemporaryDirectory() as place:
        evaluate("-o", place + "/x", *arguments)
        last = table(place + "/x.compare.tsv")[-1]
    assert (last["policy"], last["other"]) == ("uniform", "best-arm")
    assert abs(float(last["low"]) - worse["low"]) < 1e-6


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
        (("--alpha", "2", good), 64, "--alpha is a number between 0 and 1"),
        (("--warm", "5000", good), 64, "has 1766 prompts"),
        (("--trace", "x", good), 64, "--trace is for one"),
        (("/nonesuch.brp",), 74, "/nonesuch.brp"),
        ((os.path.join(SOURCE, "README.md"),), 65, "README.md"),
        (("/nonesuch.csv",), 74, "/nonesuch.csv"),
        (("/nonesuch.jsonl",), 74, "/nonesuch.jsonl"),
        ((data("paperhe_dev") + "+" + good,), 65, "pareto_val.brp have different"),
        ((good + "+/nonesuch.csv",), 74, "/nonesuch.csv"),
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
