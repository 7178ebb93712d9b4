"""The wall clock is set back a day, and forward ten years, while it serves and
while it does not; what measures time goes on."""
import random

from faults import SEED, FaultyDaemon
from load import DIMENSION, Ledger, Load, check_after, packed, refold
from tap import main, test

DAY, YEARS = 86400, 10 * 366 * 86400
CONFIG = """
router "default" {
    dimension = 8  rff_dimension = 64  half_life = "7d"  explore_floor = 0.3
    bandwidth = 4  decision_ttl = 200000
    arm "a" { }  arm "b" { }  arm "c" { }
}
"""


class Story:
    """What is asked of one daemon whose clock is wrong by and by."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.rng = random.Random(SEED)
        self.ledger = Ledger()
        self.parts = 0
        self.ids = set()
        self.x = self.context()
        self.waiting = []
        with_client(daemon, self.decide)

    def context(self):
        return packed(self.rng.gauss(0, 1) for _ in range(DIMENSION))

    def decide(self, client):
        """Some that nobody rewards for now, and that are on disk."""
        for _ in range(5):
            new = client.call("decide", x=self.context())["decision"]
            assert new not in self.ids, new
            self.ids.add(new)
            self.waiting.append(new)
        client.call("checkpoint")

    def serve(self):
        self.parts += 1
        load = Load(self.daemon, self.ledger, self.rng, f"{self.parts}")
        load.run(200)
        load.finish()
        with_client(self.daemon, self.decide)

    def restart(self):
        self.daemon.kill()
        wanted, _ = refold(self.daemon.state)
        self.daemon.start()
        return wanted

    def known(self, client):
        return [(s["arm"], s["sigma"])
                for s in client.call("score", x=self.x)["scores"]]


def with_client(daemon, function):
    client = daemon.client()
    try:
        return function(client)
    finally:
        client.close()


def until_said(daemon, text, times=1):
    """Until its log says so; it looks at the clock once a second."""
    client = daemon.client()
    while daemon.read_log().count(text) < times:
        client.call("ping")
    client.close()


def nothing_has_expired(story, client):
    assert client.call("arms")["arms"]
    assert sum(a["expired"] for a in client.call("arms")["arms"]) == 0
    assert client.call("status")["pending"] >= len(story.waiting)


def fades(story, client, sigma):
    """Arms that nobody rewards are as unsure again as at the beginning, within
    what forgetting leaves its prior (5 % of a variance)."""
    while any(now <= sigma[arm] for arm, now in story.known(client)):
        pass
    for arm, now in story.known(client):
        assert abs(now * 3 ** 0.5 - 1) < 0.03, (arm, sigma[arm], now)


@test
def a_day_back_and_again_forward_expires_nothing():
    with FaultyDaemon(CONFIG) as daemon:
        story = Story(daemon)
        for clock in (0, -DAY, 0):
            daemon.shim.clock(clock)
            story.serve()
            with_client(daemon, lambda c: nothing_has_expired(story, c))
            wanted = story.restart()
            check_after(daemon, story.ledger, wanted)
            story.serve()
        for decision in story.waiting:
            answer = daemon.client().call("feedback", decision=decision,
                                          reward=0.5)
            assert answer["applied"] is True


@test
def ten_years_forward_while_it_serves_forget_nothing():
    with FaultyDaemon(CONFIG) as daemon:
        story = Story(daemon)
        story.serve()
        client = daemon.client()
        before = story.known(client)
        daemon.shim.clock(YEARS)
        until_said(daemon, "the clock has jumped")
        for (arm, was), (_, now) in zip(before, story.known(client)):
            assert abs(now / was - 1) < 1e-3, (arm, was, now)
        story.serve()
        nothing_has_expired(story, client)
        daemon.shim.clock(0)
        until_said(daemon, "the clock is back")
        story.serve()
        nothing_has_expired(story, client)
        wanted = story.restart()
        check_after(daemon, story.ledger, wanted)


@test
def a_start_ten_years_later_takes_the_clock_as_it_is():
    """What waits expires, and what was learnt fades; then the clock is set
    right again, and all goes on."""
    with FaultyDaemon(CONFIG) as daemon:
        story = Story(daemon)
        story.serve()
        sigma = dict(with_client(daemon, story.known))
        daemon.shim.clock(YEARS)
        wanted = story.restart()
        assert with_client(daemon, lambda c: c.call("state_hash"))["hash"] \
            == wanted
        client = daemon.client()
        while client.call("status")["pending"] > 0:
            pass
        for decision in story.waiting:
            client.fails("expired", "feedback", decision=decision, reward=1)
        story.waiting.clear()
        fades(story, client, sigma)
        story.serve()
        daemon.shim.clock(0)
        wanted = story.restart()
        check_after(daemon, story.ledger, wanted)
        story.serve()
        wanted = story.restart()
        check_after(daemon, story.ledger, wanted)


main()
