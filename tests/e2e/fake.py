"""A banditd that is up to no good: it answers each request with what it is told to."""
import os
import shutil
import socket
import tempfile
import threading

import msgpack


class Fake:
    """answer(connection, number of the request) is called when a request has come
    in whole; the connection is closed when it returns false."""

    def __init__(self, answer, path=None):
        self.answer = answer
        self.dir = tempfile.mkdtemp(prefix="banditd-")
        self.path = path or os.path.join(self.dir, "sock")
        self.requests = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.threads = [threading.Thread(target=self._accept)]
        self.connections = []
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in [self.listener, *self.connections]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed already
            one.close()
        for thread in self.threads:
            thread.join()
        shutil.rmtree(self.dir)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            thread = threading.Thread(target=self._serve, args=[connection])
            self.threads.append(thread)
            thread.start()

    def _serve(self, connection):
        unpacker = msgpack.Unpacker()
        try:
            while data := connection.recv(65536):
                unpacker.feed(data)
                for message in unpacker:
                    self.requests += 1
                    if not self.answer(connection, message):
                        connection.shutdown(socket.SHUT_RDWR)
                        return
        except OSError:
            pass  # the client or the test has gone


def says(data):
    """An answer of these bytes, after which the connection stays open."""
    def answer(connection, _):
        connection.sendall(data)
        return True
    return answer


def result(value):
    """A well-formed answer with this result."""
    def answer(connection, request):
        connection.sendall(msgpack.packb([1, request[1], None, value]))
        return True
    return answer


# What no client may take for an answer to its first request: the bytes, whether the
# connection ends with them, and why.
HOSTILE = [
    (b"", True, "nothing"),
    (b"\xc1", True, "a byte that is never used"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", True, "another protocol"),
    (b"\x94\x01", True, "half an answer"),
    (b"\x94\x01\x63\xc0\x80", False, "an answer to request 99"),
    (b"\x94\x02\x00\xc0\x80", False, "not an answer"),
    (b"\x93\x01\x00\xc0", False, "an answer without its result"),
    (b"\x94\x01\x00\x05\x80", False, "an error that is a number"),
    (b"\x94\x01\x00\xc0\xc0", False, "neither error nor result"),
    (b"\x80", False, "a map"),
    (b"\xdd\xff\xff\xff\xff", False, "an array of four thousand millions"),
    (b"\xdf\xff\xff\xff\xff", False, "a map of as many"),
    (b"\x94\x01\x00\xc0\xdb\xff\xff\xff\xff", False, "a text of 4 GiB"),
    (b"\x94\x01\x00\xc0\xc6\x7f\xff\xff\xff" + b"x" * 4096, False, "a bin of 2 GiB"),
    (b"\x94\x01\x00\xc0" + b"\x91" * 100000 + b"\xc0", False, "100000 arrays deep"),
    (b"\x94\x01\x00\xc0\x91\xa1a", False, "a decision that is an array"),
    (b"\x94\x01\x00\xc0\x81\xa3arm\xa1a", False, "a decision without its id"),
    (b"\x94\x01\x00\xc0\x82\xa3arm\xa1a\xa8decision\xa5a\r\nb:", False,
     "an id with a line's end"),
    (b"\x94\x01\x00\xc0\x82\xa3arm\xd9\x41" + b"a" * 65 + b"\xa8decision\xa1a", False,
     "an arm too long"),
    (b"\x94\x01\x00\xc0\x82\xa3arm\x05\xa8decision\xa1a", False, "an arm that is a number"),
]
