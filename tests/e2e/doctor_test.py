"""banditctl doctor: each row by a situation of a real daemon."""
import json
import os
import random
import resource
import signal
import socket
import subprocess
import time

from daemon import BANDITCTL, BANDITD, Daemon
from tap import Skip, main, test

EX_WARNINGS, EX_UNAVAILABLE, EX_NOPERM, EX_CONFIG = 1, 69, 77, 78
ROUTER = """
router "default" {
    dimension = 2  rff_dimension = 16
    %s
    arm "a" { } arm "b" { }
}
"""
CONFIG = ROUTER % ""
X = [1.0, 2.0]
NOBODY = 65534


def doctor(daemon, *words, **more):
    """The exit status, and the row of each check."""
    env = daemon.environment(
        PATH=os.path.dirname(BANDITD) + ":" + os.environ["PATH"])
    done = daemon.ctl("-j", "doctor", *words, env=env, **more)
    checks = json.loads(done.stdout)["checks"]
    for row in checks:
        assert row["found"], row
        wrong = row["result"] in ("warning", "bad")
        assert bool(row["advice"]) == wrong, row
    return done.returncode, {row["check"]: row for row in checks}


def finds(daemon, check, result, *parts, words=()):
    """A row, and that it says those parts."""
    status, rows = doctor(daemon, *words)
    row = rows[check]
    assert row["result"] == result, row
    for part in parts:
        assert part in row["found"], (part, row)
    if result == "bad":
        assert status in (EX_CONFIG, EX_UNAVAILABLE, EX_NOPERM), status
    elif result == "warning":
        assert status != 0, status
    return row


def play(client, n, reward, **more):
    """Decisions, with the reward of each arm; None: none."""
    for i in range(n):
        d = client.call("decide", x=X, **more)
        value = reward(d["arm"], i)
        if value is not None:
            client.call("feedback", decision=d["decision"], reward=value)


@test
def a_daemon_in_order_has_nothing_found():
    with Daemon(CONFIG) as daemon:
        rng = random.Random(1)
        play(daemon.client(), 60, lambda arm, i: rng.uniform(0.3, 0.7))
        status, rows = doctor(daemon)
        assert status == 0, rows
        assert {r["result"] for r in rows.values()} == {"ok"}, rows
        assert len(rows) == 24, len(rows)


@test
def it_is_a_table_for_people():
    with Daemon(CONFIG) as daemon:
        daemon.client().fails("dimension_mismatch", "decide", x=[1.0])
        done = daemon.ctl("doctor")
        assert done.returncode == EX_CONFIG, done
        lines = done.stdout.splitlines()
        at = [i for i, line in enumerate(lines)
              if line.startswith("requests    bad ")][0]
        assert "another length" in lines[at], lines
        assert "  > Use one embedding model per router" in "".join(
            lines[at + 1:at + 4]), lines
        assert lines[-1].endswith("1 bad"), lines
        assert max(map(len, lines)) <= 80, lines


@test
def without_a_daemon_it_says_how_to_start_it():
    daemon = Daemon(CONFIG)
    try:
        status, rows = doctor(daemon, "-c", daemon.config)
        assert status == EX_UNAVAILABLE
        assert rows["socket"]["result"] == rows["daemon"]["result"] == "bad"
        assert "systemctl start banditd" in rows["socket"]["advice"]
        assert rows["config"]["result"] == "ok"
        assert rows["others"]["result"] == "skipped"
        assert "stuck" not in rows
        with open(daemon.socket, "w", encoding="ascii"):
            pass
        finds(daemon, "socket", "bad", "not a socket")
    finally:
        daemon.remove()


@test
def a_socket_that_a_killed_daemon_left_is_no_daemon():
    with Daemon(CONFIG) as daemon:
        daemon.kill()
        status, rows = doctor(daemon)
        assert status == EX_UNAVAILABLE
        assert rows["socket"]["result"] == "ok"
        assert rows["daemon"]["result"] == "bad", rows["daemon"]


