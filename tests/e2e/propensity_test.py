"""What decide says it would choose, and how likely: every decision of a real
daemon is made again from its log, by tests/reckon, and comes out the same.

$DECISIONS says how many (3,000), $SEED how.
"""
import os
import random
import re
import subprocess

from daemon import BUILD, Daemon, PATIENCE, packed
from tap import main, note, test

DECISIONS = int(os.environ.get("DECISIONS", "3000"))
SEED = int(os.environ.get("SEED", "1"))
RECKON = os.path.join(BUILD, "tests", "reckon")
DIMENSION = 6
WINDOW = 32  # requests under way at once
FORGOTTEN = 0.1  # share of decisions that are never rewarded

ARMS = """
    arm "a" { cost = 1 }  arm "b" { cost = 2 }  arm "c" { cost = 0.5 }
    arm "d" { cost = 1  group = "g" }  arm "e" { cost = 4  group = "g" }
"""
ROUTERS = {
    "ucb": 'explore_floor = 0.1  bandwidth = 1',
    "greedy": 'policy = "greedy"  explore_floor = 0.3  bandwidth = 1',
    "uniform": 'policy = "uniform"  bandwidth = 1',
    "fixed": 'policy = "fixed"  explore_floor = 1  bandwidth = 1',
    "ucb1": 'policy = "ucb1"  cost_weight = 0.05  bandwidth = 1',
    "thompson": 'policy = "thompson"  cost_weight = 0.02  bandwidth = 1',
    "auto": 'policy = "thompson"  exploration = 1  explore_floor = 0.05',
    "forgets": 'policy = "thompson"  half_life = "20"  bandwidth = 1  '
               'exploration = 0.5',
    "ahead": 'policy = "thompson"  pending = "hallucinate"  '
             'exploration = 0.5  bandwidth = 1',
    "ahead-ucb": 'pending = "hallucinate"  bandwidth = 1  '
                 'explore_floor = 0.1',
    "ahead-forgets": 'policy = "thompson"  pending = "hallucinate"  '
                     'half_life = "20"  exploration = 0.5  bandwidth = 1',
    "ahead-auto": 'pending = "hallucinate"  explore_floor = 0.1',
    "turns": 'policy = "in-slate-thompson"  exploration = 1  bandwidth = 1',
    "ranks": 'policy = "in-slate-thompson"  slate_order = "rank-major"  '
             'exploration = 1  explore_floor = 0.1  bandwidth = 1',
    "choice": 'policy = "in-slate-thompson"  reward_model = "choice"  '
              'bandwidth = 1',
    "first": 'dimension = "auto"  policy = "thompson"  exploration = 1',
    "exact": 'policy = "thompson"  features = "exact"  max_points = 50  '
             'bandwidth = 1  exploration = 1',
}
# Beyond max_pending the oldest expire; where they teach nothing then, the log
# does not keep their contexts.
EXPIRED = dict.fromkeys(ROUTERS, "default_reward = 0.25")
EXPIRED.update({"ucb": "", "choice": ""})
# A restart adds what waits anew, which forgetting had made less of.
# Not where contexts choose the bandwidth: the log says nothing of their order.
OBSERVED = [name for name in ROUTERS
            if name != "choice" and "bandwidth" in ROUTERS[name]]
NAMES = "abcde"
# Too long ago, none left, too many for rank-major, an arm removed since.
EXPECTED = ("expired", "no_eligible_arm", "out_of_range", "unknown_arm")


def config(routers):
    """Of these routers."""
    text = "max_pending = 400\n"
    for name in routers:
        known = "" if "dimension" in ROUTERS[name] else "dimension = 6"
        text += (f'router "{name}" {{ {known}  rff_dimension = 32  '
                 f'{EXPIRED[name]}  {ROUTERS[name]}  {ARMS} }}\n')
    return text


