"""Starting, stopping, reloading, and who may do what."""
import grp
import os
import pwd
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys

import msgpack

from daemon import BANDITD, PATIENCE, Daemon
from tap import Skip, main, test

EX_USAGE, EX_DATAERR, EX_UNAVAILABLE, EX_CONFIG = 64, 65, 69, 78
X = [1.0, 2.0, 3.0]
CONFIG = """
router "default" { dimension = 3  arm "a" { cost = 1 }  arm "b" { cost = 2 } }
"""


def rewarded(client, x, reward=0.5):
    decision = client.call("decide", x=x)
    client.call("feedback", decision=decision["decision"], reward=reward)
    return decision


@test
def without_configuration_it_is_usable_at_once():
    with Daemon() as daemon:
        client = daemon.client()
        client.call("arm.add", arm="first")
        assert rewarded(client, [1, 2, 3, 4])["arm"] == "first"
        router, = client.call("routers")["routers"]
        assert router["router"] == "default"
        assert router["dimension"] == 4
        assert daemon.stop() == 0
        assert not os.path.exists(daemon.socket)


@test
def state_and_socket_are_for_their_owner_only():
    with Daemon() as daemon:
        assert os.stat(daemon.state).st_mode & 0o777 == 0o700
        for name in os.listdir(daemon.state):
            mode = os.stat(os.path.join(daemon.state, name)).st_mode
            assert mode & 0o077 == 0, name
        assert os.stat(daemon.socket).st_mode & 0o007 == 0


@test
def missing_directories_are_made():
    daemon = Daemon()
    try:
        daemon.state = os.path.join(daemon.dir, "a", "b", "state")
        daemon.socket = os.path.join(daemon.dir, "c", "d", "sock")
        daemon.start()
        assert daemon.client().call("ping")["protocol"] == 1
        assert daemon.stop() == 0
    finally:
        daemon.remove()


@test
def a_state_directory_has_one_daemon():
    with Daemon() as daemon:
        done = daemon.run("-s", daemon.socket + "2")
        assert done.returncode == EX_UNAVAILABLE, done
        assert str(daemon.process.pid) in done.stderr, done.stderr
        assert daemon.client().call("ping")["protocol"] == 1


@test
def a_socket_has_one_daemon():
    with Daemon() as daemon:
        done = daemon.run("-d", daemon.state + "2")
        assert done.returncode == EX_UNAVAILABLE, done
        assert daemon.socket in done.stderr, done.stderr
        assert daemon.client().call("ping")["protocol"] == 1


@test
def a_stale_socket_is_replaced():
    with Daemon() as daemon:
        daemon.kill()
        assert os.path.exists(daemon.socket)
        daemon.start()
        assert daemon.client().call("ping")["protocol"] == 1


@test
def a_file_that_is_no_socket_is_left_alone():
    daemon = Daemon()
    try:
        with open(daemon.socket, "w", encoding="utf-8") as out:
            out.write("precious")
        done = daemon.run()
        assert done.returncode != 0
        assert daemon.socket in done.stderr, done.stderr
        with open(daemon.socket, encoding="utf-8") as file:
            assert file.read() == "precious"
    finally:
        daemon.remove()


@test
def a_socket_path_that_is_too_long_is_refused():
    daemon = Daemon()
    try:
        done = daemon.run("-s", daemon.dir + "/" + "x" * 120)
        assert done.returncode == EX_CONFIG, done
        assert "socket = " in done.stderr and "107" in done.stderr
    finally:
        daemon.remove()


def change_meta(directory, name, old, new):
    """Puts another value of the same length into the store's table meta."""
    path = os.path.join(directory, "db", "data.mdb")
    with open(path, "rb") as file:
        data = file.read()
    node = name + old  # LMDB keeps key and value side by side
    assert node in data, "the page of meta looks different"
    with open(path, "wb") as file:
        file.write(data.replace(node, name + new))


