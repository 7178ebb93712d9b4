# SPDX-License-Identifier: GPL-3.0-or-later
"""The units and what belongs to them; and the daemon under their sandbox."""
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import urllib.request

from daemon import BANDITCTL, BANDITD, BUILD, PATIENCE, SOURCE, Daemon
from tap import Skip, main, test

SERVICE = os.path.join(SOURCE, "service")
UNIT = os.path.join(BUILD, "service", "banditd.service")
CONFINED = os.path.join(SOURCE, "tests", "service", "confined.py")
HIGHEST = 15  # tenths of exposure, as systemd-analyze counts it
X = [1.0, 2.0, 3.0]


def run(*command, **more):
    """What it printed, and its exit status; Skip where it is not there."""
    if not shutil.which(command[0]):
        raise Skip(f"no {command[0]}")
    return subprocess.run(command, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=PATIENCE,
                          check=False, **more)


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def analyse(*words):
    """systemd-analyze of the units, with the programs of this build."""
    with tempfile.TemporaryDirectory(prefix="banditd-") as directory:
        unit = os.path.join(directory, "banditd.service")
        with open(UNIT, encoding="utf-8") as text, \
                open(unit, "w", encoding="utf-8") as out:
            for line in text:
                line = re.sub(r"=\S*/banditd ", f"={BANDITD} ", line)
                out.write(re.sub(r"=\S*/banditctl ", f"={BANDITCTL} ", line))
        shutil.copy(os.path.join(SERVICE, "banditd.socket"), directory)
        return run("systemd-analyze", *words, unit,
                   env=dict(os.environ, SYSTEMD_UNIT_PATH=directory + ":"))


@test
def units_are_well_formed():
    for key in ("ExecStart", "ExecReload"):
        assert f"{key}=/" in open(UNIT, encoding="utf-8").read(), key
    done = analyse("verify", "--man=no")
    assert done.returncode == 0 and "banditd." not in done.stdout, done.stdout


@test
def exposure_is_low():
    done = analyse("security", "--offline=yes", "--no-pager",
                   f"--threshold={HIGHEST}")
    assert done.returncode == 0, done.stdout
    assert "Overall exposure level" in done.stdout, done.stdout
    print("#", done.stdout.strip().splitlines()[-1])


@test
def user_group_and_directories_are_made():
    if os.geteuid() != 0:
        raise Skip("needs root")
    with tempfile.TemporaryDirectory(prefix="banditd-") as root:
        for kind in ("sysusers", "tmpfiles"):
            name = f"{kind}.d/banditd.conf"
            target = os.path.join(root, "etc", name)
            os.makedirs(os.path.dirname(target))
            shutil.copy(os.path.join(SERVICE, name), target)
        done = run("systemd-sysusers", f"--root={root}", "banditd.conf")
        assert done.returncode == 0, done.stdout
        with open(os.path.join(root, "etc/passwd"), encoding="utf-8") as file:
            (user,) = [line.split(":") for line in file
                       if line.startswith("banditd:")]
        assert user[5:] == ["/var/lib/banditd", "/usr/sbin/nologin\n"], user
        done = run("systemd-tmpfiles", f"--root={root}", "--create",
                   "banditd.conf")
        assert done.returncode == 0, done.stdout
        for path, mode in (("run/banditd", 0o750),
                           ("var/lib/banditd", 0o700)):
            made = os.stat(os.path.join(root, path))
            assert stat.S_IMODE(made.st_mode) == mode, path
            assert (made.st_uid, made.st_gid) == (int(user[2]),
                                                  int(user[3])), path


def printed(text):
    """What -t makes of a configuration."""
    daemon = Daemon(text.replace('{"banditd"}', '{"0"}'))
    try:
        done = daemon.run("-t")
        assert done.returncode == 0, done.stderr
        return done.stdout.replace(daemon.dir, "")
    finally:
        daemon.remove()


@test
def what_the_configuration_comments_out_is_the_default():
    text = read("service", "banditd.conf")
    setting = re.compile(r"^(\s*)#(\w+ = .*)$", re.M)
    assert len(setting.findall(text)) >= 8
    assert printed(setting.sub(r"\1\2", text)) == printed(text)
    examples = re.sub(r"^(\s*)#(\w.*)$", r"\1\2", text, flags=re.M).replace(
        "alice", "root")
    assert 'arm "large"' in printed(examples)


@test
def a_group_that_is_missing_is_named():
    daemon = Daemon(read("service", "banditd.conf").replace(
        '{"banditd"}', '{"no-such-group"}'))
    try:
        done = daemon.run("-n")
        assert done.returncode == 78 and '"no-such-group"' in done.stderr
    finally:
        daemon.remove()


