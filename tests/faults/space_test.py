"""No space, by every way there is to it: decisions go on, rewards are answered
with "storage", and when there is space again it heals by itself.

With the name of a mount's directory as its argument this is the inner part,
in a namespace where it may mount a small file system there.
"""
import errno
import http.client
import json
import os
import random
import resource
import signal
import subprocess
import sys

from daemon import Daemon, packed
from faults import FULL, SEED, FaultyDaemon, need_shim
from load import (CONFIG, DROPPING, Ledger, Load, ask_all, check_after,
                  name_of, refold, settle)
from tap import Skip, main, note, test
from web import address, exchange

EX_IOERR = 74
MANY = 2000 if FULL else 300  # answers without space
LARGE = 4096  # numbers in a context, so that little space is soon full


def large(config):
    return config.replace("dimension = 8", f"dimension = {LARGE}") \
        .replace("rff_dimension = 64", "rff_dimension = 8")


LARGE_CONFIG = large(CONFIG)


class Large(Load):
    def context(self):
        return packed([self.rng.gauss(0, 1)] * LARGE)


def is_full(daemon):
    return daemon.client().call("status")["disk_full"]


def heals(daemon, load):
    """Rewards until one is taken; the daemon itself tries once a second.

    Not one whose answer was on its way when there was no space yet: another
    commit may have failed after that of such a one."""
    load.tolerated.add("storage")
    while load.asked:
        assert load.take(), daemon.read_log()
    before = len(load.ledger.rewards)
    # One may have been taken before there was space, and others not after it.
    while len(load.ledger.rewards) == before or is_full(daemon):
        load.run(1)
    load.finish()
    assert not is_full(daemon)


def without_space(daemon, load, fill, heal):
    """Serves, fills up, serves decisions, and heals; nothing is lost."""
    load.run(100)
    fill()
    load.tolerated.add("storage")
    while not load.errors:
        load.run(1)
    load.run(MANY)
    assert is_full(daemon)
    assert load.errors["storage"] > MANY // 10, load.errors
    note(f"{load.errors['storage']} rewards found no space")
    heal()
    heals(daemon, load)
    _, lost = settle(daemon, load.ledger)
    assert lost == 0  # no decision was


def check_drops(daemon, load):
    """With space, records leave the log again."""
    client = daemon.client()
    before = client.call("status")["dropped_records"]
    for _ in range(20):
        client.call("observe", x=load.context(), arm="a", reward=1)
    for _ in range(3):  # the third is after the drop that follows the second
        client.call("checkpoint")
    dropped = client.call("status")["dropped_records"] - before
    assert dropped >= 10, dropped


def check_kept(daemon, ledger):
    """What was answered is there after a kill and after a stop."""
    for end in daemon.kill, daemon.stop:
        end()
        wanted, _ = refold(daemon.state)
        daemon.start()
        check_after(daemon, ledger, wanted)


def disk_says_full(config, ledger):
    with FaultyDaemon(config) as daemon:
        load = Load(daemon, ledger, random.Random(SEED),
                    words=("checkpoint",))
        without_space(daemon, load,
                      lambda: daemon.shim.from_now_on("write", errno.ENOSPC),
                      daemon.shim.clear)
        check_kept(daemon, load.ledger)
        if ledger.dropping:
            check_drops(daemon, load)


def health(daemon):
    """Status and reason over HTTP."""
    connection = http.client.HTTPConnection(*address(daemon))
    status, _, body = exchange(connection, "GET", "/health")
    connection.close()
    return status, json.loads(body)["reason"]


@test
def health_says_that_there_is_no_space():
    with FaultyDaemon('http = "127.0.0.1:0"\n' + CONFIG) as daemon:
        load = Load(daemon, Ledger(), random.Random(SEED))
        load.run(10)
        assert health(daemon) == (200, None)
        daemon.shim.from_now_on("write", errno.ENOSPC)
        load.tolerated.add("storage")
        while not load.errors:
            load.run(1)
        status, reason = health(daemon)
        assert status == 503 and "disk is full" in reason, reason
        daemon.shim.clear()
        heals(daemon, load)
        assert health(daemon) == (200, None)


