"""bandit-eval plot draws what the files of a replay say, and runs no name."""
import itertools
import math
import os
import pty
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as xml

from tap import Skip, main, note, test

EVAL = os.path.join(os.environ["top_builddir"], "eval", "bandit-eval")
EVAL = os.path.abspath(EVAL)
SVG = "{http://www.w3.org/2000/svg}"
DIR = tempfile.mkdtemp(prefix="plot-test-")

CURVE = ("problem policy step n reward reward_se regret regret_se otb otb_se "
         "opr opr_se cost cost_se").split()
SHARE = "problem policy step arm share share_se".split()
CALIBRATION = "problem policy of predicted observed n".split()


def write(name, columns, rows):
    with open(os.path.join(DIR, name), "w", encoding="utf-8") as file:
        for row in [columns, *rows]:
            print(*row, sep="\t", file=file)


def curve(problem, policy, points, cost="nan"):
    """Rows of (step, otb), the best single arm at 0.7."""
    return [(problem, policy, step, 20, 0.7 + otb, 0.004, step * (0.1 - otb),
             1, otb, 0.004, 0.5, 0.01, cost, 0)
            for step, otb in points]


def plot(*args, path=None, **env):
    env = {"LC_ALL": "C", "PATH": path or os.environ["PATH"], **env}
    return subprocess.run([EVAL, "plot", *args], cwd=DIR, env=env, text=True,
                          check=False, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def drawn(*args):
    if shutil.which("gnuplot") is None:
        raise Skip("no gnuplot")
    done = plot(*args)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", done.stderr
    return done


def svg(kind, prefix, *args):
    drawn("-t", kind, "-o", "x.svg", *args, prefix)
    return xml.parse(os.path.join(DIR, "x.svg")).getroot()


def texts(root):
    return ["".join(t.itertext()).strip() for t in root.iter(SVG + "text")]


def paths(element):
    """Of each path its stroke or fill, and its corners."""
    for path in element.iter(SVG + "path"):
        corners = [tuple(map(float, pair)) for pair in
                   re.findall(r"(-?[\d.]+),(-?[\d.]+)", path.get("d"))]
        if corners:
            yield path.get("stroke"), path.get("fill"), corners


def three(root):
    """The lines of three points; marks are drawn around 0."""
    return [(stroke, fill, corners) for stroke, fill, corners in paths(root)
            if fill in (None, "none") and len(corners) == 3 and
            corners[0][0] > 10]


def fails(done, status, *words):
    assert done.returncode == status, (done.returncode, done.stderr)
    for word in words:
        assert word in done.stderr, done.stderr
    left = [f for f in os.listdir(DIR) if f.endswith(".part")]
    assert not left, left


TWO = [(100, -0.02), (300, 0.01), (1000, 0.03)]
write("two.curve.tsv", CURVE,
      curve("set a", "pak-ucb", TWO, 0.5) +
      curve("set a", "uniform", [(s, v - 0.05) for s, v in TWO], 0.7) +
      curve("set b", "pak-ucb", TWO, 0.5) +
      curve("set b", "uniform", [(s, v - 0.05) for s, v in TWO], 0.7))


@test
def a_curve_has_a_panel_for_each_problem_and_a_band_for_each_policy():
    root = svg("curve", "two")
    for word in ("set a", "set b", "pak-ucb", "uniform", "prompts answered",
                 "reward over the best single arm"):
        assert word in texts(root), (word, texts(root))
    bands = [[tuple(map(float, pair.split(",")))
              for pair in p.get("points").split()]
             for p in root.iter(SVG + "polygon")
             if float(p.get("fill-opacity", "1")) < 1]
    assert len(bands) == 4, bands
    lines = [corners for _, _, corners in three(root)]
    for (band, line) in zip(sorted(bands), sorted(lines)):
        for x, y in line:  # two standard errors on both sides
            at = sorted(v for u, v in band if abs(u - x) < 0.1)
            assert len(set(at)) == 2, (at, band)
            assert abs(at[0] + at[-1] - 2 * y) < 0.05, (at, y)
        rise = line[0][1] - line[2][1]  # 0.05 of reward
        assert abs((at[-1] - at[0]) / rise - 4 * 0.004 / 0.05) < 0.005


@test
def a_curve_goes_through_its_points():
    lines = [corners for _, _, corners in three(svg("curve", "two"))]
    assert len(lines) == 4, lines
    for (x0, y0), (x1, y1), (x2, y2) in lines:
        # Steps 100, 300, 1000; values that rise by 0.03 and by 0.02.
        assert abs((x1 - x0) / (x2 - x0) - 200 / 900) < 0.002
        assert abs((y1 - y0) / (y2 - y0) - 3 / 5) < 0.005
        assert y2 < y0


@test
def problem_and_policy_choose():
    words = texts(svg("curve", "two", "--problem", "set a", "--policy",
                      "uniform"))
    assert "set a" in words and "uniform" in words
    assert "set b" not in words and "pak-ucb" not in words
    fails(plot("--problem", "set c", "two"), 65, "two.curve.tsv", "no row")


@test
def every_metric_is_drawn():
    for metric in ("otb", "reward", "regret", "opr", "cost"):
        drawn("-y", metric, "-o", "x.svg", "two")
    fails(plot("-y", "luck", "two"), 64, "otb, reward", "luck")


@test
def shares_are_stacked():
    arms = ("gpt", "haiku", "llama")
    write("s.share.tsv", SHARE,
          [("a", "p", step, arm, share, 0) for step in (10, 20, 30)
           for arm, share in zip(arms, (0.5, 0.3, 0.2))])
    words = texts(svg("share", "s"))
    for arm in arms:
        assert words.count(arm) == 2, words  # in the key, in its area
    text = plot("-t", "share", "s").stdout
    rows = [line for line in text.splitlines() if re.match(r".*[|+]\w", line)]
    column = "".join(line.rstrip()[-1] for line in rows)
    note(column)
    assert re.fullmatch("c+b+a+", column), text
    assert abs(column.count("a") / len(column) - 0.5) < 0.1
    assert abs(column.count("b") / len(column) - 0.3) < 0.1


@test
def shares_of_one_step_have_a_width():
    write("one.share.tsv", SHARE, [("a", "p", 500, "x", 0.4, 0),
                                   ("a", "p", 500, "y", 0.6, 0)])
    assert "aaaaaaaaaa" in plot("-t", "share", "one").stdout
    assert texts(svg("share", "one")).count("x") == 2


@test
def shares_of_other_steps_are_refused():
    write("odd.share.tsv", SHARE, [("a", "p", 1, "x", 1, 0),
                                   ("a", "p", 2, "x", 1, 0),
                                   ("a", "p", 1, "y", 0, 0)])
    fails(plot("-t", "share", "odd"), 65, "arm y has other steps than x")
    write("much.share.tsv", SHARE, [("a", "p", 1, "x", 1.5, 0)])
    fails(plot("-t", "share", "much"), 65, "much.share.tsv:2:", "1.5")


@test
def calibration_is_of_mean_and_sigma():
    write("c.calibration.tsv", CALIBRATION,
          [("a", "p", of, x / 10, x / 11, 20) for of in ("mean", "sigma")
           for x in range(1, 9)])
    words = texts(svg("calibration", "c"))
    for word in ("mean", "sigma", "predicted mean", "predicted sigma"):
        assert word in words, (word, words)
    write("d.calibration.tsv", CALIBRATION, [("a", "p", "mean", 1, 1, 9)])
    fails(plot("-t", "calibration", "d"), 65, "d.calibration.tsv", "no row")
    write("d.calibration.tsv", CALIBRATION, [("a", "p", "mode", 1, 1, 10)])
    fails(plot("-t", "calibration", "d"), 65, "d.calibration.tsv:2:", "mode")


@test
def the_pareto_front_leaves_out_what_is_beaten():
    costs = {"cheap": (1, 0.0), "beaten": (2, -0.05), "good": (3, 0.1),
             "dear": (4, 0.05)}
    rows = []
    for policy, (cost, otb) in costs.items():
        rows += curve("a", policy, [(10, -0.3), (20, otb)], cost)
    write("p.curve.tsv", CURVE, rows)
    lines = [corners for stroke, fill, corners in paths(svg("pareto", "p"))
             if fill in (None, "none") and len(corners) == 4]
    # From cheap to the right, up to good, to the right.
    front = [c for c in lines if c[0][1] == c[1][1] and c[1][0] == c[2][0]
             and c[1][1] > c[2][1] and c[2][1] == c[3][1]]
    assert len(front) == 1, lines
    (x0, _), (x1, _), _, (x3, _) = front[0]
    assert abs((x1 - x0) / (x3 - x0) - 2 / 3) < 0.01
    write("q.curve.tsv", CURVE, curve("a", "p", TWO))
    fails(plot("-t", "pareto", "q"), 65, "q.curve.tsv", "with a cost")


@test
def numbers_below_an_axis_stand_apart():
    """As prices of a call do; gnuplot by itself writes 0.0010000."""
    rows = []
    for i in range(16):
        rows += curve("a", f"p{i}", [(10, 0), (20, i / 100)], i / 1000)
    write("p.curve.tsv", CURVE, rows)
    named = texts(svg("pareto", "p"))
    assert "0.005" in named, named
    assert not [t for t in named if re.fullmatch(r"0\.\d+0", t)], named


# What is left of linear red, green and blue to eyes that lack one kind of cone:
# Machado, Oliveira, Fernandes 2009, severity 1.
EYES = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868),
               (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968),
                 (0.280085, 0.672501, 0.047413),
                 (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779),
                (-0.078411, 0.930809, 0.147602),
                (0.004733, 0.691367, 0.303900)),
}


