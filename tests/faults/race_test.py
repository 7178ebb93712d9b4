"""Two daemons for one directory and one socket: one wins, the other says who.

$RACES says how many (20)."""
import os
import select
import socket
import subprocess

from daemon import PATIENCE, Daemon
from faults import FULL
from tap import main, note, test

RACES = int(os.environ.get("RACES", "100" if FULL else "20"))
EX_UNAVAILABLE = 69


class Racer:
    def __init__(self, daemon, name):
        self.path = os.path.join(daemon.dir, name)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(self.path)
        self.process = subprocess.Popen(
            daemon.command(), stderr=subprocess.PIPE, text=True,
            env=daemon.environment(NOTIFY_SOCKET=self.path))
        self.gone = os.pidfd_open(self.process.pid)

    def wins(self):
        """Waits until it serves, or has ended."""
        ready, _, _ = select.select([self.notify, self.gone], [], [],
                                    PATIENCE)
        assert ready, "neither serves nor ends"
        return self.notify in ready

    def close(self):
        self.process.kill()
        self.process.communicate()
        self.notify.close()
        os.unlink(self.path)
        os.close(self.gone)


def race(daemon):
    racers = [Racer(daemon, name) for name in ("one", "two")]
    try:
        winners = [r for r in racers if r.wins()]
        assert len(winners) == 1, [r.process.poll() for r in racers]
        winner, = winners
        loser, = set(racers) - {winner}
        assert loser.process.wait(PATIENCE) == EX_UNAVAILABLE
        said = loser.process.stderr.read()
        assert f"process {winner.process.pid}" in said, said
        client = daemon.client()
        assert client.call("status")["pid"] == winner.process.pid
        client.call("observe", x=[1, 2], arm="a", reward=1)
    finally:
        for racer in racers:
            racer.close()
    return racers.index(winner)


@test
def of_two_exactly_one_wins():
    """Each race finds the socket that the last winner left behind."""
    daemon = Daemon('router "default" { dimension = 2  arm "a" { } }')
    try:
        second = sum(race(daemon) for _ in range(RACES))
        note(f"{RACES} races, of which the second won {second}")
        daemon.start()
        assert daemon.client().call("status")["rewards"] == RACES
    finally:
        daemon.remove()


@test
def a_socket_that_is_removed_comes_back():
    with Daemon() as daemon:
        client = daemon.client()
        os.unlink(daemon.socket)
        while not os.path.exists(daemon.socket):
            client.call("ping")
        client.call("ping")  # so that it listens, too
        assert daemon.client().call("ping")["protocol"] == 1
        assert daemon.stop() == 0
        assert not os.path.exists(daemon.socket)


main(600)
