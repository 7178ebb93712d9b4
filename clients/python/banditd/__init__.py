# SPDX-License-Identifier: GPL-3.0-or-later
"""Client of banditd, the online bandit daemon.

    client = banditd.Client()
    choice = client.route(x=features(prompt), default="model-a")
    answer = ask(choice.arm, prompt)
    client.report(choice, reward(answer))

route() and report() fail open: without a daemon route() answers the default
within a stated time, and report() is False.  Every other call raises Error.
AsyncClient is the same for asyncio.
"""
from .aio import AsyncClient
from .client import Client, Pending
from .decision import Decision
from .errors import BadAnswer, Denied, Error, Timeout, Unavailable

__all__ = ["AsyncClient", "BadAnswer", "Client", "Decision", "Denied",
           "Error", "Pending", "Timeout", "Unavailable"]