def seen(colour, eye):
    """The colour in CIE Lab, where 2 is a difference that can be seen."""
    rgb = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
           for v in (byte / 255 for byte in colour)]
    r, g, b = (min(1, max(0, sum(a * v for a, v in zip(row, rgb))))
               for row in eye)
    xyz = ((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
           0.2126 * r + 0.7152 * g + 0.0722 * b,
           (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116
               for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@test
def twelve_colours_differ_for_every_kind_of_eye():
    write("12.curve.tsv", CURVE,
          [row for i in range(12)
           for row in curve("a", f"policy {i}", [(s, v - i / 50)
                                                 for s, v in TWO])])
    for theme in (), ("--dark",):
        colours = {tuple(map(int, re.findall(r"\d+", fill)))
                   for fill in (p.get("fill") for p in
                                svg("curve", "12", *theme).iter(
                                    SVG + "polygon"))}
        colours -= {(255, 255, 255)} if not theme else {(22, 24, 29)}  # paper
        assert len(colours) == 12, colours
        for name, eye in EYES.items():
            least = min(math.dist(seen(a, eye), seen(b, eye))
                        for a, b in itertools.combinations(colours, 2))
            note(f"{name} {theme}: {least:.1f}")
            assert least > 15


@test
def a_png_is_one():
    drawn("-o", "x.png", "two")
    with open(os.path.join(DIR, "x.png"), "rb") as file:
        head = file.read(24)
    assert head.startswith(b"\x89PNG")
    assert int.from_bytes(head[16:20], "big") == 1440


HOSTILE = ["'; system('touch pwned'); '", "`touch pwned`", "$(touch pwned)",
           "\"; !touch pwned", "@pwned {/Bold x} a_b^c %s", "EOD", "#", "é–x",
           "set output 'pwned'", "eta=0.3 d=256 é7"]


@test
def no_name_is_a_command():
    rows = []
    for name in HOSTILE:
        rows += curve(name, "p " + name, TWO, 1)
    write("h.curve.tsv", CURVE, rows)
    write("h.share.tsv", SHARE, [(name, name, step, name, 1, 0)
                                 for name in HOSTILE for step in (1, 2)])
    write("h.calibration.tsv", CALIBRATION,
          [(name, name, of, 1, 1, 10) for name in HOSTILE
           for of in ("mean", "sigma")])
    for kind in ("curve", "share", "calibration", "pareto"):
        words = texts(svg(kind, "h"))
        for name in HOSTILE:
            assert any(name in word for word in words), (kind, name, words)
        assert plot("-t", kind, "h").returncode == 0
    assert not [f for f in os.listdir(DIR) if "pwned" in f]


@test
def no_path_is_a_command():
    for path in ("|touch pwned.svg", "'`touch pwned`.svg", "-x.svg"):
        drawn("-o", path, "two")
        assert os.path.getsize(os.path.join(DIR, path)) > 1000
        os.remove(os.path.join(DIR, path))
    assert not [f for f in os.listdir(DIR) if "pwned" in f]


@test
def control_characters_do_not_reach_the_terminal():
    write("e.curve.tsv", CURVE, curve("a\033[2J", "p\a\x7f", TWO))
    text = plot("e", LC_ALL="C.UTF-8").stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text), text


@test
def settings_of_gnuplot_are_not_read():
    with open(os.path.join(DIR, ".gnuplot"), "w", encoding="utf-8") as file:
        file.write("set title 'mine'\nsystem('touch pwned')\n")
    done = plot("-o", "x.svg", "two", HOME=DIR)
    os.remove(os.path.join(DIR, ".gnuplot"))
    assert done.returncode == 0, done.stderr
    assert not os.path.exists(os.path.join(DIR, "pwned"))


@test
def without_gnuplot_the_error_says_so():
    fails(plot("-o", "no.svg", "two", path=DIR), 69, "gnuplot")
    assert not os.path.exists(os.path.join(DIR, "no.svg"))
    assert plot("two", path=DIR).returncode == 0


@test
def a_gnuplot_that_fails_leaves_the_old_file():
    fake = os.path.join(DIR, "gnuplot")
    with open(fake, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\necho half\nexit 1\n")
    os.chmod(fake, 0o755)
    with open(os.path.join(DIR, "old.svg"), "w", encoding="utf-8") as file:
        file.write("old")
    fails(plot("-o", "old.svg", "two", path=DIR + ":/usr/bin:/bin"), 69,
          "gnuplot failed")
    os.remove(fake)
    with open(os.path.join(DIR, "old.svg"), encoding="utf-8") as file:
        assert file.read() == "old"


@test
def what_is_wrong_is_named_with_its_line():
    fails(plot("none"), 74, "none.curve.tsv", "No such file")
    fails(plot("-o", "no/x.svg", "two"), 74, "no/x.svg", "No such file")
    fails(plot("-o", "x.pdf", "two"), 64, ".svg or .png", "x.pdf")
    fails(plot("-t", "pie", "two"), 64, "curve, share", "pie")
    fails(plot(), 64, "usage")
    good = curve("a", "p", TWO)
    cases = {
        "fewer fields": [good[0], good[1][:-1]],
        "more fields": [good[0], good[1] + (1,)],
        'otb is "much"': [good[0], good[1][:8] + ("much",) + good[1][9:]],
        'otb is "inf"': [good[0], good[1][:8] + ("inf",) + good[1][9:]],
        'otb is ""': [good[0], good[1][:8] + ("",) + good[1][9:]],
        'step is "1.5"': [good[0], good[1][:2] + (1.5,) + good[1][3:]],
        'step is "-1"': [good[0], good[1][:2] + (-1,) + good[1][3:]],
        "no line of text": [good[0], ("a\0b",)],
        "no line of": [good[0], ("x" * 70000,)],
    }
    for said, rows in cases.items():
        write("bad.curve.tsv", CURVE, rows)
        fails(plot("bad"), 65, "bad.curve.tsv:3: ", said)
    write("bad.curve.tsv", CURVE, [])
    fails(plot("bad"), 65, "bad.curve.tsv:1: ", "no row")
    write("bad.curve.tsv", [c for c in CURVE if c != "otb"], [])
    fails(plot("bad"), 65, "bad.curve.tsv:1: ", 'no column "otb"')
    with open(os.path.join(DIR, "bad.curve.tsv"), "w", encoding="utf-8"):
        pass
    fails(plot("bad"), 65, "bad.curve.tsv:0: ", "empty")


@test
def values_that_are_not_known_are_left_out():
    write("nan.curve.tsv", CURVE,
          curve("a", "p", [(1, float("nan")), (2, 0.1), (3, 0.2)]) +
          curve("b", "p", [(1, float("nan"))]))
    drawn("-o", "x.svg", "nan")
    assert "a  0.2" in plot("nan").stdout


@test
def numbers_of_any_size_are_drawn():
    sizes = {"huge": (1e100, -1e100), "tiny": (1e-99, 1e-300),
             "near": (1, 1 + 1e-12), "far": (1e17, 1e17 + 64), "same": (3, 3)}
    for name, (a, b) in sizes.items():
        write("size.curve.tsv", CURVE,
              [("a", "p", step, 1, v, abs(v), 0, 0, v, v, v, v, abs(v), 0)
               for step, v in ((1, a), (2, b))])
        write("size.calibration.tsv", CALIBRATION,
              [("a", "p", "mean", v, v, 10) for v in (a, b)])
        for kind in ("curve", "pareto", "calibration"):
            note(f"{name} {kind}")
            drawn("-t", kind, "-o", "x.svg", "size")
            drawn("-t", kind, "size")


@test
def a_front_of_nothing_is_none():
    for step in (1, 2):
        row, = curve("a", "p", [(step, 0.1)], 1)
        write("f.curve.tsv", CURVE, [row[:4] + ("nan",) + row[5:]])
        fails(plot("-t", "pareto", "f"), 65, "f.curve.tsv", "and a reward")


@test
def text_fits_the_columns_that_there_are():
    for columns in (40, 80, 133):
        for env in ("C", "C.UTF-8"):
            text = plot("two", COLUMNS=str(columns), LC_ALL=env).stdout
            widths = [len(line) for line in text.splitlines()]
            assert columns - 5 <= max(widths) <= columns, (columns, env, text)
    assert len(plot("--problem", "set a", "two").stdout.splitlines()) == 23


@test
def text_is_plain_where_the_locale_is():
    plain = plot("two").stdout
    assert plain.isascii() and "\033" not in plain, plain
    dots = plot("two", LC_ALL="C.UTF-8").stdout
    assert re.search("[\u2801-\u28ff]", dots) and "\033" not in dots, dots


@test
def the_letter_of_a_line_is_where_it_ends():
    for env in ("C", "C.UTF-8"):
        lines = plot("--problem", "set a", "two",
                     LC_ALL=env).stdout.splitlines()
        ends = [(row, line[-1]) for row, line in enumerate(lines[:18])
                if re.search(r" [a-z]$", line)]
        assert [letter for _, letter in ends] == ["a", "b"], lines
        assert ends[0][0] == 1, lines  # the highest value of all
    assert re.match(r"a +0\.0300 \+- 0\.0080 +pak-ucb$", lines[-2].replace(
        "\u00b1", "+-")), lines


def on_terminal(**env):
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(DIR)
        os.execve(EVAL, [EVAL, "plot", "two"],
                  {"LC_ALL": "C.UTF-8", "TERM": "xterm", **env})
    text = b""
    while True:
        try:
            some = os.read(fd, 65536)
        except OSError:
            break
        if not some:
            break
        text += some
    assert os.waitpid(pid, 0)[1] == 0
    os.close(fd)
    return text.decode()


@test
def colour_is_for_terminals_that_want_it():
    assert "\033[38;5;" in on_terminal()
    assert "\033" not in on_terminal(NO_COLOR="1")
    assert "\033" not in on_terminal(TERM="dumb")


main(after=lambda: shutil.rmtree(DIR))
