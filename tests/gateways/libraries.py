# SPDX-License-Identifier: GPL-3.0-or-later
"""What a decision through each client costs, against the bare socket.

The first table of script/overhead.

Each way asks one thing at a time, CALLS times in each of seven rounds, in which
the ways of a language take turns; what counts is the median of the medians,
and its ratio to the bare socket of the same language and run.
"""
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time

import msgpack

from daemon import BUILD, SOURCE, Daemon

sys.path.insert(0, os.path.join(SOURCE, "clients", "python"))
import banditd  # pylint: disable=wrong-import-position

ROUNDS, CALLS = 7, 500
DIMENSION = 384
X = [random.Random(1).random() for _ in range(DIMENSION)]
PACKED = banditd.wire.vector(X)


def median_us(ask):
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


async def async_median_us(client):
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        choice = await client.route(x=PACKED, default="small")
        times.append(time.perf_counter() - start)
        assert choice.decision, choice
    return statistics.median(times) * 1e6


def python_ways(path):
    """Rows of name, microseconds."""
    bare = socket.socket(socket.AF_UNIX)
    bare.connect(path)
    request = msgpack.packb([0, 0, "decide", [{"x": PACKED}]])
    client = banditd.Client(path, decide_timeout=5)
    asyncs = banditd.AsyncClient(path, decide_timeout=5)
    loop = asyncio.new_event_loop()

    def ask_bare():
        bare.sendall(request)
        bare.recv(65536)

    def ask_route(x):
        choice = client.route(x=x, default="small")
        assert choice.decision, choice.error

    for _ in range(ROUNDS):
        yield "Python: bare socket", median_us(ask_bare)
        yield "Python: route(x=bytes)", median_us(lambda: ask_route(PACKED))
        yield "Python: route(x=list)", median_us(lambda: ask_route(X))
        yield "asyncio: route(x=bytes)", \
            loop.run_until_complete(async_median_us(asyncs))
    asyncs.close()
    client.close()
    bare.close()
    loop.close()


def c_ways(env):
    out = subprocess.run([os.path.join(BUILD, "clients", "c", "overhead")],
                         text=True, check=True, stdout=subprocess.PIPE,
                         env=env).stdout
    for line in out.splitlines():
        name, micros = line.split("\t")
        yield name, float(micros)


def show(rows):
    ways = {}
    for name, micros in rows:
        ways.setdefault(name, []).append(micros)
    bare = None
    for name, all_micros in ways.items():
        micros = statistics.median(all_micros)
        bare = bare or micros
        print(f"{name:28} {micros:8.1f} us  {micros / bare:5.2f}")


def main():
    config = (f'router "default" {{ dimension = {DIMENSION}  '
              'arm "small" { }  arm "large" { } }')
    with Daemon(config) as daemon:
        with banditd.Client(daemon.socket, timeout=30) as client:
            for i in range(200):
                client.feedback(client.decide(x=PACKED), i % 2)
        show(c_ways(daemon.environment()))
        show(python_ways(daemon.socket))


if __name__ == "__main__":
    main()
