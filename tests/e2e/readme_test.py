"""What README.md shows is run: its tour, and its example of a gateway."""
import os
import re
import select
import subprocess
import sys

from daemon import BANDITCTL, BANDITD, PATIENCE, SOURCE, Daemon
from tap import main, test

with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as readme:
    TEXT = readme.read()
CONFIG = 'router "default" { dimension = 3  arm "small" { }  arm "large" { } }'


def blocks(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", TEXT,
                       re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no block of {language}"
    return found


def transcript(text):
    """[command, the output it shows] of lines that begin with "$ "."""
    steps = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append([line[2:], []])
        else:
            steps[-1][1].append(line)
    return steps


def shape(lines):
    """The lines without what differs from run to run: times and spaces."""
    return [" ".join(re.sub(r"[0-9.]+( ?[µmun]?s\b| ago)?", "N", line)
                     .split()) for line in lines]


def environment(daemon):
    path = [os.path.dirname(BANDITD), os.path.dirname(BANDITCTL)]
    return daemon.environment(
        PATH=os.pathsep.join(path + [os.environ["PATH"]]), COLUMNS="80",
        STATE_DIRECTORY=daemon.state, RUNTIME_DIRECTORY=daemon.dir,
        BANDITD_SOCKET=os.path.join(daemon.dir, "banditd.sock"))


@test
def the_tour_shows_what_happens():
    daemon = Daemon()
    steps = [step for block in blocks("console")
             for step in transcript(block)]
    script = "".join(f"echo @@\n{command}\necho @=$?\n"
                     for command, _ in steps)
    try:
        done = subprocess.run(["bash", "-c", script], text=True, check=True,
                              env=environment(daemon), timeout=PATIENCE,
                              stdout=subprocess.PIPE)
        await_end(daemon)
    finally:
        daemon.remove()
    results = re.findall(r"^@@\n(.*?)^@=(\d+)$", done.stdout,
                         re.MULTILINE | re.DOTALL)
    assert len(results) == len(steps)
    for (command, shown), (output, status) in zip(steps, results):
        lines = output.splitlines()
        assert status == "0" and shape(lines) == shape(shown), \
            f"$ {command}\nREADME.md:\n" + "\n".join(shown) + \
            f"\nnow (status {status}):\n{output}"


def await_end(daemon):
    """The tour ends with the end of its daemon."""
    with open(os.path.join(daemon.state, "lock"), encoding="utf-8") as lock:
        pid = int(lock.read())
    try:
        gone = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    assert select.select([gone], [], [], PATIENCE)[0], "it still runs"
    os.close(gone)


def runs(daemon, command, **more):
    """The example makes a decision and rewards it."""
    done = subprocess.run(command, text=True, check=False, timeout=PATIENCE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=daemon.environment(**more))
    assert done.returncode == 0, done.stderr
    router, = daemon.client().call("routers")["routers"]
    assert (router["decisions"], router["rewards"]) == (1, 1), router
    assert "small" in done.stdout or "large" in done.stdout, done.stdout


@test
def the_python_example_runs():
    for block in blocks("python"):
        with Daemon(CONFIG) as daemon:
            runs(daemon, [sys.executable, "-c", block],
                 PYTHONPATH=os.path.join(SOURCE, "clients", "python"))


@test
def scripts_and_files_that_are_named_are_there():
    names = re.findall(r"\bscript/\w+", TEXT)
    names += re.findall(r"\]\(([\w./-]+)\)", TEXT)
    assert len(names) > 5
    for name in names:
        assert os.path.exists(os.path.join(SOURCE, name)), name


main()