@test
def state_of_a_newer_version_is_refused():
    with Daemon() as daemon:
        daemon.stop()
        change_meta(daemon.state, b"schema", struct.pack("<I", 3),
                    struct.pack("<I", 4))
        done = daemon.run()
        assert done.returncode == EX_DATAERR, done
        assert (f"{daemon.state} has schema 4; this banditd knows up to 3, "
                "use a newer one\n") in done.stderr, done.stderr
        change_meta(daemon.state, b"schema", struct.pack("<I", 4),
                    struct.pack("<I", 3))
        daemon.start()


@test
def sigterm_answers_what_was_asked():
    with Daemon(CONFIG) as daemon:
        raw = daemon.raw()
        n = 300
        raw.send(b"".join(
            msgpack.packb([0, i, "observe", [{"x": X, "arm": "a",
                                              "reward": 1}]])
            for i in range(n)))
        first = raw.receive()  # so that it has begun to take them
        daemon.signal(signal.SIGTERM)
        answers = [first]
        while (answer := raw.receive()) is not None:
            answers.append(answer)
        assert daemon.wait() == 0
        done = [a for a in answers if a[2] is None]
        assert all(a[2] is None or a[2].startswith("shutting_down: ")
                   for a in answers), answers
        daemon.start()
        rewards = daemon.client().call("routers")["routers"][0]["rewards"]
        assert rewards == len(done), (rewards, len(done))


@test
def sigint_ends_it_too():
    with Daemon() as daemon:
        daemon.signal(signal.SIGINT)
        assert daemon.wait() == 0


@test
def it_ends_though_a_client_stays_connected():
    with Daemon() as daemon:
        raw = daemon.raw()
        raw.request(1, "ping")
        raw.receive()
        assert daemon.stop() == 0


def wait_until(client, condition):
    """Asks the daemon again and again, until it is so."""
    for _ in range(20000):
        if condition(client):
            return
    raise AssertionError("it never came")


@test
def a_reload_applies_what_can_change():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        daemon.configure(CONFIG.replace("dimension = 3", """dimension = 3
            policy = "greedy"  explore_floor = 0.25""").replace(
                'arm "b"', 'arm "c" { }  arm "b"'))
        daemon.signal(signal.SIGHUP)
        wait_until(client, lambda c: len(c.call("arms")["arms"]) == 3)
        client.call("reload")
        router, = client.call("routers")["routers"]
        assert router["policy"] == "greedy"
        assert router["explore_floor"] == 0.25


@test
def a_reload_is_refused_as_a_whole():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        before = client.call("routers"), client.call("arms")
        new_arm = CONFIG.replace('arm "b"', 'arm "c" { }  arm "b"')
        for word, text in (
                ("dimension", new_arm.replace("= 3", "= 4")),
                ("kernel", new_arm.replace("= 3", '= 3  kernel = "cubic"')),
                ("seed", new_arm.replace("= 3", "= 3  seed = 2")),
                ("colour", new_arm + "colour = 3\n"),
                ("default", new_arm.replace('"default"', '"renamed"')),
                ("", new_arm + "router {{{")):
            daemon.configure(text)
            try:
                client.call("reload")
            except Exception as error:  # of any code; the words matter
                assert word in str(error), f"no '{word}' in: {error}"
            else:
                raise AssertionError(f"reloaded: {text}")
            assert (client.call("routers"), client.call("arms")) == before
        daemon.signal(signal.SIGHUP)
        wait_until(client, lambda c: c.call("ping") and
                   "not reloaded" in daemon.read_log())
        daemon.configure(new_arm)
        assert client.call("reload") == {}
        assert len(client.call("arms")["arms"]) == 3


@test
def configuration_errors_say_where():
    for text, words in (
            ("colour = 3\n", ("conf", "colour")),
            ('router "r" { colour = 3 }\n', ("conf", "colour")),
            ('router "r" { dimension = 0 }\n', ("dimension",)),
            ('router "r" { kernel = "cubic" }\n', ("kernel", "cubic")),
            ('router "r" { features = "rff" kernel = "poly" }\n',
             ("kernel", "exact")),
            ('router "r" { }\nrouter "r" { }\n', ("r",)),
            ('router "r" { arm "a" { } arm "a" { } }\n', ("a",)),
            ("router {\n", ("conf",))):
        daemon = Daemon(text)
        try:
            for options in (("-n",), ()):
                done = daemon.run(*options)
                assert done.returncode == EX_CONFIG, (text, done)
                for word in words:
                    assert word in done.stderr, (word, done.stderr)
            assert not os.path.exists(daemon.state)
        finally:
            daemon.remove()


