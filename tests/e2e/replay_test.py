"""Real prompts, replayed through the socket, are routed better than blindly.

The rewards are those of data/; the bound is far below what is expected, and
far above what a router that learns nothing reaches.
"""
import csv
import os
import shutil
import subprocess

from daemon import BUILD, SOURCE, Daemon
from tap import Skip, main, note, test

GATEWAY = os.path.join(BUILD, "eval", "demo-gateway")


def replay(daemon, name, *options):
    path = os.path.join(daemon.dir, "log.tsv")
    subprocess.run([GATEWAY, "-s", daemon.socket, "-o", path, *options,
                    os.path.join(SOURCE, "data", name + ".brp")],
                   check=True, stderr=subprocess.DEVNULL)
    with open(path, encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t"))


def mean(rows, column):
    return sum(float(row[column]) for row in rows) / len(rows)


@test
def real_prompts_earn_more_than_by_chance():
    with Daemon(options=("-o", "durability=memory")) as daemon:
        rows = replay(daemon, "llmrouter_dev", "-n", "1500")
        router, = daemon.client().call("routers")["routers"]
    assert len(rows) == router["rewards"] == router["decisions"] == 1500
    late = rows[750:]
    got, chance = mean(late, "reward"), mean(late, "uniform")
    note(f"banditd {got:.4f}, uniform {chance:.4f}, best single arm "
         f"{mean(late, 'best_arm'):.4f}")
    assert got > chance + 0.08


@test
def a_replay_goes_on_after_a_crash_as_if_there_had_been_none():
    options = ("-n", "400")
    with Daemon() as daemon:
        whole = replay(daemon, "pareto_val", *options)
    with Daemon() as daemon:
        replay(daemon, "pareto_val", *options, "--until", "150")
        before = daemon.client().call("state_hash")
        daemon.kill()
        daemon.start()
        assert daemon.client().call("state_hash") == before
        halves = replay(daemon, "pareto_val", *options, "--from", "150")
    for row in whole + halves:
        del row["decide_us"], row["feedback_us"]
    assert halves == whole


@test
def the_picture_of_the_demo_is_drawn():
    if shutil.which("gnuplot") is None:
        raise Skip("no gnuplot")
    script = os.path.join(SOURCE, "script")
    with Daemon(options=("-o", "durability=memory")) as daemon:
        replay(daemon, "pareto_val", "-n", "600")
        out = os.path.join(daemon.dir, "picture")
        subprocess.run(["awk", "-v", f"curve={out}.tsv", "-f",
                        os.path.join(script, "demo.awk"),
                        os.path.join(daemon.dir, "log.tsv")],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["gnuplot", "-e", f"name='x'; out='{out}'; "
                        f"curve='{out}.tsv'; half=300",
                        os.path.join(script, "demo.gp")], check=True)
        for kind in ("svg", "png"):
            assert os.path.getsize(f"{out}.{kind}") > 1000


main()
