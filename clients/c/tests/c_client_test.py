# SPDX-License-Identifier: GPL-3.0-or-later
"""The C libraries: their example against the real daemon, which comes and goes,
and what they are to a compiler and to a linker."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from daemon import BUILD, PATIENCE, SOURCE, Daemon
from tap import Skip, main, note, test

HERE = os.path.join(SOURCE, "clients", "c")
CLIENT = os.path.join(SOURCE, "client")
LIBRARIES = ("libbanditd", "libbanditd-event")
EXAMPLES = ("ask", "ask_event")
PROMPTS = 200
SLACK = 2.0  # what a busy machine may add
DAEMON = Daemon('router "default" { dimension = 2  '
                'arm "small" { }  arm "large" { } }')


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def example(name):
    """Its quarters in percent, what it complained of, and its seconds."""
    start = time.monotonic()
    done = subprocess.run([os.path.join(BUILD, "clients", "c", name)],
                          text=True, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=PATIENCE,
                          env=DAEMON.environment())
    quarters = [int(q) for q in re.findall(r"(\d+)%", done.stdout)]
    assert len(quarters) == 4, done.stdout
    return quarters, done.stderr, time.monotonic() - start


@test
def the_examples_learn():
    for name in EXAMPLES:
        DAEMON.start()
        quarters, complaints, _ = example(name)
        assert not complaints, complaints
        assert quarters[-1] >= 80, quarters
        DAEMON.stop()
        shutil.rmtree(DAEMON.state)


@test
def the_examples_go_on_without_a_daemon():
    for name in EXAMPLES:
        _, complaints, seconds = example(name)
        assert complaints.count("asked small: ") == PROMPTS, complaints
        assert seconds < SLACK, seconds


@test
def a_daemon_that_hangs_costs_a_few_time_outs_and_not_one_each():
    DAEMON.start()
    DAEMON.signal(signal.SIGSTOP)
    os.waitid(os.P_PID, DAEMON.process.pid, os.WSTOPPED | os.WNOWAIT)
    try:
        for name in EXAMPLES:
            _, complaints, seconds = example(name)
            note(f"{name}: {PROMPTS} prompts in {seconds:.3f} s")
            assert complaints.count("asked small: ") == PROMPTS, complaints
            assert "did not answer within 100 ms" in complaints
            assert seconds < PROMPTS * 0.1 / 5 + SLACK, seconds
    finally:
        DAEMON.signal(signal.SIGCONT)
        DAEMON.stop()


def decisions():
    return DAEMON.client().call("status")["decisions"]


@test
def a_daemon_killed_in_mid_flight_loses_no_prompt():
    for name in EXAMPLES:
        DAEMON.start()
        before = decisions()
        running = subprocess.Popen(
            [os.path.join(BUILD, "clients", "c", name)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=DAEMON.environment())
        while decisions() < before + PROMPTS // 4:
            pass
        DAEMON.kill()
        out, complaints = running.communicate(timeout=PATIENCE)
        assert running.returncode == 0 and out.count("%") == 4, complaints
        assert "asked small: " in complaints


@test
def the_readme_shows_what_the_example_does():
    shown = re.findall(r"^```c\n(.*?)^```$", read(HERE, "README.md"),
                       re.MULTILINE | re.DOTALL)
    assert shown
    for block in shown:
        for line in block.splitlines():
            assert line in read(HERE, "ask.c"), line


def functions(header):
    """The functions that it declares."""
    text = re.sub(r"/\*.*?\*/", "", read(CLIENT, header), flags=re.DOTALL)
    text = re.sub(r"typedef[^;]*;", "", text)
    return set(re.findall(r"\b(banditd_\w+)\(", text))


@test
def what_is_exported_is_what_is_declared():
    if shutil.which("nm") is None:
        raise Skip("nm is not installed")
    for library, header in zip(LIBRARIES, ("banditd.h", "banditd_event.h")):
        path = os.path.join(BUILD, "client", ".libs", library + ".so")
        out = subprocess.run(["nm", "-D", "--defined-only", path], text=True,
                             check=True, stdout=subprocess.PIPE).stdout
        symbols = {line.split()[-1] for line in out.splitlines()
                   if line.split()[-2] != "A"}
        if any("asan" in symbol for symbol in symbols):
            raise Skip("the sanitizers export symbols of their own")
        assert symbols == functions(header), symbols ^ functions(header)


@test
def every_function_is_in_its_manual():
    for header, page in (("banditd.h", "banditd.3"),
                         ("banditd_event.h", "banditd_event.3")):
        text = read(SOURCE, "man", page)
        for function in functions(header):
            assert re.search(rf"^\.Nm {function}\b", text, re.MULTILINE) and \
                re.search(rf"^\.F[no] {function}\b", text, re.MULTILINE), \
                function


@test
def sync_users_need_no_libevent():
    if shutil.which("objdump") is None:
        raise Skip("objdump is not installed")
    out = subprocess.run(
        ["objdump", "-p", os.path.join(BUILD, "client", ".libs",
                                       "libbanditd.so")],
        text=True, check=True, stdout=subprocess.PIPE).stdout
    needed = re.findall(r"NEEDED\s+(\S+)", out)
    assert needed and not any("event" in name for name in needed), needed


@test
def the_headers_are_cplusplus_too():
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        raise Skip("no C++ compiler is installed")
    with tempfile.TemporaryDirectory(prefix="banditd-") as folder:
        path = os.path.join(folder, "both.cc")
        with open(path, "w", encoding="utf-8") as out:
            out.write("#include <banditd_event.h>\n"
                      "#include <banditd.h>\n"
                      "banditd *b = banditd_new(nullptr);\n"
                      "banditd_event *e = banditd_event_new(nullptr, \"\");\n")
        subprocess.run([compiler, "-std=c++11", "-Wall", "-Wextra",
                        "-pedantic", "-Werror", "-fsyntax-only",
                        "-I" + CLIENT, path], check=True)


if __name__ == "__main__":
    main(after=DAEMON.remove)
