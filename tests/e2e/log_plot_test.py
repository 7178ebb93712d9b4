"""banditctl plot: pictures of a log, from the daemon and from a file."""
import json
import os
import random
import subprocess
import xml.etree.ElementTree as ET

from daemon import Daemon
from tap import Skip, main, test

CONFIG = """
durability = "memory"
router "chat" {
    dimension = 2  rff_dimension = 16  policy = "uniform"
    arm "small" { cost = 1 } arm "large" { cost = 40 } arm "idle" { enabled = false }
}
router "empty" { dimension = 2  arm "a" { } }
"""
KINDS = "curve", "share", "arms", "calibration", "pareto"
EARNS = {"small": 0.25, "large": 0.75}
DECISIONS = 400
EX_USAGE, EX_DATAERR, EX_UNAVAILABLE, EX_IOERR = 64, 65, 69, 74

daemon = Daemon(CONFIG).start()
rewards = []  # (arm, reward), in their order
log = os.path.join(daemon.dir, "log.jsonl")


def play():
    rng = random.Random(7)
    client = daemon.client()
    for _ in range(DECISIONS):
        x = [rng.gauss(0, 1), rng.gauss(0, 1)]
        d = client.call("decide", x=x, router="chat")
        reward = EARNS[d["arm"]] + rng.uniform(-0.1, 0.1)
        client.call("feedback", decision=d["decision"], reward=reward)
        rewards.append((d["arm"], reward))
    client.call("checkpoint")  # all of it is on disk then
    assert daemon.ctl("export", log).returncode == 0


play()


def points(kind, *words):
    """The series of each panel, by their names."""
    panels = daemon.ctl_json("plot", kind, *words)["panels"]
    for panel in panels:
        assert panel["x"] and panel["y"], panel
    return [{s["name"]: s["points"] for s in panel["series"]}
            for panel in panels]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def of(arm):
    return [r for a, r in rewards if a == arm]


@test
def the_curve_is_that_of_the_rewards():
    panel, = points("curve", "chat")
    so_far = panel["mean so far"]
    assert so_far[-1][0] == DECISIONS
    assert abs(so_far[-1][1] - mean(r for _, r in rewards)) < 1e-9
    windows = panel["mean of each 10"]
    assert len(windows) == 40
    assert abs(windows[3][1] - mean(r for _, r in rewards[30:40])) < 1e-9
    assert all(lo <= y <= hi for _, y, lo, hi in windows)
    assert any(lo < hi for _, _, lo, hi in windows)


@test
def shares_sum_to_one():
    panel, = points("share", "chat")
    tops = {}
    for name, series in panel.items():
        assert name in EARNS, panel.keys()
        for x, _, _, hi in series:
            tops[x] = max(tops.get(x, 0), hi)
    assert all(abs(top - 1) < 1e-9 for top in tops.values()), tops
    first = [name for name in panel][0]
    x, y, low, _ = panel[first][0]
    assert low == 0 and abs(
        y - mean(a == first for a, _ in rewards[:int(x)])) < 1e-9


@test
def arms_are_by_their_mean():
    panel, = points("arms", "chat")
    assert list(panel) == ["large", "small"]  # the best first
    for place, arm in enumerate(panel, 1):
        (x, y, low, high), = panel[arm]
        assert x == place and abs(y - mean(of(arm))) < 1e-9
        assert low < y < high and high - low < 0.1


@test
def calibration_bins_are_of_predictions():
    means, sigmas = points("calibration", "chat")
    line = means["decisions, by their prediction"]
    assert 2 <= len(line) <= 12
    assert [p[0] for p in line] == sorted(p[0] for p in line)
    assert line[0][1] < 0.5 < line[-1][1]  # it tells the arms apart
    assert all(p[1] > 0 for p in sigmas["decisions, by their prediction"])


@test
def cost_is_against_reward():
    panel, = points("pareto", "chat")
    assert panel["small"][0][0] == 1 and panel["large"][0][0] == 40
    assert abs(panel["large"][0][1] - mean(of("large"))) < 1e-9
    assert len(panel[None]) == 4  # the front has a step


@test
def a_file_and_the_daemon_have_the_same_pictures():
    packed = log + ".msgpack"
    daemon.ctl("export", "-m", packed)
    for kind in KINDS:
        wanted = daemon.ctl_json("plot", kind, "chat")
        assert daemon.ctl_json("plot", kind, "-f", log) == wanted, kind
        assert daemon.ctl_json("plot", kind, "-f", packed,
                               "chat") == wanted, kind


@test
def each_is_text_that_fits():
    for kind in KINDS:
        env = daemon.environment(COLUMNS="60", LINES="20", LC_ALL="C")
        done = daemon.ctl("plot", kind, "chat", env=env)
        assert done.returncode == 0 and done.stdout.isascii(), done
        assert max(map(len, done.stdout.splitlines())) <= 60, done.stdout
        assert "router chat" in done.stdout, done.stdout
        assert {"curve": "rewarded decisions", "share": "decisions, rewarded",
                "arms": "the best first", "pareto": "cost of a call",
                "calibration": "predicted sigma"}[kind] in done.stdout


@test
def what_has_no_error_is_not_said_to_have_one_of_zero():
    for env in ("C", "C.UTF-8"):
        env = daemon.environment(COLUMNS="80", LINES="24", LC_ALL=env)
        shown = daemon.ctl("plot", "curve", "chat", env=env).stdout
        each, so_far = shown.splitlines()[-2:]
        sign = "\u00b1" if "\u00b1" in shown else "+-"
        assert sign in each and sign not in so_far, shown
        assert each.index("mean of") == so_far.index("mean so"), shown
        shown = daemon.ctl("plot", "calibration", "chat", env=env).stdout
        mean_key, sigma_key = [line for line in shown.splitlines()
                               if line.endswith("by their prediction")]
        assert sign in mean_key and sign not in sigma_key, shown


