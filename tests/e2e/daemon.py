"""The real banditd in a directory of its own, and two ways to talk to it.

Client speaks through pynvim's MessagePack-RPC session, which was not written
for banditd; Raw sends whatever bytes it is told to.
"""
import array
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile

import msgpack
from pynvim.msgpack_rpc import socket_session

BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
SOURCE = os.path.abspath(os.environ.get("top_srcdir", "."))
BANDITD = os.path.join(BUILD, "daemon", "banditd")
BANDITCTL = os.path.join(BUILD, "client", "banditctl")
PATIENCE = 30  # seconds until something that should come counts as missing


class RpcError(Exception):
    """The daemon's error string, and its code."""

    def __init__(self, text):
        super().__init__(text)
        self.code = text.split(":")[0]


def packed(numbers):
    """The numbers as a vector of little-endian float32."""
    return array.array("f", numbers).tobytes()


class Client:
    """One connection, one request at a time."""

    def __init__(self, path):
        self.session = socket_session(path)
        self.session.error_wrapper = RpcError

    def call(self, method, **params):
        return self.session.request(method, *([params] if params else []))

    def fails(self, code, method, **params):
        """The sentence of the error that is expected."""
        try:
            result = self.call(method, **params)
        except RpcError as error:
            assert error.code == code, f"wanted {code}: {error}"
            return str(error)
        raise AssertionError(f"wanted {code}, {method} answered {result}")

    def notify(self, method, **params):
        self.session.request(method, *([params] if params else []),
                             async_=True)

    def close(self):
        self.session.close()


class Raw:
    """A connection without a client behind it."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)
        self.unpacker = msgpack.Unpacker(raw=False)

    def send(self, data):
        self.socket.sendall(data)

    def request(self, msgid, method, **params):
        self.send(msgpack.packb([0, msgid, method,
                                 [params] if params else []]))

    def receive(self):
        """The next message; None where the daemon has closed."""
        while True:
            for message in self.unpacker:
                return message
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.unpacker.feed(data)

    def close(self):
        self.socket.close()


class Daemon:
    """Starts nothing by itself; removes its directory at the end."""

    def __init__(self, config=None, options=()):
        self.dir = tempfile.mkdtemp(prefix="banditd-")
        self.socket = os.path.join(self.dir, "sock")
        self.state = os.path.join(self.dir, "state")
        self.log = os.path.join(self.dir, "log")
        self.config = os.devnull  # this machine may have a configuration
        self.options = list(options)
        self.process = None
        if config is not None:
            self.configure(config)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()

    def configure(self, text):
        self.config = os.path.join(self.dir, "conf")
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(text)

    def command(self, *options):
        return [BANDITD, "-f", "-c", self.config, "-d", self.state,
                "-s", self.socket, *self.options, *options]

    def environment(self, **more):
        """Ours, without what would lead to another daemon."""
        env = {k: v for k, v in os.environ.items()
               if k not in ("STATE_DIRECTORY", "RUNTIME_DIRECTORY",
                            "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID")}
        env.update(XDG_CONFIG_HOME=self.dir, BANDITD_SOCKET=self.socket)
        env.update(more)
        return env

    def run(self, *options, **more):
        """For a start that is expected to end by itself."""
        return subprocess.run(self.command(*options), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment(), timeout=PATIENCE,
                              check=False, **more)

    def start(self, *options, **more):
        """Returns when it serves, which it says by sd_notify(3)."""
        path = os.path.join(self.dir, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify, \
                open(self.log, "a", encoding="utf-8") as log:
            notify.bind(path)
            self.process = subprocess.Popen(
                self.command(*options), stderr=log,
                env=self.environment(NOTIFY_SOCKET=path), **more)
            try:
                self._await_ready(notify)
            finally:
                os.unlink(path)
        return self

    def _await_ready(self, notify):
        gone = os.pidfd_open(self.process.pid)
        try:
            while True:
                ready, _, _ = select.select([notify, gone], [], [], PATIENCE)
                if notify in ready:
                    if b"READY=1" in notify.recv(4096):
                        return
                else:
                    raise AssertionError("banditd does not serve:\n" +
                                         self.read_log())
        finally:
            os.close(gone)

    def read_log(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read()

    def wait(self):
        """Its exit status; negative where a signal ended it."""
        status = self.process.wait(PATIENCE)
        self.process = None
        return status

    def stop(self):
        self.process.terminate()
        return self.wait()

    def kill(self):
        self.process.kill()
        return self.wait()

    def signal(self, what):
        self.process.send_signal(what)

    def remove(self):
        if self.process:
            self.process.send_signal(signal.SIGCONT)
            self.kill()
        shutil.rmtree(self.dir)

    def client(self):
        return Client(self.socket)

    def raw(self):
        return Raw(self.socket)

    def ctl(self, *words, **more):
        """banditctl; what it wrote and its exit status."""
        more.setdefault("env", self.environment())
        more.setdefault("text", True)
        return subprocess.run([BANDITCTL, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=PATIENCE,
                              check=False, **more)

    def ctl_json(self, *words, **more):
        done = self.ctl("-j", *words, **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