@test
def options_check_and_print():
    daemon = Daemon(CONFIG)
    try:
        assert daemon.run("-n").returncode == 0
        shown = daemon.run("-t", "-o", "max_clients=17")
        assert shown.returncode == 0, shown
        assert "max_clients" in shown.stdout and "17" in shown.stdout
        assert not os.path.exists(daemon.state)
        daemon.configure(shown.stdout)  # what is printed can be read
        again = daemon.run("-t")
        assert again.stdout == shown.stdout, again
        assert daemon.run("-o", "max_clients=none").returncode == EX_CONFIG
        assert daemon.run("-o", "colour=3").returncode == EX_CONFIG
        assert daemon.run("--no-such").returncode == EX_USAGE
        assert daemon.run("-c", "/no/such/file").returncode == EX_CONFIG
        version = subprocess.run([BANDITD, "-V"], text=True, check=True,
                                 stdout=subprocess.PIPE)
        assert version.stdout.startswith("banditd ")
    finally:
        daemon.remove()


@test
def max_clients_is_a_limit():
    with Daemon(options=("-o", "max_clients=2")) as daemon:
        clients = [daemon.raw() for _ in range(2)]
        for client in clients:
            client.request(1, "ping")
            assert client.receive()[3]["protocol"] == 1
        third = daemon.raw()
        try:
            third.request(1, "ping")
        except BrokenPipeError:
            pass
        answer = third.receive()
        assert answer is None or answer[2] is not None, answer
        clients[0].request(2, "ping")
        assert clients[0].receive()[3]["protocol"] == 1


def story(daemon, numbers):
    """Decisions and rewards that are a function of the numbers alone."""
    client = daemon.client()
    answers = []
    for number in numbers:
        rng = random.Random(number)
        decision = client.call("decide",
                               x=[rng.gauss(0, 1) for _ in range(3)])
        if (number + 1) % 3:
            client.call("feedback", decision=decision["decision"],
                        reward=rng.random())
        answers.append((decision["arm"], decision["propensity"]))
    return answers, client.call("state_hash")["hash"]


@test
def the_same_requests_give_the_same_answers_also_across_a_restart():
    config = CONFIG.replace("= 3", "= 3  explore_floor = 0.5")
    with Daemon(config) as daemon:
        whole, _ = story(daemon, range(200))
    with Daemon(config) as daemon:
        first, _ = story(daemon, range(100))
        assert daemon.stop() == 0
        daemon.start()
        second, _ = story(daemon, range(100, 200))
    assert len({arm for arm, _ in whole}) == 2
    assert first + second == whole


@test
def a_decision_waits_across_a_restart():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        ids = [client.call("decide", x=X)["decision"],
               client.call("decide", x=X, decision="mine")["decision"]]
        arm = client.call("decide", x=X, decision="mine")["arm"]
        hash_before = client.call("state_hash")
        daemon.stop()
        daemon.start()
        client = daemon.client()
        assert client.call("state_hash") == hash_before
        assert client.call("status")["pending"] == 2
        assert client.call("decide", x=X, decision="mine")["arm"] == arm
        for decision in ids:
            assert client.call("feedback", decision=decision,
                               reward=1)["applied"] is True
        assert client.call("status")["pending"] == 0


@test
def a_backup_is_a_state_directory():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        for i in range(20):
            rewarded(client, [1, i, 2])
        copy = os.path.join(daemon.dir, "copy")
        client.call("backup", path=copy)
        before = client.call("state_hash")
        client.fails("conflict", "backup", path=copy)
        daemon.stop()
        shutil.rmtree(daemon.state)
        os.rename(copy, daemon.state)
        daemon.start()
        assert daemon.client().call("state_hash") == before