def texts(path):
    return [t.strip() for t in
            ET.parse(path).getroot().itertext() if t.strip()]


def need_gnuplot():
    try:
        subprocess.run(["gnuplot", "--version"], check=True,
                       stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        raise Skip("no gnuplot") from None


@test
def each_is_drawn_light_and_dark():
    need_gnuplot()
    for kind in KINDS:
        for more, background in ((), "#ffffff"), (("--dark",), "#16181d"):
            out = os.path.join(daemon.dir, kind + ".svg")
            done = daemon.ctl("plot", kind, "chat", "-o", out, *more)
            assert done.returncode == 0 and done.stdout == "", done
            with open(out, encoding="utf-8") as file:
                text = file.read().lower()
            rgb = ",".join(f"{int(background[i:i + 2], 16):3d}"
                           for i in (1, 3, 5))
            assert background in text or f"rgb({rgb})" in text, text[:900]
            words = " ".join(texts(out))
            assert "router chat" in words, words
            if kind != "calibration" and kind != "curve":
                assert "small" in words and "large" in words, words
        out = os.path.join(daemon.dir, kind + ".png")
        assert daemon.ctl("plot", kind, "-o", out).returncode == 0
        with open(out, "rb") as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"


@test
def long_names_stay_in_their_areas():
    """Names that do not fit are in the key alone."""
    need_gnuplot()
    name = "a-name-that-is-longer-than-half-of-the-picture-is-wide-at-all-xx"
    path = os.path.join(daemon.dir, "names.jsonl")
    with open(path, "w", encoding="utf-8") as out:
        for i in range(200):
            arm = name if i // 10 % 2 else "brief"
            out.write(json.dumps({
                "kind": "reward", "router_name": "chat", "arm_name": arm,
                "decision": {"slate": []}, "reward": 0.5}) + "\n")
    out = os.path.join(daemon.dir, "names.svg")
    assert daemon.ctl("plot", "share", "-f", path, "-o", out).returncode == 0
    assert texts(out).count(name) == 1, texts(out)


@test
def what_is_wrong_is_refused():
    for words in ((), ("nothing",), ("curve", "a", "b"), ("curve", "-x"),
                  ("curve", "chat", "-o", "x.gif")):
        done = daemon.ctl("plot", *words)
        assert done.returncode == EX_USAGE, (words, done)
    done = daemon.ctl("plot", "curve", "empty")
    assert done.returncode == EX_DATAERR and "no rewards" in done.stderr, done
    done = daemon.ctl("plot", "curve", "-f", "/nowhere")
    assert done.returncode == EX_DATAERR, done
    for out in ("/nowhere/x.svg", "/nowhere/x.png"):
        done = daemon.ctl("plot", "curve", "chat", "-o", out)
        assert done.returncode == EX_IOERR and "/nowhere/" in done.stderr, done
    path = os.path.join(daemon.dir, "bad.jsonl")
    for text in ("{", "[]", '{"a": 1}', '{"kind": 3}', "\x00", "\xc1"):
        with open(path, "w", encoding="latin-1") as out:
            out.write(text + "\n")
        for kind in KINDS:
            done = daemon.ctl("plot", kind, "-f", path)
            assert done.returncode == EX_DATAERR, (text, kind, done)


@test
def records_of_any_shape_do_no_harm():
    rng = random.Random(11)
    values = [None, True, -1, 1e308, -1e308, "", "x" * 200, "chat", [], [[]],
              {}, {"slate": [1, {}]}, {"slate": [{"arm_name": "a"}]}, 0.5]
    path = os.path.join(daemon.dir, "odd.jsonl")
    keys = "arm_name", "name", "decision", "reward", "cost", "router_name"
    for kind in KINDS:
        with open(path, "w", encoding="utf-8") as out:
            for _ in range(300):
                record = {k: rng.choice(values) for k in keys}
                record["router_name"] = rng.choice(["chat", "chat", 3])
                record["kind"] = rng.choice(
                    ["reward", "expire", "arm.add", "arm.set", "click"])
                out.write(json.dumps(record) + "\n")
        done = daemon.ctl("-j", "plot", kind, "-f", path)
        assert done.returncode in (0, EX_DATAERR), (kind, done)
        json.loads(done.stdout)
        done = daemon.ctl("plot", kind, "-f", path)
        assert done.returncode in (0, EX_DATAERR), (kind, done)


@test
def more_arms_than_areas_are_the_others():
    path = os.path.join(daemon.dir, "many.jsonl")
    with open(path, "w", encoding="utf-8") as out:
        for i in range(600):
            out.write(json.dumps({
                "kind": "reward", "router_name": "r",
                "arm_name": f"arm-{min(i % 41, i % 29)}",
                "decision": {"slate": []}, "reward": i % 2}) + "\n")
    panel, = points("share", "-f", path)
    assert len(panel) == 12 and "all others" in panel, panel.keys()
    assert len(points("arms", "-f", path)[0]) == 29


@test
def without_a_daemon_it_says_so():
    daemon.stop()
    assert daemon.ctl("plot", "curve").returncode == EX_UNAVAILABLE
    daemon.start()


if __name__ == "__main__":
    main(after=daemon.remove)
