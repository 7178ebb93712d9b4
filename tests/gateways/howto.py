"""Follows a how-to of doc/ word for word.

In a Sandbox /etc, /run and /var are in a temporary folder, what banditd installs is
taken from the tree, a clone is one that was built, ports of 127.0.0.1 are free ones, and
systemctl and apt-get are stand-ins: nothing outside changes, and root is not needed.
Where it is patient, what a page writes as "timeout = 0.05", or 250 milliseconds, is ten
seconds, as a busy machine may take longer to answer than a gateway should wait.

    howto.py PAGE...            follows pages of doc/, such as gateways/nginx.md
    howto.py --script PAGE      prints the page as a script for bash, for a machine that
                                may be changed; fresh.sh makes one
"""
import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from daemon import BANDITCTL, BANDITD, BUILD, PATIENCE, SOURCE, Daemon
from page import needs_clone, script_of, steps
from stub_models import Model
from tap import Skip
import standin


def free_port():
    """One that the system gives nobody else meanwhile: those are from 32768 on."""
    while True:
        port = random.randrange(20000, 32768)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass  # somebody has it


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


# script/setup puts it there.
PORTKEY = os.path.join(SOURCE, "tests/gateways/node_modules/@portkey-ai/gateway/build",
                       "start-server.js")