@test
def a_daemon_that_hangs_is_not_said_to_be_away():
    with Daemon(CONFIG) as daemon:
        daemon.signal(signal.SIGSTOP)
        try:
            done = daemon.ctl("-t", "0.2", "-j", "doctor")
        finally:
            daemon.signal(signal.SIGCONT)
        assert done.returncode == EX_UNAVAILABLE, done
        rows = {row["check"]: row for row in json.loads(done.stdout)["checks"]}
        assert rows["socket"]["result"] == "ok", rows
        assert "did not answer" in rows["daemon"]["found"], rows
        assert "hangs" in rows["daemon"]["advice"], rows
        assert "Start it" not in rows["daemon"]["advice"], rows
        assert "in force" not in rows["config"]["found"], rows


@test
def a_socket_open_to_all_is_a_warning():
    with Daemon(CONFIG + 'socket_mode = "0666"') as daemon:
        finds(daemon, "socket", "warning", "every user", "0666")


def as_nobody(groups):
    def become():
        os.setgroups(groups)
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    return become


def _nobody_can_run():
    try:
        done = subprocess.run([BANDITCTL, "-V"], preexec_fn=as_nobody([]),
                              stdout=subprocess.DEVNULL, check=False,
                              stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


def open_to_group(daemon, gid):
    """As an installed daemon has it; what nobody runs must be readable."""
    os.chmod(daemon.dir, 0o755)
    os.chown(daemon.socket, 0, gid)


@test
def another_user_is_told_which_group_to_join():
    if os.getuid() != 0:
        raise Skip("only root can be another user")
    if not _nobody_can_run():
        raise Skip("another user cannot run what is built here")
    with Daemon(CONFIG) as daemon:
        open_to_group(daemon, 12345)
        status, rows = doctor(daemon, preexec_fn=as_nobody([]))
        assert status == EX_NOPERM, rows
        for check in "socket", "group":
            assert rows[check]["result"] == "bad", rows
            assert "usermod -aG 12345 nobody" in rows[check]["advice"], rows
        status, rows = doctor(daemon, preexec_fn=as_nobody([12345]))
        assert rows["socket"]["result"] == rows["group"]["result"] == "ok"
        # It may decide, and no more.
        assert rows["daemon"]["result"] == "warning", rows["daemon"]
        assert "role read" in rows["daemon"]["advice"], rows["daemon"]
        assert status == EX_WARNINGS, status
        os.chmod(daemon.dir, 0o700)
        status, rows = doctor(daemon, preexec_fn=as_nobody([12345]))
        assert status == EX_NOPERM
        assert daemon.dir in rows["socket"]["found"], rows["socket"]


@test
def a_group_that_the_login_does_not_have_yet():
    """As for a user who is in it by the database, and not in this shell."""
    if os.getuid() != 0:
        raise Skip("only root can be another user")
    if not _nobody_can_run():
        raise Skip("another user cannot run what is built here")
    with Daemon(CONFIG) as daemon:
        open_to_group(daemon, NOBODY)

        def become():
            os.setgroups([])
            os.setgid(12345)
            os.setuid(NOBODY)
        _, rows = doctor(daemon, preexec_fn=become)
        assert rows["group"]["result"] == "bad", rows
        assert "does not have it yet" in rows["group"]["found"], rows
        assert "newgrp" in rows["group"]["advice"], rows


class Impostor:
    """Answers ping with another version, and denies the rest."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(8)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.serve()
            finally:
                os._exit(0)

    def serve(self):
        import msgpack
        while True:
            peer, _ = self.listener.accept()
            unpacker = msgpack.Unpacker(raw=False)
            while data := peer.recv(4096):
                unpacker.feed(data)
                for _, msgid, method, _ in unpacker:
                    ping = {"version": "9.9\x1b[31m", "uptime": 1.0}
                    peer.sendall(msgpack.packb(
                        [1, msgid, None, ping] if method == "ping" else
                        [1, msgid, "internal: \x07no", None]))

    def stop(self):
        self.listener.close()
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


@test
def another_version_is_told_and_its_text_is_made_safe():
    daemon = Daemon(CONFIG)
    impostor = Impostor(daemon.socket)
    try:
        row = finds(daemon, "version", "warning", "9.9?[31m")
        assert "Restart" in row["advice"]
        row = finds(daemon, "daemon", "bad", "internal: ?no")
    finally:
        impostor.stop()
        daemon.remove()


@test
def a_configuration_that_is_wrong_is_told_in_banditds_words():
    with Daemon(CONFIG) as daemon:
        daemon.configure("router \"default\" {\n dimenson = 2\n}")
        finds(daemon, "config", "bad", "conf:2", "dimenson")
        finds(daemon, "in force", "skipped")
        finds(daemon, "config", "bad", "/nowhere/at/all",
              words=("-c", "/nowhere/at/all"))


@test
def what_differs_from_the_file_is_told():
    with Daemon(CONFIG) as daemon:
        daemon.configure(ROUTER.replace('arm "b" { }', 'arm "c" { }') %
                         'explore_floor = 0.25 policy = "thompson"' +
                         ' router "more" { dimension = 3 }')
        row = finds(daemon, "in force", "warning",
                    "explore_floor is 0.25 in the file and 0 in the daemon",
                    "policy is thompson in the file and pak-ucb in the daemon",
                    "arm c of router default of the file is not",
                    "router more of the file is not")
        assert "reload" in row["advice"]
        daemon.configure(ROUTER % "explore_floor = 0.25")
        daemon.client().call("reload")
        finds(daemon, "in force", "ok")


@test
def a_state_directory_open_to_others_is_a_warning():
    with Daemon(CONFIG) as daemon:
        os.chmod(daemon.state, 0o755)
        finds(daemon, "state", "warning", "0755")
        os.chmod(daemon.state, 0o700)
        finds(daemon, "state", "ok")
        if os.getuid() == 0:
            os.chown(daemon.state, NOBODY, NOBODY)
            finds(daemon, "state", "bad", "belongs to user nobody")
        os.rename(daemon.state, daemon.state + ".away")
        finds(daemon, "state", "bad", "there is no " + daemon.state)
        os.rename(daemon.state + ".away", daemon.state)


@test
def too_few_files_for_the_clients_is_a_warning():
    daemon = Daemon(CONFIG)

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    try:
        daemon.start(preexec_fn=limit)
        finds(daemon, "files", "warning", "256 files", "max_clients is 1000")
    finally:
        daemon.remove()


@test
def connections_that_were_refused_are_told():
    with Daemon(CONFIG + "max_clients = 1") as daemon:
        first, second = daemon.raw(), daemon.raw()
        first.request(1, "ping")
        first.receive()
        assert second.receive() is None
        first.close()
        second.close()
        finds(daemon, "clients", "warning", "1 connections were refused")


@test
def durability_memory_is_told():
    with Daemon(CONFIG + 'durability = "memory"') as daemon:
        finds(daemon, "durability", "warning", "a crash")


@test
def a_daemon_that_was_killed_is_told():
    with Daemon(CONFIG) as daemon:
        play(daemon.client(), 5, lambda arm, i: 0.5)
        daemon.kill()
        daemon.start()
        finds(daemon, "recovery", "warning", "killed or crashed")


@test
def no_backup_of_much_is_told():
    with Daemon(CONFIG + 'durability = "memory"') as daemon:
        client = daemon.client()
        for i in range(1000):
            client.call("observe", x=X, arm="ab"[i % 2], reward=0.3 + i / 2e3)
        finds(daemon, "backup", "warning", "there is no backup")
        client.call("backup", path=os.path.join(daemon.dir, "copy"))
        finds(daemon, "backup", "ok", "0.0 days old")


@test
def what_clients_do_wrong_is_told_with_its_cause():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        client.fails("dimension_mismatch", "decide", x=[1.0])
        client.fails("dimension_mismatch", "decide", x=[1.0])
        client.fails("not_finite", "decide", x=[1.0, float("nan")])
        client.fails("unknown_router", "decide", x=X, router="other")
        client.fails("unknown_arm", "observe", x=X, arm="z", reward=0.5)
        client.fails("unknown_decision", "feedback", decision="z", reward=0.5)
        client.fails("out_of_range", "observe", x=X, arm="a", reward=7)
        row = finds(daemon, "requests", "bad",
                    "2 requests had a vector of another length",
                    "1 request had NaN", "outside reward_range",
                    "(unknown_router)", "(unknown_arm)", "(unknown_decision)")
        assert "embedding model" in row["advice"]


@test
def arms_that_are_missing_or_off_are_told():
    with Daemon('router "default" { dimension = 2 }') as daemon:
        client = daemon.client()
        finds(daemon, "arms", "bad", "has no arms")
        client.call("arm.add", arm="a")
        finds(daemon, "arms", "warning", "one arm")
        for i in range(30):
            client.call("arm.add", arm=f"model-{i}", enabled=False)
        row = finds(daemon, "arms", "warning", "model-0, ", " more")
        assert len(row["found"]) < 250, row
        client.call("arm.set", arm="a", enabled=False)
        finds(daemon, "arms", "bad", "every arm")


@test
def rewards_that_never_come_are_told():
    with Daemon(CONFIG) as daemon:
        play(daemon.client(), 30, lambda arm, i: None)
        finds(daemon, "feedback", "bad", "30 decisions", "not one reward")


@test
def an_arm_that_is_never_rewarded_is_told():
    with Daemon(ROUTER % "explore_floor = 0.8") as daemon:
        play(daemon.client(), 120,
             lambda arm, i: 0.4 + i / 1e3 if arm == "a" else None)
        finds(daemon, "feedback", "warning", "though chosen: b")


@test
def decisions_that_expire_are_told():
    with Daemon(ROUTER % "decision_ttl = 1") as daemon:
        client = daemon.client()
        play(client, 40, lambda arm, i: None)
        until = time.monotonic() + 30
        while client.call("status")["pending"] > 0:
            assert time.monotonic() < until
        finds(daemon, "expired", "warning", "expired without a reward")


@test
def rewards_that_are_all_equal_are_told():
    with Daemon(CONFIG) as daemon:
        play(daemon.client(), 60, lambda arm, i: 1.0)
        finds(daemon, "range", "bad", "every reward", "is 1")


@test
def rewards_of_a_small_part_of_the_range_are_told():
    with Daemon(ROUTER % "reward_range = {0, 100}") as daemon:
        play(daemon.client(), 60, lambda arm, i: 40.5 + (i % 2) / 4)
        finds(daemon, "range", "warning", "less than 1 %")


@test
def rewards_at_the_edge_of_the_range_are_told():
    with Daemon(CONFIG) as daemon:
        play(daemon.client(), 160,
             lambda arm, i: 0.5 if i == 100 else 1.0)
        finds(daemon, "range", "warning", "at the edge")


@test
def a_router_that_never_settles_is_told():
    with Daemon(ROUTER % 'policy = "uniform"') as daemon:
        rng = random.Random(2)
        play(daemon.client(), 600, lambda arm, i:
             rng.uniform(0.1, 0.3) if arm == "a" else rng.uniform(0.6, 0.8))
        row = finds(daemon, "settling", "warning", "does not settle",
                    "while b earns")
        assert "exploration" in row["advice"]


@test
def a_router_that_is_stuck_is_told():
    with Daemon(CONFIG) as daemon:
        rng = random.Random(3)
        play(daemon.client(), 150, lambda arm, i: rng.uniform(0.2, 0.6),
             exclude=["b"])
        row = finds(daemon, "stuck", "warning", "one arm has 100 %",
                    "hardly tried are b")
        assert "explore_floor" in row["advice"]


@test
def a_cost_weight_without_costs_is_told():
    with Daemon(ROUTER % "cost_weight = 0.5") as daemon:
        finds(daemon, "cost", "warning", "no arm has a cost")
        daemon.client().call("arm.set", arm="a", cost=2)
        finds(daemon, "cost", "ok")


@test
def a_wrong_command_line_is_refused():
    with Daemon(CONFIG) as daemon:
        for words in ("-c",), ("-x",), ("a", "b"):
            assert daemon.ctl("doctor", *words).returncode == 64, words


if __name__ == "__main__":
    main()
