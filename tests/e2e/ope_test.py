"""bandit-eval ope judges policies on what a daemon has logged."""
import json
import math
import os
import random
import subprocess

from daemon import Daemon, packed
from tap import main, note, test

EX_USAGE, EX_DATAERR = 64, 65
EVAL = os.path.join(os.environ["top_builddir"], "eval", "bandit-eval")
SETTINGS = "rff_dimension=32 bandwidth=1"
CONFIG = """
router "floor" {
    dimension = 4  rff_dimension = 32  bandwidth = 1  explore_floor = 0.3
    arm "a" { cost = 1 }  arm "b" { }  arm "c" { }
}
router "sure" {
    dimension = 4  rff_dimension = 32  bandwidth = 1
    arm "a" { }  arm "b" { }
}
router "slate" {
    dimension = 4  rff_dimension = 32  bandwidth = 1  policy = "thompson"
    arm "a" { }  arm "b" { }  arm "c" { }
}
"""
rng = random.Random(1)
daemon = Daemon(CONFIG).start()
client = daemon.client()
jsonl = os.path.join(daemon.dir, "log.jsonl")
packs = os.path.join(daemon.dir, "log.msgpack")
plain = os.path.join(daemon.dir, "plain.jsonl")
shown = []  # (propensity, reward, eligible arms) of router floor


def ope(*args):
    return subprocess.run([EVAL, "ope", *args], text=True, check=False,
                          capture_output=True)


def judged(*args):
    done = ope("-j", *args)
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def close(one, other):
    assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12), (one, other)


def earned(x, arm):
    return 0.8 if (x[0] > 0) == (arm == "a") else 0.3


def ask(router, **more):
    x = [rng.gauss(0, 1) for _ in range(4)]
    return x, client.call("decide", router=router, x=packed(x), **more)


@test
def a_daemon_logs():
    for i in range(400):
        without = {"exclude": ["c"]} if i % 4 == 0 else {}
        x, told = ask("floor", **without)
        reward = earned(x, told["arm"])
        client.call("feedback", decision=told["decision"], reward=reward)
        shown.append((told["propensity"], reward, 2 if without else 3))
    for _ in range(50):
        x, told = ask("sure")
        client.call("feedback", decision=told["decision"],
                    reward=earned(x, told["arm"]))
    for i in range(50):
        x, told = ask("slate", k=2)
        if i % 5:
            client.call("feedback", decision=told["decision"], reward=0.5,
                        arm=told["slate"][i % 2])
        client.call("observe", router="slate", x=packed(x), arm="a", reward=1)
    for words in ((jsonl,), ("-m", packs)):
        done = daemon.ctl("export", *words)
        assert done.returncode == 0, done


@test
def weights_are_those_of_the_answers():
    told = judged("-p", "uniform", "--estimator", "ips", "--estimator",
                  "snips", "--router", "floor", jsonl)
    w = [1 / k / p for p, _, k in shown]
    ips = [a * r for a, (_, r, _) in zip(w, shown)]
    n = len(w)
    mean = sum(ips) / n
    ips_row, snips_row = told["policies"]
    assert told["rounds"] == n
    close(told["logged"]["reward"], sum(r for _, r, _ in shown) / n)
    close(ips_row["reward"], mean)
    close(ips_row["se"],
          math.sqrt(sum((v - mean) ** 2 for v in ips) / (n - 1) / n))
    close(snips_row["reward"], sum(ips) / sum(w))
    close(ips_row["effective"], sum(w) ** 2 / sum(a * a for a in w))


@test
def both_formats_say_the_same():
    args = "-p", "thompson", "-p", "greedy", "--estimator", "all", "--router"
    one, other = judged(*args, "floor", jsonl), judged(*args, "floor", packs)
    assert one.pop("log") == jsonl and other.pop("log") == packs
    assert one == other


@test
def the_policy_that_logged_it_gains_nothing():
    """It learnt from the same rewards, so each of its weights is 1."""
    told = judged("-p", f"pak-ucb explore_floor=0.3 {SETTINGS}", "--estimator",
                  "ips", "--router", "floor", jsonl)
    row = told["policies"][0]
    note(row)
    assert abs(row["gain"]) < 1e-6 and row["within"] < 1e-6, row
    assert abs(row["effective"] - len(shown)) < 1e-3


@test
def what_a_better_policy_would_have_earned():
    told = judged("-p", f"greedy {SETTINGS}", "-p", "uniform", "--since", "7d",
                  "--router", "floor", jsonl)
    greedy, uniform = told["policies"]
    assert told["rounds"] == len(shown)
    assert greedy["estimator"] == "dr"
    assert greedy["gain"] > greedy["within"], greedy
    assert uniform["gain"] < -uniform["within"], uniform
    done = ope("-p", "greedy", "--since", "7d", "--router", "floor", jsonl)
    assert done.returncode == 0 and not done.stderr, done
    assert "(logged)" in done.stdout