class Confined(Daemon):
    """Under the system calls, limits and rights that the unit leaves it."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        if os.geteuid() == 0:  # it will be nobody
            nobody = pwd.getpwnam("nobody")
            os.chown(self.dir, nobody.pw_uid, nobody.pw_gid)

    def start(self, *options, **more):
        before = os.umask(0)  # so that nobody may tell us
        try:
            return super().start(*options, **more)
        except AssertionError:
            self.remove()
            raise
        finally:
            os.umask(before)

    def command(self, *options):
        return [sys.executable, CONFINED, UNIT, "--",
                *super().command(*options)]


def need_filter():
    run("systemd-analyze", "--version")
    try:
        import seccomp  # noqa: F401 pylint: disable=all
    except ImportError:
        raise Skip("no python3-seccomp") from None
    if os.environ.get("SANITIZE"):
        raise Skip("sanitizers need more system calls than the daemon")


ATTEMPTS = """
import ctypes, mmap, os, socket
def refused(what, function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        assert error.errno in (1, 13), (what, error)
    else:
        raise AssertionError(what)
refused("netlink", socket.socket, socket.AF_NETLINK, socket.SOCK_RAW)
refused("packet", socket.socket, socket.AF_PACKET, socket.SOCK_RAW)
refused("code", mmap.mmap, -1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
        mmap.PROT_WRITE | mmap.PROT_EXEC)
refused("chown", os.chown, ".", os.getuid(), os.getgid())
refused("chroot", os.chroot, ".")
refused("nice", os.nice, 1)
socket.socket(socket.AF_UNIX).close()
socket.socket(socket.AF_INET).close()
assert ctypes.CDLL(None).prctl(39, 0, 0, 0, 0) == 1 # no new privileges
"""


@test
def the_sandbox_refuses_what_the_unit_refuses():
    need_filter()
    done = run(sys.executable, CONFINED, UNIT, "--", sys.executable, "-I",
               "-c", ATTEMPTS)
    assert done.returncode == 0, done.stdout


CONFIG = """
http = "127.0.0.1:0"
router "default" { dimension = 3  half_life = "30d"  arm "a" { }  arm "b" { } }
router "exact" { dimension = 3  features = "exact"  arm "a" { } }
"""


@test
def the_daemon_does_all_it_can_in_the_sandbox():
    need_filter()
    with Confined(CONFIG) as daemon:
        client = daemon.client()
        for router in ("default", "exact"):
            for i in range(100):
                choice = client.call("decide", router=router, x=[1, i, 2])
                client.call("feedback", decision=choice["decision"],
                            reward=0.5)
        client.call("observe", x=X, arm="a", reward=1, key="k")
        client.call("score", x=X)
        client.call("metrics")
        where = re.search(r"HTTP on \S*?(127\.0\.0\.1:\d+)",
                          daemon.read_log()).group(1)
        with urllib.request.urlopen(f"http://{where}/health") as answer:
            assert answer.status == 200
        client.call("checkpoint")
        client.call("compact")
        client.call("backup", path=os.path.join(daemon.state, "copy"))
        client.call("rebuild", router="default",
                    settings={"rff_dimension": 128})
        client.call("export")
        client.call("reload")
        before = client.call("state_hash")
        client.close()
        assert daemon.kill() == -9
        daemon.start()
        assert daemon.client().call("state_hash") == before
        assert daemon.stop() == 0
        done = daemon.run("--verify")
        assert done.returncode == 0, done.stderr
        assert before["hash"] in done.stdout, done.stdout
        log = daemon.read_log()
        assert "error:" not in log and "not permitted" not in log, log


@test
def each_function_of_a_library_is_in_the_symbols_of_its_package():
    for library, header in (("libbanditd0", "banditd.h"),
                            ("libbanditd-event0", "banditd_event.h")):
        declared = set(re.findall(r"\b(banditd_\w+)\(", re.sub(
            r"/\*.*?\*/|typedef[^;]*;", "", read("client", header), flags=re.S)))
        listed = set(re.findall(r"^ (\w+)@", read(
            "debian", f"{library}.symbols"), flags=re.M))
        assert declared == listed, declared ^ listed


@test
def the_package_is_of_the_release_that_changes_names():
    released = re.match(r"\S+", read("CHANGES")).group()
    assert read("debian", "changelog").startswith(f"banditd ({released}-")


@test
def each_manual_is_in_a_package():
    lists = "".join(read("debian", f"{name}.install")
                    for name in ("banditd", "libbanditd-dev"))
    for name in os.listdir(os.path.join(SOURCE, "man")):
        if name[-1].isdigit():
            assert f"usr/share/man/man{name[-1]}\n" in lists, name


main()
