"""Follows a how-to of doc/ word for word.

A how-to is Markdown for people, of which two things are for machines as well:

    Put this in `/path`:        the fenced block that follows is that file
    ```sh                       a block of commands, for bash, as root

In a Sandbox /etc, /run and /var are in a temporary folder, what banditd installs is
taken from the tree, ports of 127.0.0.1 are free ones, and systemctl and apt-get are
stand-ins: nothing outside of it changes, and root is not needed.
"""
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

from daemon import PATIENCE, SOURCE, Daemon

FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PUT = re.compile(r"^Put this in `([^`]+)`[^\n]*:\n\n?$", re.MULTILINE)


class Step:
    """path is None where the text is commands."""

    def __init__(self, path, text):
        self.path = path
        self.text = text


def steps(page):
    """What the page tells to do, in its order."""
    with open(os.path.join(SOURCE, "doc", page), encoding="utf-8") as file:
        text = file.read()
    found, end = [], 0
    for fence in FENCE.finditer(text):
        put = None
        for put in PUT.finditer(text, end, fence.start()):
            pass  # the last before the block
        if put and put.end() == fence.start():
            found.append(Step(put[1], fence[2]))
        elif fence[1] == "sh":
            found.append(Step(None, fence[2]))
        end = fence.end()
    assert found, f"{page} tells nothing to do"
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """A gateway's program in the foreground; command may have what Sandbox maps."""

    def __init__(self, sandbox, command):
        self.sandbox = sandbox
        self.command = command
        self.process = None

    def start(self):
        """Returns when all ports of its configuration are open."""
        log = self.sandbox.path("/var/log/out")
        with open(log, "a", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [self.sandbox.mapped(word) for word in self.command], stdout=out,
                stderr=out, stdin=subprocess.DEVNULL, cwd=self.sandbox.root)
        deadline = time.monotonic() + PATIENCE
        while not all(is_open(port) for port in self.sandbox.listening()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(log, encoding="utf-8") as out:
                    raise AssertionError(f"{self.command[0]} does not serve:\n"
                                         + out.read())
            time.sleep(0.02)

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


COMMANDS = {
    "nginx": ["nginx", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"],
    "haproxy": ["haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"],
}


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Sandbox:
    """A temporary machine for one page; ports says where what others serve really is."""

    def __init__(self, page, ports=()):
        self.root = tempfile.mkdtemp(prefix="banditd-")
        os.chmod(self.root, 0o755)  # a gateway may be another user
        for folder in ("/run/banditd", "/var/log/nginx", "/var/lib", "/bin", "/home"):
            os.makedirs(self.path(folder))
        self.steps = steps(page)
        self.ports = dict(ports)
        self.theirs = set(self.ports)
        self.daemon = Daemon()
        self.daemon.config = self.path("/etc/banditd/banditd.conf")
        self.daemon.socket = self.path("/run/banditd/banditd.sock")
        self.daemon.state = self.path("/var/lib/banditd")
        self.services = {name: Service(self, command)
                         for name, command in COMMANDS.items()}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for service in self.services.values():
            service.stop()
        self.daemon.remove()
        shutil.rmtree(self.root)

    def path(self, name):
        return self.root + name

    def port(self, number):
        """Where the page's port is here."""
        return self.ports.setdefault(number, free_port())

    def listening(self):
        return [here for page, here in self.ports.items() if page not in self.theirs]

    def mapped(self, text):
        """The page's text, with paths and ports as they are here."""
        text = text.replace("/usr/share/banditd/lua", os.path.join(SOURCE, "clients/lua"))
        text = re.sub(r"(?<![\w./])/(etc|run|var)/",
                      lambda found: f"{self.root}/{found[1]}/", text)
        return re.sub(r"\b127\.0\.0\.1:(\d+)",
                      lambda found: f"127.0.0.1:{self.port(int(found[1]))}", text)

    def write(self, step):
        """Next to it is what the system has there."""
        real, here = os.path.dirname(step.path), self.path(os.path.dirname(step.path))
        if not os.path.isdir(here):
            os.makedirs(here)
            for name in os.listdir(real) if os.path.isdir(real) else []:
                os.symlink(os.path.join(real, name), os.path.join(here, name))
        path = self.path(step.path)
        if os.path.islink(path):
            os.unlink(path)
        with open(path, "w", encoding="utf-8") as out:
            out.write(self.mapped(step.text))

    def write_files(self):
        """All of the page's, without its commands."""
        for step in self.steps:
            if step.path:
                self.write(step)
