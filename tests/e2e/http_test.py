"""The HTTP facade: the same methods, and every wrong request that was thought
of; clients that are slow, many, or gone."""
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time

from daemon import PATIENCE, Daemon
from tap import Skip, main, note, test
from web import JSON, HttpDaemon, exchange, post

CONFIG = """
max_request_bytes = 65536
router "default" {
    dimension = 3
    arm "a" { cost = 1 }
    arm "b" { cost = 2  group = "dear" }
}
"""
X = [1.0, 2.0, 3.0]

unix = HttpDaemon(CONFIG).start()
tcp = HttpDaemon(CONFIG, tcp=True).start()
both = (unix, tcp)


def state(d):
    """All that a wrong request must leave as it was."""
    status = d.client().call("status")
    return (d.client().call("state_hash"), status["decisions"],
            status["rewards"], status["pending"], status["applied_seq"])


def refused(d, status, code, verb, path, body=None, headers=None, words=()):
    """Refused with that status and code, and nothing has changed."""
    before = state(d)
    connection = d.connect()
    found, headers, text = exchange(connection, verb, path, body,
                                    JSON if headers is None else headers)
    assert found == status, (found, text)
    error = json.loads(text)["error"]
    assert error["code"] == code, error
    assert sorted(error) == ["code", "message"]
    for word in words:
        assert word in error["message"], (word, error)
    assert headers["Content-Type"] == "application/json"
    assert state(d) == before
    # The connection goes on.
    assert post(connection, "ping", {})[0] == 200
    connection.close()
    return headers


def raw(d, data, shut=False):
    """What comes back for these bytes until the daemon closes."""
    with d.dial() as s:
        s.sendall(data)
        if shut:
            s.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: s.recv(65536), b""))


@test
def a_decision_is_made_and_rewarded():
    for d in both:
        connection = d.connect()
        status, decision = post(connection, "decide", {"x": X})
        assert status == 200
        assert decision["arm"] in ("a", "b")
        status, answer = post(connection, "feedback", {
            "decision": decision["decision"], "reward": 0.5})
        assert status == 200 and answer["applied"] is True
        assert answer["seq"] == d.client().call("status")["durable_seq"]
        connection.close()


@test
def the_answers_are_those_of_the_socket():
    connection, client = unix.connect(), unix.client()
    for method in ("arms", "routers", "methods", "state_hash"):
        status, answer = post(connection, method, {})
        assert status == 200
        assert answer == client.call(method), method
    scores = post(connection, "score", {"x": X})[1]
    assert scores == client.call("score", x=X)
    connection.close()
    client.close()


@test
def unicode_and_nil_go_through():
    connection = unix.connect()
    assert post(connection, "arm.set", {"arm": "b", "cost": None,
                                        "enabled": True})[0] == 200
    arms = {a["arm"]: a for a in post(connection, "arms", {})[1]["arms"]}
    assert arms["b"]["cost"] == 2
    connection.close()
    for name in ("d\u00e9 \u4e2d", "\U0001f600"):
        refused(unix, 400, "bad_request", "POST", "/v1/decide",
                json.dumps({"x": X, "router": name}), words=[name])


@test
def a_text_may_have_any_character_of_unicode():
    with HttpDaemon("""router "t" {
        dimension = 64  input = "text"  arm "a" { }  arm "b" { }
    }""") as d:
        connection, client = d.connect(), d.client()
        for text in ("a\0b", "\0", "d\u00e9 \u4e2d \u2028 \uffff \U0010ffff"):
            params = {"router": "t", "text": text}
            assert post(connection, "score", params) == \
                (200, client.call("score", **params)), text
            assert post(connection, "decide", params)[0] == 200
        connection.close()
        client.close()


@test
def roles_over_a_unix_socket_are_those_of_the_peer():
    connection = unix.connect()
    assert post(connection, "checkpoint", {})[0] == 200
    assert post(connection, "status", {})[1]["pid"] == unix.process.pid
    connection.close()


@test
def over_loopback_anybody_may_decide_and_no_more():
    for method in ("status", "arms", "routers"):
        refused(tcp, 403, "denied", "POST", "/v1/" + method, b"{}",
                words=["role read"])
    refused(tcp, 403, "denied", "POST", "/v1/arm.add", b'{"arm": "c"}',
            words=["role admin"])


