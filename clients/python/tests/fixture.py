# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the Python client share: the client's folder in the path,
a daemon with two arms, and a server that answers whatever it is told to."""
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time

import msgpack

from daemon import SOURCE, Daemon

sys.path.insert(0, os.path.join(SOURCE, "clients", "python"))

CONFIG = """
router "default" { dimension = 2  arm "small" { }  arm "large" { } }
router "words" { input = "text"  dimension = 64  arm "small" { }  arm "large" { } }
"""
X = [0.6, 0.8]
LONG = 30.0   # a time-out for what must not time out
SLACK = 2.0   # what a busy machine may add to a time-out


def new_daemon():
    return Daemon(CONFIG)


def hang(daemon):
    """Stops it without ending it, as a daemon that hangs."""
    daemon.signal(signal.SIGSTOP)
    os.waitid(os.P_PID, daemon.process.pid, os.WSTOPPED | os.WNOWAIT)


def wake(daemon):
    daemon.signal(signal.SIGCONT)


class Clock:
    """Seconds since it was made."""

    def __init__(self):
        self.start = time.monotonic()

    def __call__(self):
        return time.monotonic() - self.start

    def check(self, bound):
        assert self() < bound + SLACK, f"{self():.3f} s, bound {bound}"


class Fake:
    """Serves each connection with serve(connection), in a thread."""

    def __init__(self, serve):
        self.serve = serve
        self.dir = tempfile.mkdtemp(prefix="banditd-")
        self.path = os.path.join(self.dir, "sock")
        self.connections = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        shutil.rmtree(self.dir)

    def _run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with peer:
                try:
                    self.serve(peer)
                except OSError:  # the client has had enough
                    pass


def requests(peer):
    """The requests that come, until the client closes."""
    unpacker = msgpack.Unpacker()
    while True:
        data = peer.recv(65536)
        if not data:
            return
        unpacker.feed(data)
        yield from unpacker


def answering(answer):
    """A server of answer(msgid, method, params) -> bytes; a ping is answered
    as by the daemon unless it says otherwise."""
    def serve(peer):
        for _, msgid, method, params in requests(peer):
            data = answer(msgid, method, params)
            if data is None and method == "ping":
                data = result(msgid, {"protocol": 1})
            if data:
                peer.sendall(data)
    return serve


def result(msgid, value):
    return msgpack.packb([1, msgid, None, value])


def refusal(msgid, text):
    return msgpack.packb([1, msgid, text, None])


def drained(peer):
    """Waits for the client to close."""
    for _ in requests(peer):
        pass
