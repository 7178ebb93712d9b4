"""What an operator reads off status and metrics."""
import os
import resource
import time

from daemon import Daemon
from tap import main, test

CONFIG = """
router "default" { dimension = 3  arm "a" {}  arm "b" {} }
"""
X = [1.0, 2.0, 3.0]


def rewarded(client, times=1):
    for _ in range(times):
        decision = client.call("decide", x=X)["decision"]
        client.call("feedback", decision=decision, reward=0.5)


@test
def it_says_whether_the_last_run_ended_in_order():
    with Daemon(CONFIG) as daemon:
        assert daemon.client().call("status")["clean_start"] == 1
        rewarded(daemon.client(), 7)
        daemon.kill()
        daemon.start()
        status = daemon.client().call("status")
        assert status["clean_start"] == 0
        assert status["recovered_records"] >= 7
        assert status["recovery_time"] > 0
        assert daemon.stop() == 0
        daemon.start()
        status = daemon.client().call("status")
        assert status["clean_start"] == 1
        assert status["recovered_records"] == 0


@test
def commits_are_timed_and_counted():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        rewarded(client, 20)
        s = client.call("status")
        assert s["commits"] >= 20
        assert 0 < s["commit_p50"] <= s["commit_p99"] <= 1.05 * s["commit_max"]
        assert 1 <= s["batch_mean"] <= s["batch_max"]
        assert s["batch_last"] <= s["batch_max"]
        assert s["lag"] == s["received_seq"] - s["applied_seq"] == 0
        assert s["lag_time"] < 1
        assert s["disk_free_bytes"] > 0
        assert s["oldest_reader"] == 0


@test
def decisions_are_timed():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        s = client.call("status")
        assert s["decide_p50"] is None and s["decide_p99"] is None
        rewarded(client, 20)
        s = client.call("status")
        assert 0 < s["decide_p50"] <= s["decide_p99"] < 1


@test
def it_says_what_it_runs_with():
    with Daemon(CONFIG + "durability = \"memory\" max_clients = 7") as daemon:
        before = time.time()
        s = daemon.client().call("status")
        assert before <= s["time"] <= time.time()
        assert s["state_dir"] == daemon.state and s["config"] == daemon.config
        assert s["durability"] == "memory" and s["max_clients"] == 7
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        infinite = soft == resource.RLIM_INFINITY
        assert s["open_files"] == (None if infinite else soft)


@test
def rejects_are_counted_by_their_code():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        assert client.call("status")["rejects"] == {}
        for _ in range(2):
            client.fails("unknown_arm", "arm.set", arm="c", cost=1)
        client.fails("dimension_mismatch", "decide", x=[1.0])
        assert client.call("status")["rejects"] == {
            "unknown_arm": 2, "dimension_mismatch": 1}
        assert ('banditd_rejects_total{code="unknown_arm"} 2\n'
                in client.call("metrics")["text"])
        shown = daemon.ctl("status").stdout
        assert "unknown_arm" in shown, shown


@test
def the_hash_is_there_where_it_is_asked_for():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        rewarded(client)
        assert "state_hash" not in client.call("status")
        wanted = client.call("state_hash")["hash"]
        assert client.call("status", hash=True)["state_hash"] == wanted
        assert daemon.ctl_json("status", "hash=true")["state_hash"] == wanted


@test
def the_chain_is_that_of_the_log():
    with Daemon(CONFIG) as daemon:
        rewarded(daemon.client())
        chain = daemon.client().call("status")["log_chain"]
        daemon.stop()
        daemon.start()
        assert daemon.client().call("status")["log_chain"] == chain
        rewarded(daemon.client())
        assert daemon.client().call("status")["log_chain"] != chain


@test
def the_last_backup_is_known_after_a_restart():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        rewarded(client)
        assert client.call("status")["last_backup"] is None
        client.fails("bad_request", "backup", path="nowhere")
        assert client.call("status")["last_backup"] is None
        seq = client.call("backup", path=os.path.join(daemon.dir, "b"))["seq"]
        client.call("checkpoint")  # its note is on disk before this
        daemon.kill()
        daemon.start()
        status = daemon.client().call("status")
        assert status["backup_seq"] == seq
        assert abs(time.time() - status["last_backup"]) < 600
        text = daemon.client().call("metrics")["text"]
        assert f"banditd_backup_seq {seq}\n" in text


main()
