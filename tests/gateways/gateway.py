"""What a gateway's test asks of it, whichever it is."""
import http.client
import json
import threading
import time

from daemon import PATIENCE
from stub_models import prompt

KINDS = ("code", "letter")


class Answer:
    def __init__(self, response, seconds):
        self.status = response.status
        self.text = response.read()
        self.headers = response.headers
        self.decision = response.getheader("X-Banditd-Decision")
        self.model = response.getheader("X-Banditd-Model")
        self.seconds = seconds

    def json(self):
        return json.loads(self.text)


class Caller:
    """One connection to the gateway at that port, kept open where it keeps it."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def post(self, path, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        start = time.monotonic()
        self.connection.request("POST", path, data, {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()}})
        response = self.connection.getresponse()
        return Answer(response, time.monotonic() - start)

    def ask(self, text, **headers):
        return self.post("/v1/chat/completions",
                         {"model": "any", "tools": [], "messages": [
                             {"role": "system", "content": "Be brief."},
                             {"role": "user", "content": text}]}, **headers)


class Traffic:
    """Callers that ask one thing after another, until it is left; caller() makes one."""

    def __init__(self, caller, callers=3):
        self.end = threading.Event()
        self.answers = []
        self.errors = []
        self.threads = [threading.Thread(target=self._call, args=(caller, i * 100000))
                        for i in range(callers)]

    def _call(self, make, number):
        try:
            with make() as caller:
                while not self.end.is_set():
                    number += 1
                    self.answers.append(
                        caller.ask(prompt(KINDS[number % 2], number)))
        except (OSError, http.client.HTTPException) as error:
            self.errors.append(error)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        for thread in self.threads:
            thread.join()

    def wait(self, what, wanted):
        """Until a later answer is one that is wanted."""
        seen, deadline = len(self.answers), time.monotonic() + PATIENCE
        while not any(wanted(answer) for answer in self.answers[seen:]):
            assert time.monotonic() < deadline and not self.errors, \
                f"never {what}: {self.errors}"
            time.sleep(0.01)

    def check(self):
        """No request was lost; the longest one's seconds."""
        assert not self.errors, self.errors
        failed = [a.text for a in self.answers if a.status != 200]
        assert not failed, failed[:3]
        return max(a.seconds for a in self.answers)


def learn(models, best, step, rounds=30, each=10, wanted=0.8):
    """Asks of each kind in turn, step(kind, number), until the share of its best model
    was as wanted in a round; the shares of each round."""
    table = []
    for number in range(rounds):
        before = {name: len(model.seen) for name, model in models.items()}
        for i in range(each):
            for kind in best:
                step(kind, number * each + i)
        table.append({
            kind: sum(seen == kind for seen, _ in models[name].seen[before[name]:]) / each
            for kind, name in best.items()})
        if number > 2 and min(table[-1].values()) >= wanted:
            return table
    raise AssertionError(f"the traffic has not moved: {table}")