COMMANDS = {
    "nginx": ["nginx", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"],
    "haproxy": ["haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"],
    "portkey": ["bash", "-c", 'exec node "$0" --headless --port="${1#*:}"', PORTKEY,
                "127.0.0.1:8787"],
}


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Sandbox:
    """A temporary machine for one page; ports says where what others serve really is."""

    def __init__(self, page, ports=(), patient=True):
        self.root = tempfile.mkdtemp(prefix="banditd-")
        os.chmod(self.root, 0o755)  # a gateway may be another user
        for folder in ("/run/banditd", "/var/log/nginx", "/var/lib/nginx", "/bin", "/home"):
            os.makedirs(self.path(folder))
        self.steps = steps(page)
        if needs_clone(page):
            self._clone()
        self.patient = patient
        self.missing = []  # packages that it wants
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

    def _clone(self):
        """A clone that has been set up, built and packaged."""
        home = self.path("/home")
        for name in os.listdir(SOURCE):
            if name not in ("build", "script") and name[0] != ".":
                os.symlink(os.path.join(SOURCE, name), os.path.join(home, name))
        os.symlink(BUILD, os.path.join(home, "build"))
        os.mkdir(os.path.join(home, "script"))
        for name in os.listdir(os.path.join(SOURCE, "script")):
            os.symlink(shutil.which("true") if name in ("setup", "build", "package")
                       else os.path.join(SOURCE, "script", name),
                       os.path.join(home, "script", name))

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
        if os.getuid() != 0:  # nobody can become another user then
            text = re.sub(r"^ *(user|group) [\w-]+;?$", "", text, flags=re.MULTILINE)
        text = re.sub(r"^( *group) banditd$", r"\1 nogroup", text, flags=re.MULTILINE)
        if self.patient:
            text = re.sub(r"\b(timeout *[=:] *)0\.05\b", r"\g<1>10", text)
            text = re.sub(r'("timeout": )250\b', r"\g<1>10000", text)
        text = re.sub(r"(?<![\w./])/(etc|run|var)/",
                      lambda found: f"{self.root}/{found[1]}/", text)
        return re.sub(r"\b127\.0\.0\.1:(\d+)",
                      lambda found: f"127.0.0.1:{self.port(int(found[1]))}", text)

    def write(self, step):
        """Next to a file of the system is what the system has there."""
        path = os.path.join(self.path("/home"), step.path)
        if step.path[0] == "/":
            path, real = self.path(step.path), os.path.dirname(step.path)
            here = os.path.dirname(path)
            if not os.path.isdir(here):
                os.makedirs(here)
                for name in os.listdir(real) if os.path.isdir(real) else []:
                    os.symlink(os.path.join(real, name), os.path.join(here, name))
        if os.path.islink(path):
            os.unlink(path)
        with open(path, "w", encoding="utf-8") as out:
            if path == self.daemon.config:  # there is no group banditd to join
                out.write('socket_mode = "0666"\n')
            out.write(self.mapped(step.text))

    def write_files(self):
        """All of the page's, without its commands."""
        for step in self.steps:
            if step.path:
                self.write(step)

    def follow(self):
        """Does what the page says, in its order: what its commands wrote.  An error where
        one fails; Skip where a package is missing."""
        for name in STAND_INS:
            standin.write(self.root, name)
        os.symlink(sys.executable, self.path("/bin/python3"))
        script = "\n".join(f"put {number}" if step.path else self.mapped(step.text)
                           for number, step in enumerate(self.steps))
        output = self.path("/output")  # not a pipe: what goes on would keep it open
        try:
            with standin.Asked(self.root, self._stand_in), open(output, "w", encoding="utf-8") as out:
                done = subprocess.run(
                    ["bash", "-euxo", "pipefail", "-c", script], check=False,
                    stdout=out, stderr=out, timeout=250, stdin=subprocess.DEVNULL,
                    cwd=self.path("/home"), env=self._environment())
        finally:
            self._end_what_goes_on()
        with open(output, encoding="utf-8") as out:
            text = out.read()
        if self.missing:
            raise Skip(f"not installed: {' '.join(self.missing)}")
        assert done.returncode == 0, f"status {done.returncode}:\n{text}"
        return text

    def _end_what_goes_on(self):
        """Whatever the page's commands have started: it has our HOME."""
        ours = f"HOME={self.path('/home')}".encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as environ:
                    if ours in environ.read().split(b"\0"):
                        os.kill(int(pid), signal.SIGKILL)
            except OSError:
                pass  # it has ended, or is somebody else's

    def _environment(self):
        path = [self.path("/bin"), os.path.dirname(BANDITCTL), os.path.dirname(BANDITD),
                os.path.join(BUILD, "eval"), os.environ["PATH"], "/usr/sbin", "/sbin"]
        return self.daemon.environment(PATH=os.pathsep.join(path),
                                       HOME=self.path("/home"))

    def _stand_in(self, name, words):
        STAND_INS[name](self, *words)

    def put(self, number):
        self.write(self.steps[int(number)])

    def systemctl(self, verb, *names):
        for name in names:
            service = self.daemon if name == "banditd" else self.services[name]
            if verb in ("stop", "restart") and service.process:
                service.stop()
            if verb in ("start", "restart"):
                service.start()

    def apt_get(self, verb, *words):
        packages = [word for word in words if verb == "install" and word[0] not in "-./"]
        self.missing += [name for name in packages if not is_installed(name)]
        assert not self.missing, self.missing

    def npm(self, *_):
        """Nothing is installed while a page is followed: it has to be there."""
        self.missing += [] if os.path.exists(PORTKEY) else ["@portkey-ai/gateway"]
        assert not self.missing, self.missing

    def adduser(self, *_):
        """All that runs in a sandbox is one user, or started by root."""


STAND_INS = {"put": Sandbox.put, "systemctl": Sandbox.systemctl,
             "apt-get": Sandbox.apt_get, "npm": Sandbox.npm,
             "adduser": Sandbox.adduser}


def is_installed(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package],
                          text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return done.stdout == "installed"


def models_of(page):
    """The model servers that the page supposes at 127.0.0.1:8001 and on."""
    text = "".join(step.text for step in steps(page))
    numbers = sorted(set(re.findall(r"\b127\.0\.0\.1:(800[1-9])\b", text)))
    return {int(number): Model(f"model-{number}", {}) for number in numbers}


def follow(page):
    """Follows a page with model servers where it supposes them."""
    with contextlib.ExitStack() as stack:
        models = models_of(page)
        for model in models.values():
            stack.enter_context(model)
        sandbox = stack.enter_context(
            Sandbox(page, {number: model.port for number, model in models.items()}))
        return sandbox.follow()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--script"]:
        print(script_of(sys.argv[2].removeprefix("doc/")))
        sys.exit()
    for name_of_page in sys.argv[1:]:
        print(follow(name_of_page.removeprefix("doc/")))
