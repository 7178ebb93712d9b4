"""The daemon's HTTP facade, through the standard library's client."""
import http.client
import json
import re
import socket

from daemon import PATIENCE, Daemon

JSON = {"Content-Type": "application/json"}


class UnixConnection(http.client.HTTPConnection):
    """http.client over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.path)


def address(daemon):
    """Host and port that a daemon listens on since its last start."""
    found = re.findall(r"HTTP on \[?([0-9.:]+?)\]?:(\d+)\n",
                       daemon.read_log())
    return found[-1][0], int(found[-1][1])


class HttpDaemon(Daemon):
    """A daemon that serves HTTP too; tcp: on loopback, not a Unix socket."""

    def __init__(self, config, tcp=False, listen="127.0.0.1:0"):
        super().__init__()
        self.unix = None if tcp else f"{self.dir}/http"
        self.listen = listen if tcp else "unix:" + self.unix
        self.configure(f'http = "{self.listen}"\n' + config)

    def address(self):
        return address(self)

    def connect(self):
        if self.unix:
            return UnixConnection(self.unix)
        return http.client.HTTPConnection(*self.address(), timeout=PATIENCE)

    def dial(self):
        """A connection without a client behind it."""
        if not self.unix:
            return socket.create_connection(self.address(), PATIENCE)
        raw = socket.socket(socket.AF_UNIX)
        raw.settimeout(PATIENCE)
        raw.connect(self.unix)
        return raw


def exchange(connection, verb, path, body=None, headers=None):
    """Status, headers and body of one request."""
    connection.request(verb, path, body, headers or {})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def post(connection, method, params, **headers):
    """Status and document of a method's call."""
    body = params if isinstance(params, bytes) else json.dumps(params)
    status, found, text = exchange(connection, "POST", "/v1/" + method, body,
                                   {**JSON, **headers})
    assert found["Content-Type"] == "application/json", found.items()
    return status, json.loads(text)
