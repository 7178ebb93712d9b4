"""Every recipe of bandit-eval runs, and draws all its policies."""
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as xml

from tap import Skip, main, note, test

EVAL = os.path.abspath(os.path.join(os.environ["top_builddir"], "eval",
                                    "bandit-eval"))
SETS = os.path.join(os.environ["top_srcdir"], "data")
DIR = tempfile.mkdtemp(prefix="recipe-test-")


def recipe(*args):
    return subprocess.run([EVAL, "recipe", *args], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def names():
    lines = recipe().stdout.splitlines()
    assert all(re.match(r"[a-z-]+ +\d+ min  [A-Z].*\.$", line)
               for line in lines), lines
    return [line.split()[0] for line in lines]


def policies(said):
    """Those of the replay that a recipe says it runs."""
    line, = re.findall("^bandit-eval replay (.*)$", said, re.MULTILINE)
    return [a or b for a, b in re.findall(r"-p (?:'([^']*)'|(\S+))", line)]


def column(path, name):
    with open(path, encoding="utf-8") as file:
        at = file.readline().rstrip("\n").split("\t").index(name)
        return [line.rstrip("\n").split("\t")[at] for line in file]


@test
def every_set_up_has_a_recipe():
    assert names() == ["experts", "new-model", "new-prompts", "features",
                       "bandwidth", "alpha", "eta", "baselines"]


@test
def every_recipe_is_in_the_manual():
    path = os.path.join(os.environ["top_srcdir"], "man", "bandit-eval.1")
    with open(path, encoding="utf-8") as file:
        items = re.findall(r"^\.It (.*Cm .*)$", file.read(), re.MULTILINE)
    said = {word for item in items for word in re.findall(r"Cm (\S+)", item)}
    assert set(names()) <= said, said


@test
def every_recipe_draws_its_policies():
    if shutil.which("gnuplot") is None:
        raise Skip("no gnuplot")
    for name in names():
        done = recipe("--quick", "-d", SETS, "-o", DIR, name)
        assert done.returncode == 0, (name, done.stderr)
        wanted = policies(done.stderr)
        note(f"{name}: {len(wanted)} policies")
        assert len(wanted) >= 4
        out = os.path.join(DIR, name)
        texts = ["".join(t.itertext()).strip() for t in
                 xml.parse(out + ".svg").getroot().iter(
                     "{http://www.w3.org/2000/svg}text")]
        for policy in wanted:
            assert policy in texts, (name, policy, texts)
        assert set(column(out + ".curve.tsv", "policy")) == set(wanted)
        assert os.path.getsize(out + ".png") > 10000


@test
def a_model_that_joins_is_not_chosen_before():
    done = recipe("--quick", "-d", SETS, "-o", DIR, "new-model")
    if done.returncode == 69:
        raise Skip("no gnuplot")
    path = os.path.join(DIR, "new-model.share.tsv")
    seen = set()
    for step, arm, share in zip(column(path, "step"), column(path, "arm"),
                                column(path, "share")):
        if arm == "arm4" and int(step) < 100:
            assert float(share) == 0
        elif arm == "arm4":
            seen.add(float(share))
    assert max(seen) > 0.1


@test
def what_it_runs_is_shown_first():
    done = recipe("-n", "-o", "there is none", "eta")
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert [line.split()[1] for line in lines] == ["replay", "plot", "plot"]
    assert "'pak-ucb exploration=0'" in lines[0]
    assert "'data/pareto_val.brp~cost'" in lines[0]
    assert not os.path.exists("there is none")


@test
def what_is_wrong_is_said():
    done = recipe("pie")
    assert done.returncode == 64 and '"pie"' in done.stderr
    assert recipe("eta", "alpha").returncode == 64
    done = recipe("--quick", "-d", DIR, "-o", DIR, "eta")
    assert done.returncode not in (0, 1), done
    assert "pareto_val.brp" in done.stderr


main(seconds=300, after=lambda: shutil.rmtree(DIR))