@test
def a_disk_that_says_it_is_full():
    disk_says_full(CONFIG, Ledger())


@test
def a_disk_that_says_so_where_records_are_dropped():
    disk_says_full(DROPPING, Ledger(True))


@test
def a_disk_that_says_so_of_every_other_write():
    """Some commits succeed in between, and the order of the log holds."""
    with FaultyDaemon(CONFIG) as daemon:
        load = Load(daemon, Ledger(), random.Random(SEED),
                    tolerated=("storage",))
        rng = random.Random(SEED)
        for _ in range(MANY // 10):
            daemon.shim.rule("write", "fail", rng.randrange(1, 9),
                             error=rng.choice((errno.ENOSPC, errno.EDQUOT)))
            load.run(10)
        daemon.shim.clear()
        heals(daemon, load)
        assert load.errors
        _, lost = settle(daemon, load.ledger)
        assert lost == 0
        check_kept(daemon, load.ledger)


@test
def a_disk_without_room_for_the_last_page():
    """Of a commit, with which LMDB then wants to do no more."""
    with FaultyDaemon(CONFIG) as daemon:
        load = Load(daemon, Ledger(), random.Random(SEED),
                    words=("rebuild", "backup"), tolerated=("storage",))
        for number in range(MANY // 10):
            daemon.shim.rule("sync", "fail", 1 + number % 4,
                             error=errno.ENOSPC)
            load.run(10)
        daemon.shim.from_now_on("sync", errno.ENOSPC)
        load.run(MANY)
        daemon.shim.clear()
        heals(daemon, load)
        assert load.errors["storage"] > MANY // 10, load.errors
        _, lost = settle(daemon, load.ledger)
        assert lost == 0
        check_kept(daemon, load.ledger)


@test
def killed_without_space():
    with FaultyDaemon(CONFIG) as daemon:
        ledger = Ledger()
        load = Load(daemon, ledger, random.Random(SEED))
        load.run(100)
        daemon.shim.from_now_on("write", errno.ENOSPC)
        load.tolerated.add("storage")
        load.run(50)
        daemon.kill()
        load.drain()
        daemon.shim.clear()
        wanted, _ = refold(daemon.state)
        daemon.start()
        check_after(daemon, ledger, wanted)


@test
def stopped_without_space():
    with FaultyDaemon(CONFIG) as daemon:
        ledger = Ledger()
        load = Load(daemon, ledger, random.Random(SEED))
        load.run(100)
        daemon.shim.from_now_on("write", errno.ENOSPC)
        load.tolerated.update(("storage", "shutting_down"))
        load.run(50)
        daemon.signal(signal.SIGTERM)
        load.drain()
        daemon.wait()
        assert "the disk is full" in daemon.read_log(), daemon.read_log()
        daemon.shim.clear()
        wanted, _ = refold(daemon.state)
        daemon.start()
        check_after(daemon, ledger, wanted)


@test
def a_start_without_space_says_so():
    with FaultyDaemon(CONFIG) as daemon:
        assert daemon.stop() == 0
        daemon.shim.from_now_on("write", errno.ENOSPC)
        done = daemon.run()
        assert done.returncode == EX_IOERR, done
        assert os.strerror(errno.ENOSPC) in done.stderr, done.stderr
        daemon.shim.clear()
        daemon.start()


@test
def a_backup_without_space_is_refused():
    with FaultyDaemon(CONFIG) as daemon:
        client = daemon.client()
        path = os.path.join(daemon.dir, "copy")
        for call in "write", "sync", "create", "name":
            daemon.shim.match("copy.part")
            daemon.shim.from_now_on(call, errno.ENOSPC)
            client.fails("storage", "backup", path=path)
            daemon.shim.clear()
            assert not os.path.exists(path)
            client.call("observe", x=[1] * 8, arm="a", reward=1)
        client.call("backup", path=path)
        assert not os.path.exists(path + ".part")


@test
def a_compaction_without_space_is_refused():
    with FaultyDaemon(CONFIG) as daemon:
        load = Load(daemon, Ledger(), random.Random(SEED))
        load.run(200)
        client = daemon.client()
        copy = os.path.join(daemon.state, "db", "data.mdb.new")
        for call in "write", "sync", "create", "name":
            before = client.call("state_hash")
            daemon.shim.match("data.mdb.new")
            daemon.shim.rule(call, "fail", 1, error=errno.ENOSPC)
            said = client.fails("storage", "compact")
            assert os.strerror(errno.ENOSPC) in said and copy in said, said
            daemon.shim.clear()
            assert not os.path.exists(copy)
            assert not is_full(daemon)
            assert client.call("state_hash")["seq"] >= before["seq"]
            load.run(20)
        load.finish()
        client.call("compact")
        check_kept(daemon, load.ledger)


@test
def compactions_on_a_disk_that_is_full_now_and_then():
    with FaultyDaemon(CONFIG) as daemon:
        load = Load(daemon, Ledger(), random.Random(SEED),
                    words=("compact", "checkpoint"), tolerated=("storage",))
        rng = random.Random(SEED)
        daemon.shim.match("data.mdb")  # and of no directory: that is final
        for _ in range(MANY // 10):
            load.send_compact()
            daemon.shim.rule(rng.choice(("write", "sync")), "fail",
                             rng.randrange(1, 9),
                             error=rng.choice((errno.ENOSPC, errno.EDQUOT)))
            load.run(10)
            daemon.shim.clear()
        heals(daemon, load)
        assert load.errors["storage"], load.errors
        _, lost = settle(daemon, load.ledger)
        assert lost == 0
        check_kept(daemon, load.ledger)


@test
def a_limit_on_the_size_of_files():
    """The write that meets it falls short, and is no fault of the disk."""
    with Daemon(LARGE_CONFIG) as daemon:
        load = Large(daemon, Ledger(), random.Random(SEED))
        data = os.path.join(daemon.state, "db", "data.mdb")
        pid = daemon.process.pid
        none = resource.RLIM_INFINITY, resource.RLIM_INFINITY
        without_space(
            daemon, load,
            lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (
                os.path.getsize(data) + 200 * 1000 + 7, none[1])),
            lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, none))
        check_kept(daemon, load.ledger)


@test
def a_map_that_cannot_grow():
    """The address space is all used; the map is full at 64 MiB."""
    if os.environ.get("SANITIZE"):
        raise Skip("sanitizers need address space without limits")
    with Daemon(LARGE_CONFIG) as daemon:
        load = Large(daemon, Ledger(), random.Random(SEED))
        pid = daemon.process.pid
        none = resource.RLIM_INFINITY, resource.RLIM_INFINITY

        def fill():
            with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                used = int(file.read().split()[0]) * resource.getpagesize()
            resource.prlimit(pid, resource.RLIMIT_AS,
                             (used + (30 << 20), none[1]))

        without_space(daemon, load, fill, lambda: resource.prlimit(
            pid, resource.RLIMIT_AS, none))
        check_kept(daemon, load.ledger)


def in_namespace():
    """Runs the tests at the end of this file where they may mount."""
    command = ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        probe = subprocess.run([*command, "mount", "-t", "tmpfs", "none",
                                "/mnt"], text=True, stderr=subprocess.PIPE,
                               check=False)
    except FileNotFoundError as error:
        raise Skip("there is no unshare(1)") from error
    if probe.returncode != 0:
        raise Skip("no mount in a user namespace: " + probe.stderr.strip())
    return command


def inside(function):
    done = subprocess.run([*in_namespace(), sys.executable, __file__,
                           function.__name__], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    note(done.stdout)
    assert done.returncode == 0


def mount(daemon, options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none",
                    daemon.state], check=True)


def small_disk():
    daemon = Daemon(LARGE_CONFIG)
    os.mkdir(daemon.state)
    mount(daemon, "size=3m")
    try:
        daemon.start()
        load = Large(daemon, Ledger(), random.Random(SEED))
        without_space(daemon, load, lambda: None,
                      lambda: mount(daemon, "remount,size=1g"))
        check_kept(daemon, load.ledger)
    finally:
        daemon.kill()
        subprocess.run(["umount", daemon.state], check=True)
        daemon.remove()


def fill_up(path):
    """Until not one byte more has room; what it was filled with."""
    filler = os.path.join(path, "filler")
    with open(filler, "ab", buffering=0) as file:
        for size in 1 << 20, 4096:
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                assert error.errno == errno.ENOSPC, error
    return filler


def assert_full(daemon):
    status = daemon.client().call("status")
    assert status["disk_full"] == 1 and status["ballast_bytes"] == 0, status


def decide_many(daemon, count):
    client = daemon.client()
    return [client.call("decide", x=packed([1] * LARGE))
            for _ in range(count)]


def reward_all(daemon, ledger, decisions):
    """How many of the rewards are taken; each finds its decision, or no
    space."""
    calls = [("feedback", {"decision": decision["decision"],
                           "arm": decision["arm"], "reward": 0.5})
             for decision in decisions]
    taken = 0
    for (method, params), (error, result) in zip(calls,
                                                 ask_all(daemon, calls)):
        assert error is None or error.startswith("storage:"), error
        if error is None and result["applied"]:
            ledger.rewards[name_of(method, params)] = (result["seq"], 1,
                                                       params)
        taken += error is None
    return taken


def until(daemon, row, value):
    """The daemon looks once a second."""
    client = daemon.client()
    while client.call("status")[row] != value:
        pass


def full_disk(config=LARGE_CONFIG, ledger=None):
    """What is decided while it is full is on disk after a stop, a start, and
    a kill, while it is full all the time."""
    daemon = Daemon(config)
    os.mkdir(daemon.state)
    mount(daemon, "size=32m")
    try:
        daemon.start()
        load = Large(daemon, ledger or Ledger(), random.Random(SEED),
                     words=("checkpoint",))
        load.run(100)
        ballast = os.path.getsize(os.path.join(daemon.state, "ballast"))
        assert daemon.client().call("status")["ballast_bytes"] == ballast
        filler = fill_up(daemon.state)
        load.tolerated.add("storage")
        while not load.errors:
            load.run(1)
        load.run(50)
        load.finish()
        assert_full(daemon)
        decisions = decide_many(daemon, 50)
        assert reward_all(daemon, load.ledger, decisions) == 0
        for end in daemon.stop, daemon.kill:
            fill_up(daemon.state)
            pending = daemon.client().call("status")["pending"]
            end()
            assert "operations are lost" not in daemon.read_log()
            wanted, _ = refold(daemon.state)
            daemon.start()
            status = daemon.client().call("status")
            assert status["pending"] == pending, (status, pending)
            assert daemon.client().call("state_hash")["hash"] == wanted
            reward_all(daemon, load.ledger, decisions)
        os.unlink(filler)
        until(daemon, "ballast_bytes", ballast)
        until(daemon, "disk_full", 0)
        assert reward_all(daemon, load.ledger, decisions) == 50
        _, lost = settle(daemon, load.ledger)
        assert lost == 0
        check_kept(daemon, load.ledger)
        if load.ledger.dropping:
            check_drops(daemon, load)
    finally:
        if daemon.process:
            daemon.kill()
        subprocess.run(["umount", daemon.state], check=True)
        daemon.remove()


def full_disk_dropping():
    full_disk(large(DROPPING), Ledger(True))


def start_on_full_disk():
    """With the ballast a start finds the room that it needs, and only without
    it says that there is none: an error, no signal of LMDB's lock file."""
    daemon = Daemon(LARGE_CONFIG)
    os.mkdir(daemon.state)
    mount(daemon, "size=32m")
    try:
        daemon.start()
        load = Large(daemon, Ledger(), random.Random(SEED))
        load.run(100)
        load.finish()
        assert daemon.stop() == 0
        wanted, _ = refold(daemon.state)
        lock = os.path.join(daemon.state, "db", "lock.mdb")
        os.unlink(lock)
        filler = fill_up(daemon.state)
        daemon.start()
        client = daemon.client()
        assert client.call("status")["ballast_bytes"] == 0
        assert client.call("state_hash")["hash"] == wanted
        assert "no room for the ballast" in daemon.read_log()
        daemon.kill()
        os.unlink(lock)
        fill_up(daemon.state)
        done = daemon.run()
        assert done.returncode == EX_IOERR, done
        assert os.strerror(errno.ENOSPC) in done.stderr, done.stderr
        os.unlink(filler)
        check_after(daemon.start(), load.ledger, wanted)
        assert daemon.stop() == 0
    finally:
        if daemon.process:
            daemon.kill()
        subprocess.run(["umount", daemon.state], check=True)
        daemon.remove()


def broken_disk():
    """Nearly full, but what it says is not for want of room: retried, it would
    go on for ever."""
    daemon = FaultyDaemon(LARGE_CONFIG)
    os.mkdir(daemon.state)
    mount(daemon, "size=32m")
    try:
        client = daemon.start().client()
        free = os.statvfs(daemon.state)
        with open(os.path.join(daemon.state, "filler"), "wb") as file:
            file.write(bytes(free.f_bavail * free.f_frsize - (512 << 10)))
        client.call("observe", x=packed([1] * LARGE), arm="a", reward=1)
        assert not is_full(daemon)
        daemon.shim.rule("write", "fail", 1, error=errno.EIO)
        raw = daemon.raw()
        raw.request(1, "observe", x=packed([1] * LARGE), arm="a", reward=1)
        answer = raw.receive()
        assert answer is None or answer[2].startswith("storage: "), answer
        assert daemon.wait() == EX_IOERR, daemon.read_log()
        daemon.shim.clear()
        assert daemon.start().client().call("status")["rewards"] == 1
    finally:
        if daemon.process:
            daemon.kill()
        subprocess.run(["umount", daemon.state], check=True)
        daemon.remove()


def read_only_disk():
    daemon = Daemon(CONFIG)
    os.mkdir(daemon.state)
    mount(daemon, "ro")
    try:
        done = daemon.run()
        assert done.returncode == EX_IOERR, done
        assert os.strerror(errno.EROFS) in done.stderr, done.stderr
        mount(daemon, "remount,rw")
        daemon.start().client().call("observe", x=[1] * 8, arm="a", reward=1)
        daemon.stop()
        mount(daemon, "remount,ro")
        done = daemon.run()
        assert done.returncode == EX_IOERR, done
        assert os.strerror(errno.EROFS) in done.stderr, done.stderr
        mount(daemon, "remount,rw")
        assert daemon.start().client().call("status")["rewards"] == 1
        daemon.stop()
    finally:
        subprocess.run(["umount", daemon.state], check=True)
        daemon.remove()


@test
def a_small_disk():
    inside(small_disk)


@test
def a_full_disk_with_ballast():
    inside(full_disk)


@test
def a_full_disk_where_records_are_dropped():
    inside(full_disk_dropping)


@test
def a_start_on_a_full_disk():
    inside(start_on_full_disk)


@test
def a_nearly_full_disk_that_is_broken():
    need_shim()
    inside(broken_disk)


@test
def a_read_only_disk():
    inside(read_only_disk)


if len(sys.argv) > 1:
    globals()[sys.argv[1]]()
else:
    main(1200)
