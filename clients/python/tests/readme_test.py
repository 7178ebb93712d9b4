# SPDX-License-Identifier: GPL-3.0-or-later
"""What the README of the Python client shows is run, and its example."""
import asyncio
import os
import re
import subprocess
import sys

from fixture import CONFIG, X
from tap import main, test

import banditd
from daemon import PATIENCE, SOURCE, Daemon

HERE = os.path.join(SOURCE, "clients", "python")
DAEMON = Daemon(CONFIG)
REWARD = 0.75


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def blocks():
    """The code that the README shows."""
    found = re.findall(r"^```python\n(.*?)^```$", read(HERE, "README.md"),
                        re.MULTILINE | re.DOTALL)
    assert len(found) == 3, len(found)
    return [compile(block, "README.md", "exec") for block in found]


def rewards(client):
    return sum(a["rewards"] for a in client.call("arms")["arms"])


@test
def the_readme_does_what_it_says():
    DAEMON.start()
    os.environ["BANDITD_SOCKET"] = DAEMON.socket
    waits = {"ask": lambda arm, prompt: (arm + prompt, REWARD)}
    waiting, asyncs, pipelined = blocks()
    exec(waiting, waits)  # pylint: disable=exec-used
    with waits["client"] as client:
        assert waits["answer"]("?", X) in ("small?", "large?")
        assert rewards(client) == 1
        waits["prompts"] = [X] * 10
        exec(pipelined, waits)  # pylint: disable=exec-used
        assert len({c["decision"] for c in waits["choices"]}) == 10

    async def ask(arm, prompt):
        return arm + prompt, REWARD
    awaits = {"ask": ask}
    exec(asyncs, awaits)  # pylint: disable=exec-used

    async def run():
        async with awaits["client"]:
            return await awaits["answer"]("?", X)
    assert asyncio.run(run()) in ("small?", "large?")
    with banditd.Client() as client:
        assert rewards(client) == 2


def example():
    done = subprocess.run(
        [sys.executable, os.path.join(HERE, "examples", "ask.py")], text=True,
        check=True, stdout=subprocess.PIPE, timeout=PATIENCE,
        env=DAEMON.environment(PYTHONPATH=HERE))
    return done.stdout


@test
def the_example_learns_and_goes_on_without_a_daemon():
    out = example()
    assert "asked small" not in out, out
    quarters = [int(q) for q in re.findall(r"(\d+)%", out)]
    assert quarters[-1] >= 80, out
    DAEMON.stop()
    assert "asked small as no banditd listens at" in example()


@test
def every_module_is_distributed():
    listed = read(HERE, "local.mk")
    for name in os.listdir(os.path.join(HERE, "banditd")):
        assert name == "__pycache__" or \
            f"clients/python/banditd/{name}" in listed, name


@test
def the_package_has_the_version_of_the_daemon():
    ours = re.search(r'^version = "(.*)"', read(HERE, "pyproject.toml"),
                     re.MULTILINE)[1]
    assert f"AC_INIT([banditd], [{ours}]" in read("configure.ac"), ours


if __name__ == "__main__":
    main(after=DAEMON.remove)
