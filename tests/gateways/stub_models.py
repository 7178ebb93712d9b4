"""Model servers to route between: each speaks the HTTP of OpenAI's chat completions,
and answers some kinds of prompt well and others badly.

A Model is a server in a thread of the test, at a port of its own:

    with Model("small", {"code": 0.1, "letter": 0.9}) as small: ... small.url

By hand, until it is interrupted:

    stub_models.py PORT NAME code=0.1 letter=0.9 [fails]
"""
import hashlib
import http.server
import json
import sys
import threading
import time

KINDS = {
    "code": ["Write a Python function that {} a list of integers",
             "Fix the bug in this C code: for (i = 0; i <= n; i++) {}(a[i]);",
             "Explain the compiler error in my Rust function {}()"],
    "letter": ["Write a friendly letter to my grandmother who {}s roses",
               "Please translate into French: the old man {}s by the sea",
               "Compose a short poem about a lonely cat that {}s at night"],
}
VERBS = ["sort", "merge", "count", "watch", "paint", "reverse", "wander", "sing",
         "collect", "dream", "search", "filter"]


def prompt(kind, number):
    """The kind's prompt of that number; few of them are the same."""
    forms = KINDS[kind]
    verb = VERBS[number // len(forms) % len(VERBS)]
    return f"{forms[number % len(forms)].format(verb)} ({number})"


def kind_of(text):
    """The kind of a prompt that prompt() has made, or None."""
    for kind, forms in KINDS.items():
        if any(text.startswith(form.split("{")[0]) for form in forms):
            return kind
    return None


def last_prompt(body):
    """What the last message of a user says, in either form that it may have."""
    content = [m for m in body["messages"] if m["role"] == "user"][-1]["content"]
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


class Model:
    """quality is the probability of a good answer by kind of prompt, 0.5 of another
    kind: by the prompt alone, so that a repeated run is the same.  Where fails is true
    a bad answer is the status 500; each takes so many seconds at least."""

    def __init__(self, name, quality, fails=False, seconds=0.0, port=0):
        self.name, self.quality, self.fails = name, quality, fails
        self.seconds = seconds
        self.seen = []  # of each request: its kind, and the model it asked for
        self.bodies = []
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"model": self})
        self.server = _Server(("127.0.0.1", port), handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.05])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """From now on nobody is at its port."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def is_good(self, text):
        chance = hashlib.sha256(f"{self.name} {text}".encode()).digest()
        drawn = int.from_bytes(chance[:4], "big") / 2**32
        return drawn < self.quality.get(kind_of(text), 0.5)

    def answer(self, body):
        """Status and body of the answer to a body that was sent."""
        text = last_prompt(body)
        with self.lock:
            self.seen.append((kind_of(text), body.get("model")))
            self.bodies.append(body)
        time.sleep(self.seconds)
        good = self.is_good(text)
        if self.fails and not good:
            return 500, {"error": {"message": "out of my depth", "type": "server_error"}}
        return 200, {
            "id": f"chatcmpl-{len(self.seen)}", "object": "chat.completion",
            "created": 0, "model": body.get("model", self.name),
            "served_by": self.name,
            "choices": [{"index": 0, "finish_reason": "stop", "message": {
                "role": "assistant",
                "content": "a good answer" if good else "a bad answer"}}],
            "usage": {"prompt_tokens": len(text.split()), "completion_tokens": 3,
                      "total_tokens": len(text.split()) + 3}}


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True  # a gateway may keep its connections
    request_queue_size = 128


class _Handler(http.server.BaseHTTPRequestHandler):
    model = None
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _send(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):  # pylint: disable=invalid-name
        self._send(200, {"object": "list", "data": [
            {"id": self.model.name, "object": "model", "created": 0, "owned_by": "test"}]})

    def do_POST(self):  # pylint: disable=invalid-name
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            answer = self.model.answer(json.loads(data))
        except (AttributeError, LookupError, RecursionError, TypeError,
                ValueError) as why:
            answer = 400, {"error": {"message": str(why), "type": "invalid_request_error"}}
        self._send(*answer)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


if __name__ == "__main__":
    with Model(sys.argv[2], {k: float(v) for k, _, v in
                             (word.partition("=") for word in sys.argv[3:]) if v},
               "fails" in sys.argv[3:], port=int(sys.argv[1])) as served:
        print(served.url, flush=True)
        try:
            served.thread.join()
        except KeyboardInterrupt:
            pass
