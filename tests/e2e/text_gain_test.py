"""What a router of texts earns, against one of the vectors they are about."""
import json
import os
import subprocess

from tap import main, note, test

EVAL = os.path.join(os.environ.get("top_builddir", "."), "eval", "bandit-eval")
WORLD = "synth:cluster"


def gains(*problems):
    """Mean reward beyond that of the best single arm, of each problem."""
    done = subprocess.run(
        [EVAL, "replay", "-j", "-n", "5000", "--at", "5000", "--runs", "1",
         "-p", "pak-ucb rff_dimension=512", *problems],
        text=True, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    return [problem["policies"][0]["steps"][-1]["otb"]["mean"]
            for problem in json.loads(done.stdout)["problems"]]


@test
def texts_are_worth_90_percent_of_the_vectors_that_they_are_about():
    vector, text = gains(WORLD, WORLD + ",text=384")
    note(f"vectors {100 * vector:.2f}, texts {100 * text:.2f}: "
         f"{100 * text / vector:.1f} %")
    assert vector > 0.25
    assert text >= 0.9 * vector


if __name__ == "__main__":
    main()