@test
def http_role_says_otherwise_and_may_change():
    with HttpDaemon(CONFIG, tcp=True) as d:
        connection = d.connect()
        for role, may in (("none", (403, 403)), ("read", (403, 200)),
                          ("decide, read", (200, 200))):
            d.configure(f'http = "{d.listen}"\nhttp_role = "{role}"\n' +
                        CONFIG)
            d.client().call("reload")
            found = (post(connection, "decide", {"x": X})[0],
                     post(connection, "arms", {})[0])
            assert found == may, (role, found)
            assert post(connection, "ping", {})[0] == 200
            assert post(connection, "checkpoint", {})[0] == 403
        connection.close()


@test
def paths_and_verbs_that_are_not_served():
    for d in both:
        refused(d, 404, "unknown_method", "POST", "/v1/decided", b"{}",
                words=["decide"])
        refused(d, 404, "unknown_method", "POST", "/v1/", b"{}")
        for path in ("/", "/v2/decide", "/v1", "/v1decide", "/v1%2Fping"):
            refused(d, 404, "unknown_method", "POST", path, b"{}",
                    words=["/v1/METHOD"])
        for verb in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH"):
            found = refused(d, 405, "bad_request", verb, "/v1/decide", b"{}",
                            words=["takes POST"])
            assert found["Allow"] == "POST"
        refused(d, 400, "bad_request", "POST", "/v1/ping?a=1", b"{}",
                words=["query"])


@test
def a_head_has_no_body():
    connection = tcp.connect()
    status, headers, body = exchange(connection, "HEAD", "/v1/decide")
    assert (status, body) == (405, b"")
    assert post(connection, "ping", {})[0] == 200
    connection.close()


@test
def only_json_is_taken():
    for kind in ("text/plain", "application/x-www-form-urlencoded",
                 "application/jsonp", "application/json-seq", "",
                 "application/msgpack"):
        refused(tcp, 415, "bad_request", "POST", "/v1/decide",
                json.dumps({"x": X}), {"Content-Type": kind},
                ["application/json"])
    refused(tcp, 415, "bad_request", "POST", "/v1/ping", b"{}", {})
    connection = tcp.connect()
    for kind in ("application/json; charset=utf-8", "Application/JSON"):
        assert exchange(connection, "POST", "/v1/ping", b"{}",
                        {"Content-Type": kind})[0] == 200
    connection.close()


@test
def wrong_json_is_refused():
    for body, word in ((b"", "line 1"), (b"{", "line 1"), (b"[1]", "object"),
                       (b"1", ""), (b"null", ""), (b'"x"', ""),
                       (b"{}{}", ""), (b"{'x': 1}", ""),
                       (b'{"x": [1, 2, 3,]}', ""), (b'{"x": [NaN]}', ""),
                       (b'{"x": [Infinity]}', ""), (b'{"x": 01}', ""),
                       (b'\xef\xbb\xbf{}', ""), (b'{"x": "\xff\xfe"}', "decode"),
                       (b'{"\xc0\xaf": 1}', "decode"),
                       (b'{"\\u0000": 1}', "NUL"),
                       (b'{"x": "\\ud800"}', ""), (b'{"x": 1, "x": 2}', "x"),
                       (b'{"x": ' + b"[" * 5000 + b"]" * 5000 + b"}", ""),
                       (b'{"x": ' + b"[" * 20 + b"]" * 20 + b"}", "deep")):
        refused(unix, 400, "bad_request", "POST", "/v1/decide", body,
                words=[word])