PASS_SOCKET = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""


@test
def it_takes_a_socket_from_the_service_manager():
    daemon = Daemon()
    path = os.path.join(daemon.dir, "given")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(16)
    process = subprocess.Popen(
        [sys.executable, "-c", PASS_SOCKET, str(listening.fileno()),
         *daemon.command()], pass_fds=[listening.fileno()],
        env=daemon.environment(), stderr=subprocess.DEVNULL)
    listening.close()
    try:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(PATIENCE)
        client.connect(path)  # the kernel queues it until it serves
        client.sendall(msgpack.packb([0, 1, "ping", []]))
        assert msgpack.unpackb(client.recv(4096))[3]["protocol"] == 1
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert os.path.exists(path)  # it is not ours to remove
    finally:
        process.kill()
        process.wait()
        daemon.remove()


@test
def it_goes_into_the_background_when_it_serves():
    daemon = Daemon()
    try:
        command = [word for word in daemon.command() if word != "-f"]
        done = subprocess.run(command, env=daemon.environment(), text=True,
                              stderr=subprocess.PIPE, timeout=PATIENCE,
                              check=False)
        assert done.returncode == 0, done
        client = daemon.client()
        pid = client.call("status")["pid"]
        gone = os.pidfd_open(pid)
        second = subprocess.run(command, env=daemon.environment(), text=True,
                                stderr=subprocess.PIPE, timeout=PATIENCE,
                                check=False)
        assert second.returncode == EX_UNAVAILABLE, second
        os.kill(pid, signal.SIGTERM)
        assert select.select([gone], [], [], PATIENCE)[0]
        os.close(gone)
    finally:
        daemon.remove()


def as_nobody(daemon, *methods):
    """What another user is answered: by method "ok", or the error's code;
    "closed" where it cannot even connect.  Skips where that cannot be."""
    if os.geteuid() != 0:
        raise Skip("only root can become somebody else")
    nobody = pwd.getpwnam("nobody")
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        os.write(theirs, msgpack.packb(ask_each(daemon, methods)))
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as answers:
        got = answers.read()
    os.waitpid(pid, 0)
    return msgpack.unpackb(got)


PARAMS = {"decide": {"x": X}, "observe": {"x": X, "arm": "a", "reward": 1},
          "score": {"x": X}, "arm.add": {"arm": "new"}}


def ask_each(daemon, methods):
    answers = {}
    for method in methods:
        try:
            raw = daemon.raw()
        except PermissionError:
            answers[method] = "closed"
            continue
        raw.request(1, method, **PARAMS.get(method, {}))
        error = raw.receive()[2]
        answers[method] = error.split(":")[0] if error else "ok"
    return answers


def with_role(text):
    daemon = Daemon(CONFIG + text + '\nsocket_mode = "0666"\n')
    os.chmod(daemon.dir, 0o711)
    return daemon


ALL = ("ping", "methods", "decide", "observe", "score", "status", "arms",
       "metrics", "arm.add", "reload", "checkpoint")


def allowed(text):
    with with_role(text) as daemon:
        answers = as_nobody(daemon, *ALL)
    assert set(answers.values()) <= {"ok", "denied"}, answers
    return {method for method, answer in answers.items() if answer == "ok"}


@test
def the_socket_keeps_strangers_out():
    with Daemon(CONFIG) as daemon:
        os.chmod(daemon.dir, 0o711)
        assert as_nobody(daemon, "ping") == {"ping": "closed"}


@test
def roles_say_who_may_do_what():
    anyone = {"ping", "methods"}
    decide = anyone | {"decide", "observe", "score"}
    read = anyone | {"score", "status", "arms", "metrics"}
    group = grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
    for text, wanted in (
            ("", anyone),
            ('role "decide" { users = {"nobody"} }', decide),
            ('role "read" { users = {"nobody"} }', read),
            (f'role "read" {{ groups = {{"{group}"}} }}', read),
            ('role "admin" { users = {"nobody"} }', set(ALL))):
        assert allowed(text) == wanted, text


main()
