"""The tables of script/evidence say what a replay wrote, and go where they
belong."""
import os
import shutil
import subprocess
import tempfile

from tap import main, test

SOURCE = os.environ["top_srcdir"]
DIR = tempfile.mkdtemp(prefix="evidence-test-")
COLUMNS = ("problem policy step n reward reward_se regret regret_se otb otb_se "
           "opr opr_se cost cost_se").split()


def awk(script, path, **values):
    options = [word for name, value in values.items()
               for word in ("-v", f"{name}={value}")]
    return subprocess.run(["awk", *options, "-f",
                           os.path.join(SOURCE, "script", script), path],
                          text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def write(name, *lines):
    path = os.path.join(DIR, name)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return path


def row(problem, policy, step, otb, error):
    return "\t".join(map(str, (problem, policy, step, 3, 0.7 + otb, 0.01, 5, 1,
                               otb, error, 0.6 + otb, 0.01, "nan", "nan")))


NAMES = write("names", "good\tpak-ucb a=1", "bad\tuniform")
CURVE = write("x.curve.tsv", "\t".join(COLUMNS),
              row("set a", "bad", 10, -0.05, 0),
              row("set a", "good", 10, 0.0123, 0.00456),
              row("set b~cost", "good", 10, 0.1, "nan"),
              row("set a", "good", 20, 0.2, 0.001))


@test
def one_table_for_each_problem():
    done = awk("evidence.awk", CURVE, table="full", at="10 20", names=NAMES)
    assert done.returncode == 0, done.stderr
    assert done.stdout == """\
| set a | OtB 10 | OtB 20 | OPR 10 | OPR 20 | reward 10 | reward 20 |
|---|--:|--:|--:|--:|--:|--:|
| good | +1.2 ± 0.46 | +20.0 ± 0.10 | 61 % | 80 % | 0.712 | 0.900 |
| bad | -5.0 | - | 55 % | - | 0.650 | - |

| set b~cost | OtB 10 | OtB 20 | OPR 10 | OPR 20 | reward 10 | reward 20 |
|---|--:|--:|--:|--:|--:|--:|
| good | +10.0 | - | 70 % | - | 0.800 | - |
| bad | - | - | - | - | - | - |

""", done.stdout


@test
def all_problems_in_one():
    done = awk("evidence.awk", CURVE, table="short", at="10", names=NAMES)
    assert done.stdout == """\
| after 10 prompts | set a | set b~cost |
|---|--:|--:|
| good | +1.2 ± 0.46 | +10.0 |
| bad | -5.0 | - |

""", done.stdout
    done = awk("evidence.awk", CURVE, table="picks", at="20", names=NAMES)
    assert "| good | 80.0 % | - |" in done.stdout, done.stdout


@test
def nothing_is_no_table():
    empty = write("empty.curve.tsv", "\t".join(COLUMNS))
    assert awk("evidence.awk", empty, table="full", at="1",
               names=NAMES).returncode == 65


@test
def a_table_goes_between_its_marks():
    marks = "<!-- evidence -->", "<!-- /evidence -->"
    page = write("page", "above", marks[0], "old", "older", marks[1], "below")
    done = awk("insert.awk", page, block=write("block", "new"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["above", marks[0], "new", marks[1],
                                        "below"]
    page = write("page", "above", marks[0], "below")
    assert awk("insert.awk", page, block=page).returncode == 65


@test
def the_pages_have_the_marks():
    for name in ("README.md", "doc/learning.md"):
        with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
            lines = file.read().splitlines()
        assert lines.count("<!-- evidence -->") == 1, name
        assert lines.count("<!-- /evidence -->") == 1, name


main(after=lambda: shutil.rmtree(DIR))