@test
def a_router_without_chance_cannot_say():
    done = ope("-p", "uniform", "--router", "sure", jsonl)
    # Its first decision was a tie.
    assert done.returncode == 0 and "blind" in done.stderr, done
    done = ope("-p", "uniform", "--until", "@1", "--router", "sure", jsonl)
    assert done.returncode == EX_DATAERR and "0 rounds" in done.stderr, done
    lines = [{"x": [1, i], "arm": "ab"[i % 2], "reward": i % 2,
              "propensity": 1, "time": i} for i in range(20)]
    write(lines)
    done = ope("-p", "uniform", plain)
    assert done.returncode == EX_DATAERR, done
    assert "explore_floor" in done.stderr and "thompson" in done.stderr
    done = ope("-p", "uniform", "--estimator", "dm", plain)
    assert done.returncode == 0, done


@test
def what_is_no_round_is_counted():
    args = "-p", "uniform", "--estimator", "snips", "--router", "slate", jsonl
    whole = judged(*args)
    assert whole["rounds"] == 20, whole  # the others are of second arms
    assert whole["left_out"]["observed"] == 50, whole
    assert whole["left_out"]["further"] == 20, whole
    done = ope(*args)
    assert done.returncode == 0, done
    assert "left out: 50 rewards without a decision, 20 rewards" in done.stderr, done
    assert "of 40 longer slates" in done.stderr, done


@test
def one_router_at_a_time():
    done = ope("-p", "uniform", jsonl)
    assert done.returncode == EX_DATAERR, done
    assert '"floor"' in done.stderr and '"sure"' in done.stderr, done
    done = ope("-p", "uniform", "--router", "none", jsonl)
    assert done.returncode == EX_DATAERR and "router none" in done.stderr


def write(lines):
    with open(plain, "w", encoding="utf-8") as file:
        for line in lines:
            print(line if isinstance(line, str) else json.dumps(line),
                  file=file)


@test
def what_is_wrong_is_said_with_file_and_line():
    good = {"x": [1, 2], "arm": "a", "reward": 1, "propensity": 0.5, "time": 1,
            "eligible": ["a", "b"]}
    bad = [
        ("{", "not JSON"), ("[]", "not a JSON object"), ('{"kind": 3}', "kind"),
        ({"kind": "reward", "decision": {}}, "slate"),
        ({**good, "x": [1]}, "x has 1 numbers, others have 2"),
        ({**good, "x": [0, 0]}, "zero"), ({**good, "x": "no"}, "x"),
        ({**good, "x": [1, None]}, "x"), ({**good, "x": [1, 1e300]}, ""),
        ({**good, "arm": 1}, "arm"), ({**good, "arm": "a b"}, "arm"),
        ({**good, "reward": None}, "reward"), ({**good, "reward": "1"}, ""),
        ({**good, "propensity": 0}, "propensity"),
        ({**good, "propensity": 1.5}, "propensity"),
        ({**good, "time": "now"}, "time"),
        ({**good, "eligible": [1]}, "eligible"),
    ]
    for line, says in bad:
        write([good, good, line])
        done = ope("-p", "uniform", plain)
        assert done.returncode == EX_DATAERR, (line, done)
        assert f"{plain}:3: " in done.stderr and says in done.stderr, done
        assert done.stdout == "", done
    without = {key: good[key] for key in ("x", "arm", "reward")}
    write([good, without, good])
    done = ope("-p", "uniform", plain)
    assert done.returncode == EX_DATAERR and f"{plain}:2: " in done.stderr
    done = ope("-p", "uniform", "--estimator", "dm", "--since", "1d", plain)
    assert done.returncode == EX_DATAERR and "time" in done.stderr, done
    assert judged("-p", "uniform", "--estimator", "dm", plain)["rounds"] == 3
    write([good] * 3)
    done = ope("-p", "luck", plain)
    assert done.returncode == EX_USAGE and "luck" in done.stderr, done
    for foresees in ("oracle", "best-arm", "ridge"):
        done = ope("-p", foresees, plain)
        assert done.returncode == EX_USAGE and "no log has" in done.stderr
    done = ope("-p", "uniform exploration=none", plain)
    assert done.returncode == EX_USAGE and "exploration" in done.stderr, done
    write([])
    done = ope("-p", "uniform", plain)
    assert done.returncode == EX_DATAERR, done


@test
def a_guard_is_kept_beside_the_log():
    path = jsonl + ".guard"
    args = ("--guard", path, "--router", "floor", "--estimator", "ips", jsonl)
    first = judged("-p", "uniform", "--budget", "3", *args)
    again = judged("-p", "uniform", *args)
    assert first == again and first["guard"]["budget"] == 3, (first, again)
    with open(path, encoding="utf-8") as file:
        assert len(file.readlines()) == 4
    with open(path, "a", encoding="utf-8") as file:
        file.write("answer 1 held 0 0\n" * 3)
    done = ope("-p", "greedy", *args)
    assert done.returncode == 77, done
    assert "budget of 3 is spent" in done.stderr, done
    assert judged("-p", "uniform", *args)["policies"] == first["policies"]


main(after=daemon.remove)