@test
def many_objects_are_refused_before_they_take_memory():
    def peak(d):
        with open(f"/proc/{d.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1])

    with HttpDaemon(CONFIG.replace("65536", "8388608")) as d:
        before = peak(d)
        for item in ("{}", "[]", '{"a":[]}'):
            refused(d, 400, "bad_request", "POST", "/v1/decide",
                    '{"x": [' + f"{item}," * 900000 + "1]}", words=["more than"])
        grown = peak(d) - before
        note(f"{grown} kB more")
        assert grown < 40000 or "SANITIZE" in os.environ and os.environ["SANITIZE"]
        # In a text they are nothing.
        connection = d.connect()
        assert post(connection, "decide", {"x": X, "router": '[{\\"' * 70000})[
            1]["error"]["message"].startswith("decide: router takes")
        connection.close()


@test
def numbers_beyond_float32_are_refused():
    for number in ("1e39", "-1e39", "1e308", "1e400", "1" + "0" * 400):
        refused(unix, 422, "not_finite", "POST", "/v1/decide",
                '{"x": [1, 2, %s]}' % number)
    refused(unix, 422, "not_finite", "POST", "/v1/decide",
            '{"x": [1, 2, 3], "max_cost": 1e999}')


@test
def wrong_params_are_refused_as_over_the_socket():
    for params, status, code, word in (
            ({}, 400, "bad_request", "missing: x or text"),
            ({"x": X, "nope": 1}, 400, "bad_request", "nope"),
            ({"x": "text"}, 400, "bad_request", "x takes"),
            ({"x": [1, "2", 3]}, 400, "bad_request", "x[1]"),
            ({"x": [1, None, 3]}, 400, "bad_request", "x[1]"),
            ({"x": [1, 2]}, 422, "dimension_mismatch", "2 numbers"),
            ({"x": []}, 422, "dimension_mismatch", "empty"),
            ({"x": X, "router": "no"}, 404, "unknown_router", "no"),
            ({"x": X, "arms": ["no"]}, 404, "unknown_arm", "no"),
            ({"x": X, "exclude": ["a", "b"]}, 422, "no_eligible_arm",
             "excluded"),
            ({"x": X, "k": 0}, 422, "out_of_range", "k"),
            ({"x": X, "router": "a b"}, 400, "bad_request", "a b")):
        refused(unix, status, code, "POST", "/v1/decide", json.dumps(params),
                words=[word])
    refused(unix, 404, "unknown_decision", "POST", "/v1/feedback",
            b'{"decision": "d9.9.9", "reward": 1}')
    connection = unix.connect()
    decision = post(connection, "decide", {"x": X})[1]["decision"]
    connection.close()
    refused(unix, 422, "out_of_range", "POST", "/v1/feedback",
            json.dumps({"decision": decision, "reward": 2}))


@test
def errors_are_counted_where_those_of_the_socket_are():
    before = unix.client().call("status")["rejects"].get("bad_request", 0)
    refused(unix, 400, "bad_request", "POST", "/v1/decide", b"{")
    refused(unix, 400, "bad_request", "POST", "/v1/decide", b"{}")
    after = unix.client().call("status")["rejects"]["bad_request"]
    assert after == before + 2


@test
def a_body_that_is_too_long_is_refused():
    for d in both:
        body = b'{"x": [' + b"1," * 40000 + b"1]}"
        connection = d.connect()
        assert exchange(connection, "POST", "/v1/decide", body, JSON)[0] == 413
        connection.close()
        # In pieces, without its length.
        connection = d.connect()
        connection.request("POST", "/v1/decide", iter([body[:50000],
                                                       body[50000:]]),
                           JSON, encode_chunked=True)
        assert connection.getresponse().status == 413
        connection.close()
        assert d.process.poll() is None


@test
def a_body_in_pieces_is_taken():
    connection = unix.connect()
    connection.request("POST", "/v1/decide",
                       iter([b'{"x": [1,', b"2,", b"3]}"]), JSON,
                       encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 200
    assert json.loads(answer.read())["arm"] in ("a", "b")
    connection.close()


@test
def headers_that_are_too_long_are_refused():
    before = state(tcp)
    for head in (b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\nA: " + b"b" * 40000 + b"\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 8000 + b"\r\n"):
        try:
            answer = raw(tcp, head)
        except ConnectionError:
            continue
        assert answer == b"" or answer.split()[1] in (b"400", b"413"), answer
    assert state(tcp) == before


@test
def what_is_no_http_is_refused():
    before = state(tcp)
    for data in (b"\x94\x00\x01\xa4ping\x90", b"\r\n\r\n", b"HELO\r\n\r\n",
                 b"GET\r\n\r\n", b"POST /v1/ping HTTP/9.9\r\n\r\n",
                 b"POST  HTTP/1.1\r\n\r\n", b"\x00" * 100,
                 b"POST /v1/ping HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                 b"POST /v1/ping HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                 b"POST /v1/ping HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                 b"\r\nzz\r\n", b"GET /v1/ping HTTP/1.1\r\nno colon\r\n\r\n"):
        try:
            answer = raw(tcp, data, shut=True)
        except ConnectionError:
            continue
        assert b" 200 " not in answer.split(b"\r\n")[0], (data, answer)
    assert state(tcp) == before


@test
def a_length_that_is_said_twice_is_refused():
    for head in (b"Content-Length: 2\r\nContent-Length: 2\r\n",
                 b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                 b"Content-Length: 2\r\nTransfer-Encoding: gzip, chunked\r\n"):
        body = b"2\r\n{}\r\n0\r\n\r\n" if head.endswith(b": chunked\r\n") \
            else b"{}"
        answer = raw(tcp, b"POST /v1/ping HTTP/1.1\r\nHost: localhost\r\n"
                     b"Content-Type: application/json\r\nConnection: close"
                     b"\r\n" + head + b"\r\n" + body)
        assert answer.startswith(b"HTTP/1.1 400 "), answer


@test
def what_follows_a_doubtful_length_is_no_request():
    post_head = (b"POST /v1/ping HTTP/1.1\r\nHost: localhost\r\n"
                 b"Content-Type: application/json\r\n")
    hidden = post_head + b"Content-Length: 2\r\n\r\n{}"
    length = b"Content-Length: %d\r\n" % len(hidden)
    for doubt in (b"Content-Length: 0\r\n" + length,
                  length.replace(b":", b" :"), length.replace(b":", b"\t:"),
                  b"Transfer-Encoding: xchunked\r\n",
                  b"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n",
                  b"Host: elsewhere\r\nContent-Length: 0\r\n",
                  b": 5\r\nContent-Length: 0\r\n"):
        answer = raw(tcp, post_head + doubt + b"\r\n" + hidden)
        assert answer.startswith(b"HTTP/1.1 400 "), (doubt, answer)
        assert b"HTTP/1.1 200" not in answer, (doubt, answer)


@test
def web_pages_are_refused():
    refused(tcp, 403, "denied", "POST", "/v1/decide", json.dumps({"x": X}),
            {**JSON, "Origin": "http://localhost:8080"}, ["Origin"])
    for host in ("evil.example", "evil.example:80", "localhost.evil.example",
                 "127.0.0.1.evil.example", "[::1].evil.example", "",
                 "192.168.0.1", "127.0.0.1.", "127.1.1.1.1", "128.0.0.1"):
        refused(tcp, 403, "denied", "POST", "/v1/decide",
                json.dumps({"x": X}), {**JSON, "Host": host}, ["Host"])
    connection = tcp.connect()
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:9",
                 "127.0.0.2:80"):
        assert post(connection, "ping", {}, Host=host)[0] == 200
    connection.close()


@test
def a_unix_socket_has_no_pages():
    connection = unix.connect()
    assert post(connection, "ping", {}, Host="gateway.example",
                Origin="http://gateway.example")[0] == 200
    connection.close()


@test
def pipelined_requests_are_answered_in_their_order():
    one = (b"POST /v1/%s HTTP/1.1\r\nHost: localhost\r\n"
           b"Content-Type: application/json\r\nContent-Length: %d\r\n")
    body = json.dumps({"x": X}).encode()
    requests = b"".join(
        one % (name, len(text)) + b"\r\n" + text
        for name, text in [(b"decide", body), (b"ping", b"{}")] * 20)
    last = one % (b"ping", 2) + b"Connection: close\r\n\r\n{}"
    for d in both:
        answers = raw(d, requests + last)
        bodies = [json.loads(part.split(b"\r\n\r\n", 1)[1])
                  for part in answers.split(b"HTTP/1.1 200 OK\r\n")[1:]]
        assert len(bodies) == 41
        for i, found in enumerate(bodies):
            assert ("arm" in found) == (i < 40 and i % 2 == 0), (i, found)


@test
def concurrent_requests_are_all_answered():
    failed = []

    def ask(d, count):
        try:
            connection = d.connect()
            for _ in range(count):
                decision = post(connection, "decide", {"x": X})[1]["decision"]
                answer = post(connection, "feedback", {"decision": decision,
                                                       "reward": 1})
                assert answer[1]["applied"] is True
            connection.close()
        except Exception as error:  # pylint: disable=broad-except
            failed.append(error)

    for d in both:
        before = d.client().call("status")
        threads = [threading.Thread(target=ask, args=(d, 20))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed, failed
        after = d.client().call("status")
        assert after["decisions"] == before["decisions"] + 160
        assert after["rewards"] == before["rewards"] + 160


@test
def a_client_that_leaves_before_its_answer_harms_nobody():
    """The reward is on its way to the disk; the answer is dropped."""
    for d in both:
        connection = d.connect()
        before = d.client().call("status")["rewards"]
        for reset in (False, True) * 10:
            decision = post(connection, "decide", {"x": X})[1]["decision"]
            body = json.dumps({"decision": decision, "reward": 1}).encode()
            s = d.dial()
            if reset:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b"\1\0\0\0\0\0\0\0")
            s.sendall(b"POST /v1/feedback HTTP/1.1\r\nHost: localhost\r\n"
                      b"Content-Type: application/json\r\n"
                      b"Content-Length: %d\r\n\r\n" % len(body) + body)
            s.close()
        # A reset may come before the request is read.
        answer = post(connection, "ping", {})
        assert answer[0] == 200
        connection.close()
        deadline = time.monotonic() + PATIENCE
        while d.client().call("status")["rewards"] < before + 10:
            assert time.monotonic() < deadline, "a reward that came is lost"


@test
def shutdown_answers_what_was_taken():
    with HttpDaemon(CONFIG) as d:
        idle, busy = d.dial(), d.connect()
        decision = post(busy, "decide", {"x": X})[1]["decision"]
        busy.request("POST", "/v1/feedback", json.dumps(
            {"decision": decision, "reward": 1}), JSON)
        # It has been read when the socket answers what came after.
        d.client().call("ping")
        assert d.stop() == 0
        answer = busy.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["applied"] is True
        assert idle.recv(10) == b""
        assert not os.path.exists(d.unix)
        idle.close()
        busy.close()
        d.start()
        assert d.client().call("status")["rewards"] == 1


@test
def a_reload_keeps_the_facade_and_refuses_another_place():
    with HttpDaemon(CONFIG) as d:
        connection = d.connect()
        for other in ("", "127.0.0.1:0", f"unix:{d.dir}/elsewhere"):
            d.configure(f'http = "{other}"\n' + CONFIG)
            d.signal(signal.SIGHUP)
            d.client().fails("bad_request", "reload")
            assert post(connection, "ping", {})[0] == 200
        assert "http cannot change while banditd runs" in d.read_log()
        d.configure(f'http = "{d.listen}"\n' +
                    CONFIG.replace("65536", "1024"))
        d.client().call("reload")
        other = d.connect()
        assert exchange(other, "POST", "/v1/ping", b" " * 2000, JSON)[0] == 413
        other.close()
        connection.close()


@test
def a_socket_file_that_was_removed_comes_back():
    with HttpDaemon(CONFIG) as d:
        os.unlink(d.unix)
        d.client().call("ping")
        deadline = time.monotonic() + PATIENCE
        while "listening there again" not in d.read_log():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        connection = d.connect()
        assert post(connection, "ping", {})[0] == 200
        connection.close()


@test
def the_socket_has_the_mode_that_is_set():
    for mode in ("0600", "0666"):
        d = HttpDaemon(f"http_socket_mode = {mode}\n" + CONFIG)
        with d:
            found = stat.S_IMODE(os.stat(d.unix).st_mode)
            assert found == int(mode, 8), oct(found)


@test
def more_clients_than_allowed_are_closed():
    with HttpDaemon("max_clients = 3\n" + CONFIG) as d:
        held = [d.connect() for _ in range(3)]
        for connection in held:
            assert post(connection, "ping", {})[0] == 200
        extra = d.dial()
        assert extra.recv(10) == b""
        extra.close()
        for connection in held:
            assert post(connection, "ping", {})[0] == 200
        held.pop().close()
        while True:
            try:
                again = d.connect()
                assert post(again, "ping", {})[0] == 200
                break
            except (ConnectionError, OSError):
                again.close()
        again.close()
        for connection in held:
            connection.close()


@test
def where_it_may_listen():
    for place, word in (("0.0.0.0:80", "neither authentication nor TLS"),
                        ("192.168.1.1:80", "proxy"), ("[::]:80", "proxy"),
                        ("[::ffff:127.0.0.1]:80", "proxy"),
                        ("localhost:80", "it takes"), ("127.0.0.1", "it takes"),
                        ("127.0.0.1:", "it takes"), ("8080", "it takes"),
                        ("127.0.0.1:99999", "it takes"), ("[::1]", "it takes"),
                        ("127.0.0.1:80x", "it takes"), (":80", "it takes"),
                        ("unix:relative", "absolute"), ("/a/path", "it takes")):
        d = Daemon(f'http = "{place}"')
        done = d.run("-n")
        assert done.returncode == 78, (place, done.stderr)
        assert word in done.stderr, (place, done.stderr)
        d.remove()


@test
def a_place_that_is_taken_is_an_error_of_the_start():
    host, port = tcp.address()
    for place in (f"{host}:{port}", "unix:" + unix.unix):
        d = Daemon(f'http = "{place}"')
        done = d.run()
        assert done.returncode == 69, (place, done)
        d.remove()
    assert post(unix.connect(), "ping", {})[0] == 200
    assert post(tcp.connect(), "ping", {})[0] == 200


@test
def ipv6_loopback_is_served():
    d = HttpDaemon(CONFIG, tcp=True, listen="[::1]:0")
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        d.remove()
        return
    with d:
        connection = d.connect()
        assert post(connection, "decide", {"x": X})[0] == 200
        connection.close()


def get(d, path, **headers):
    connection = d.connect()
    answer = exchange(connection, "GET", path, headers=headers)
    connection.close()
    return answer


@test
def health_says_that_it_serves():
    for d in both:
        status, headers, body = get(d, "/health")
        assert status == 200
        assert headers["Content-Type"] == "application/json"
        assert json.loads(body) == {"status": "ok", "reason": None}
        assert get(d, "/health?a")[0] == 400
        refused(d, 405, "bad_request", "POST", "/health", b"{}")
    connection = unix.connect()
    assert exchange(connection, "HEAD", "/health")[::2] == (200, b"")
    connection.close()


@test
def metrics_come_in_the_format_that_is_asked_for():
    status, headers, text = get(unix, "/metrics")
    assert status == 200
    assert headers["Content-Type"] == \
        "text/plain; version=0.0.4; charset=utf-8"
    assert b"# TYPE banditd_decisions_total counter\n" in text
    assert b"# EOF" not in text and b"# UNIT" not in text
    status, headers, text = get(
        unix, "/metrics", Accept="application/openmetrics-text;version=1.0.0,"
        "application/openmetrics-text;version=0.0.1;q=0.75,"
        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
    assert status == 200
    assert headers["Content-Type"] == \
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert b"# TYPE banditd_decisions counter\n" in text
    assert text.endswith(b"# EOF\n")
    # Whose role does not allow it is told so.
    status, _, text = get(tcp, "/metrics")
    assert (status, json.loads(text)["error"]["code"]) == (403, "denied")
    unix.client().fails("bad_request", "metrics", format="xml")


@test
def promtool_finds_nothing_wrong_with_the_metrics():
    if not shutil.which("promtool"):
        raise Skip("there is no promtool")
    done = subprocess.run(["promtool", "check", "metrics"],
                          input=get(unix, "/metrics")[2], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0 and done.stdout == b"", done.stdout.decode()


def resolve(document, reference):
    """What a $ref points to; it must be there."""
    found = document
    for key in reference.removeprefix("#/").split("/"):
        found = found[key]
    return found


def references(part):
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from references(item)


KINDS = {"vector": "array", "names": "array", "text": "string",
         "name": "string", "number": "number", "boolean": "boolean",
         "settings": "object", "event": "object"}


@test
def the_openapi_document_has_every_method():
    status, headers, text = get(tcp, "/openapi.json")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    document = json.loads(text)
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == "banditd"
    assert document["info"]["version"] == \
        unix.client().call("ping")["version"]
    ids = [verb["operationId"] for path in document["paths"].values()
           for verb in path.values()]
    assert len(ids) == len(set(ids))
    for reference in references(document):
        resolve(document, reference)
    methods = unix.client().call("methods")["methods"]
    for method in methods:
        post_ = document["paths"]["/v1/" + method["name"]]["post"]
        assert post_["summary"] == method["help"]
        assert sorted(post_["responses"]) == ["200", "default"]
        schema = post_["requestBody"]["content"]["application/json"]["schema"]
        assert schema["additionalProperties"] is False
        params = {p["name"]: p for p in method["params"]}
        assert set(schema["properties"]) == set(params)
        assert schema["required"] == [p["name"] for p in method["params"]
                                      if p["required"]]
        either = [p["name"] for p in method["params"] if p.get("either")]
        assert [one["required"] for one in schema.get("oneOf", [])] == \
            [[name] for name in either], method["name"]
        for name, found in schema["properties"].items():
            assert found["type"] == KINDS[params[name]["type"]], name
            assert found["description"] == params[name]["help"]
    others = [path for path in document["paths"]
              if not path.startswith("/v1/")]
    assert len(document["paths"]) == len(methods) + len(others)
    for path in others:
        for verb in document["paths"][path]:
            connection = unix.connect()
            found = exchange(connection, verb.upper(), path)[0]
            assert found not in (404, 405), path
            connection.close()


HOOKED = """
router "default" {
    input = "text"
    dimension = 64
    arm "a" { }
    arm "b" { }
}
router "vectors" { dimension = 3  arm "a" { }  arm "b" { } }
"""
CHAT = {"model": "any", "temperature": 0.7, "n": 9007199254740993,
        "messages": [{"role": "user", "content": "h\u00e9llo \U0001f600"}]}


def hook(connection, path, document):
    body = document if isinstance(document, bytes) else json.dumps(document)
    status, _, text = exchange(connection, "POST", "/webhook/" + path, body,
                               JSON)
    return status, json.loads(text)


def before(connection, query="", metadata=None, text="hello", more=None):
    return hook(connection, "before" + query, {
        "request": {"json": {**CHAT, **(more or {})}, "text": text,
                    "isStreamingRequest": False},
        "response": {"json": {}, "text": "", "statusCode": None},
        "provider": "openai", "requestType": "chatComplete",
        "metadata": metadata or {}, "eventType": "beforeRequestHook"})


def answered(text="fine", status=200, end="stop", tokens=7, **message):
    return {"text": text, "statusCode": status, "json": {
        "id": "1", "usage": {"total_tokens": tokens}, "choices": [
            {"finish_reason": end, "message": {"content": text, **message}}]}}


def after(connection, request, response, query="", stream=False):
    return hook(connection, "after" + query, {
        "request": {"json": request, "text": "hello",
                    "isStreamingRequest": stream},
        "response": response, "eventType": "afterRequestHook"})


@test
def a_webhook_before_names_the_model_and_keeps_the_rest():
    with HttpDaemon(HOOKED, tcp=True) as d:
        connection = d.connect()
        status, found = before(connection)
        assert status == 200 and found["verdict"] is True
        data = found["data"]
        known = d.client().call("explain", decision=data["decision"])
        assert known["slate"] == [data["arm"]]
        request = found["transformedData"]["request"]["json"]
        tag = request.pop("banditd")
        assert (tag["decision"], tag["arm"]) == (data["decision"], data["arm"])
        assert request == {**CHAT, "model": data["arm"]}
        # Also what few write.
        text = "a\0b \U0001f600 \ud7ff"
        found = before(connection, text=text, more={"stop": [text]})[1]
        request = found["transformedData"]["request"]["json"]
        assert request["stop"] == [text]
        # The caller's own id, and its vector.
        found = before(connection, metadata={"banditd_decision": "own-1"})[1]
        assert found["data"]["decision"] == "own-1"
        assert before(connection, "?router=vectors", text=None, metadata={
            "banditd_x": X})[0] == 200
        connection.close()


@test
def a_webhook_after_rewards_by_status_latency_and_tokens():
    with HttpDaemon(HOOKED, tcp=True) as d:
        connection, client = d.connect(), d.client()

        def reward(response, query=""):
            """What was learnt of one answer, and what the caller is told."""
            request = before(connection)[1]["transformedData"]["request"][
                "json"]
            status, found = after(connection, request, response, query)
            assert status == 200 and found["verdict"] is True, found
            body = found["transformedData"]["response"]["json"]
            assert body.pop("banditd") == request["banditd"]
            assert body == response["json"]
            if not found["data"]["applied"]:
                return found["data"]["reason"]
            part = client.call("export", **{"from": found["data"]["seq"]})
            assert part["events"][0]["decision"]["id"] == \
                request["banditd"]["decision"]
            return part["events"][0]["reward"]

        assert 0.9 < reward(answered()) <= 1
        assert reward(answered(), "?latency=1e-9") < 0.01
        assert 0.09 < reward(answered(tokens=90), "?tokens=10") <= 0.1
        assert 0.9 < reward(answered(tokens=90), "?latency=100") <= 1
        assert 0.9 < reward(answered(None, tool_calls=[{"id": "1"}])) <= 1
        for wrong in (answered(""), answered(None), answered(status=500),
                      answered(status=429), answered(status=408),
                      answered(end="content_filter")):
            assert reward(wrong) == 0, wrong
        assert "no reward" in reward(answered(status=400))
        rewards = client.call("status")["rewards"]
        assert "no reward" in reward(answered(), "?reward=later")
        assert client.call("status")["rewards"] == rewards
        # Of a stream nothing is told but that it has begun.
        request = before(connection)[1]["transformedData"]["request"]["json"]
        found = after(connection, request, {"json": None, "text": "",
                                            "statusCode": 200}, stream=True)
        assert found == (200, {"verdict": True, "data": {
            "applied": False, "reason": "no reward yet"}})
        assert client.call("status")["rewards"] == rewards
        # An answer that banditd had no part in goes on as it is.
        found = after(connection, CHAT, answered())
        assert found[0] == 200 and "transformedData" not in found[1]
        # What comes twice counts once.
        request = before(connection)[1]["transformedData"]["request"]["json"]
        for applied in (True, False):
            found = after(connection, request, answered())[1]
            assert found["data"]["applied"] is applied
        connection.close()


@test
def wrong_webhooks_are_refused():
    with HttpDaemon(HOOKED, tcp=True) as d:
        connection = d.connect()
        good = {"request": {"json": CHAT, "text": "hello"}}
        tagged = {"request": {"json": {"banditd": {"decision": "d1.1.9"}}},
                  "response": answered()}
        for path, document, status, word in (
                ("before", b"", 400, "JSON"), ("before", b"[]", 400, "object"),
                ("before", {}, 400, "Portkey"),
                ("before", {"request": []}, 400, "Portkey"),
                ("before", {"request": {"json": 1}}, 400, "Portkey"),
                ("before", {"request": {"json": {}}}, 400, "text"),
                ("before", {"request": {"json": {}, "text": [1]}}, 400, "text"),
                ("before", b'{"request": {"json": {"a": ' + b"[" * 4000 +
                 b"]" * 4000 + b"}}}", 400, ""),
                ("before", {**good, "metadata": {"banditd_x": [1, 2]}}, 400,
                 "text"),
                ("before", {**good, "metadata": {"banditd_decision": "a b"}},
                 400, "decision"),
                ("before?router=no", good, 404, "no router"),
                ("before?router=", good, 400, "router"),
                ("before?router=" + "a" * 65, good, 400, "router"),
                ("before?latency=1", good, 400, "latency"),
                ("after", {}, 400, "Portkey"),
                ("after", tagged, 404, "no decision"),
                ("after", {**tagged, "request": {"json": {"banditd": 1}}},
                 400, "decision"),
                ("after?latency=0", tagged, 400, "latency"),
                ("after?latency=x", tagged, 400, "latency"),
                ("after?tokens=-1", tagged, 400, "tokens"),
                ("after?tokens=nan", tagged, 400, "tokens"),
                ("after?reward=never", tagged, 400, "reward"),
                ("after?router=default", tagged, 400, "router")):
            found = hook(connection, path, document)
            assert found[0] == status, (path, document, found)
            assert word in found[1]["error"]["message"], (path, word, found)
        status = d.client().call("status")
        assert status["decisions"] == status["rewards"] == 0
        # Deep is what the gateway may keep.
        deep = {"a": 1}
        for _ in range(50):
            deep = {"a": [deep]}
        found = hook(connection, "before", {"request": {
            "json": {"schema": deep}, "text": "hello"}})
        assert found[0] == 200
        assert found[1]["transformedData"]["request"]["json"]["schema"] == deep
        connection.close()


@test
def a_gateway_that_leaves_a_webhook_harms_nobody():
    with HttpDaemon(HOOKED, tcp=True) as d:
        body = json.dumps({"request": {"json": CHAT, "text": "hi"}}).encode()
        for _ in range(20):
            with d.dial() as s:
                s.sendall(b"POST /webhook/before HTTP/1.1\r\n"
                          b"Content-Type: application/json\r\n"
                          b"Content-Length: %d\r\n\r\n" % len(body) + body)
        connection = d.connect()
        assert before(connection)[0] == 200
        connection.close()
        assert d.stop() == 0


@test
def what_was_served_is_counted():
    with HttpDaemon(CONFIG) as d:
        connection = d.connect()
        post(connection, "ping", {})
        post(connection, "nope", {})
        d.connect().connect()
        post(connection, "ping", {})
        status = d.client().call("status")
        assert status["http_requests"] == 3
        assert status["http_errors"] == 1
        assert status["http_connections"] == 2
        assert status["http_refused_connections"] == 0
        assert 1 <= status["http_clients"] <= 2
        connection.close()


@test
def both_end_in_order():
    for d in both:
        assert d.stop() == 0, d.read_log()


if __name__ == "__main__":
    main(after=lambda: [d.remove() for d in both])