class Load:
    """Decisions in any order, and what comes back late or never."""

    def __init__(self, daemon, rng, routers):
        self.routers = routers
        self.rng = rng
        self.raw = daemon.raw()
        self.asked = {}    # msgid -> (method, params)
        self.waiting = []  # [(router, decision, slate or None)]
        self.msgid = 0
        self.made = 0
        self.added = []

    def send(self, method, **params):
        self.msgid += 1
        self.asked[self.msgid] = (method, params)
        self.raw.request(self.msgid, method, **params)

    def context(self):
        return packed(self.rng.gauss(0, 1) for _ in range(DIMENSION))

    def some_arms(self, least):
        return self.rng.sample(NAMES, self.rng.randint(least, 4))

    def decide(self):
        rng = self.rng
        more = {}
        if rng.random() < 0.5:
            more["k"] = rng.randint(1, 6)
        if rng.random() < 0.2:
            more["arms"] = self.some_arms(3)
        if rng.random() < 0.1:
            more["exclude"] = [rng.choice(NAMES)]
        if rng.random() < 0.1:
            more["max_cost"] = 2
        if rng.random() < 0.3:
            more["prefer_arm"] = rng.choice(NAMES)
            more["switch_cost"] = rng.choice((0, 0.05, 0.3))
        if rng.random() < 0.2:
            more["decision"] = f"own-{rng.getrandbits(60):x}"
        self.send("decide", router=rng.choice(self.routers), x=self.context(),
                  **more)

    def change(self):
        """Arms cost more or less, go, come back, and new ones start from
        their group; rewards come from elsewhere."""
        rng = self.rng
        router, arm = rng.choice(self.routers), rng.choice(NAMES)
        kind = rng.random()
        if kind < 0.7:
            self.send("observe", router=rng.choice(OBSERVED), arm=arm,
                      x=self.context(), reward=rng.random())
        elif kind < 0.8:
            self.send("arm.set", router=router, arm=arm,
                      enabled=rng.random() < 0.7)
        elif kind < 0.9:
            self.send("arm.set", router=router, arm=arm, cost=rng.random())
        elif kind < 0.97:
            self.send("arm.add", router=router, group="g",
                      arm=f"new{self.msgid}")
            self.added.append((router, f"new{self.msgid}"))
        elif self.added:
            router, arm = self.added.pop()
            self.send("arm.remove", router=router, arm=arm)

    def reward(self):
        """What is shown is rewarded one by one, clicked or compared."""
        rng = self.rng
        at = rng.randrange(len(self.waiting))
        router, decision, slate = self.waiting.pop(at)
        kind = rng.choice(("click", "prefer") if router == "choice"
                          else ("click", "prefer", "feedback", "feedback"))
        if kind == "prefer" and slate and len(slate) > 1:
            winner, loser = rng.sample(slate, 2)
            self.send("prefer", decision=decision, winner=winner, loser=loser)
        elif slate and kind != "feedback":
            arm = rng.choice([*slate, None])
            self.send("click", decision=decision, arm=arm)
        elif router == "choice":
            self.send("click", decision=decision, arm=None)
        elif not slate:
            self.send("feedback", decision=decision, reward=rng.random())
        else:
            for arm in rng.sample(slate, rng.randint(1, len(slate))):
                self.send("feedback", decision=decision, arm=arm,
                          reward=rng.random())

    def take(self):
        _, msgid, error, result = self.raw.receive()
        method, params = self.asked.pop(msgid)
        if error:
            code = error.split(":")[0]
            assert code in EXPECTED, f"{method} {params}: {error}"
        elif method == "decide":
            self.made += 1
            if self.rng.random() > FORGOTTEN:
                self.waiting.append((params["router"], result["decision"],
                                     result.get("slate")))

    def run(self, decisions):
        while self.made < decisions:
            while len(self.asked) < WINDOW:
                kind = self.rng.random()
                if kind < 0.05:
                    self.change()
                elif self.waiting and kind < 0.5:
                    self.reward()
                else:
                    self.decide()
            self.take()

    def drain(self):
        while self.asked:
            self.take()
        self.raw.close()


def reckon(daemon):
    """What it counts: decisions, slates, differ, early, unknown."""
    done = subprocess.run([RECKON, daemon.state], text=True, check=False,
                          stdout=subprocess.PIPE, timeout=PATIENCE)
    note(done.stdout)
    assert done.returncode == 0, done.stdout
    numbers = re.fullmatch(r"(\d+) decisions, (\d+) slates, (\d+) differ, "
                           r"largest difference (\S+); (\d+) before the "
                           r"bandwidth or blind, (\d+) unknown\n",
                           done.stdout)
    return [float(n) for n in numbers.groups()]


@test
def every_decision_is_made_again():
    note(f"SEED={SEED} DECISIONS={DECISIONS}")
    with Daemon(config(ROUTERS)) as daemon:
        load = Load(daemon, random.Random(SEED), [*ROUTERS])
        load.run(DECISIONS)
        load.drain()
        assert daemon.stop() == 0
        decisions, slates, differ, largest, _, _ = reckon(daemon)
        assert differ == 0 and largest < 1e-9
        assert decisions > 0.9 * DECISIONS and slates > 0.3 * decisions


@test
def after_a_kill_too():
    rng = random.Random(SEED + 1)
    with Daemon(config(ROUTERS)) as daemon:
        made = 0
        for _ in range(3):
            load = Load(daemon, rng, [*ROUTERS])
            load.run(DECISIONS // 3)
            made += load.made
            daemon.kill()
            reckon(daemon)
            daemon.start()
        load = Load(daemon, rng, [*ROUTERS])
        load.run(100)
        load.drain()
        assert daemon.stop() == 0
        decisions, _, differ, largest, _, _ = reckon(daemon)
        assert differ == 0 and largest < 1e-9
        assert decisions > 0.8 * made, (decisions, made)


@test
def under_the_features_that_were_in_force():
    rng = random.Random(SEED + 2)
    with Daemon(config(ROUTERS)) as daemon:
        for settings in ({}, {"rff_dimension": 64}, {"bandwidth": 0.5}):
            client = daemon.client()
            for router in ("thompson", "ahead", "turns") if settings else ():
                client.call("rebuild", router=router, settings=settings)
            client.close()
            load = Load(daemon, rng, [*ROUTERS])
            load.run(DECISIONS // 3)
            load.drain()
        assert daemon.stop() == 0
        decisions, _, differ, largest, _, _ = reckon(daemon)
        assert differ == 0 and largest < 1e-9
        assert decisions > 0.9 * DECISIONS


main(600)
