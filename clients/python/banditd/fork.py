# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client does in a process forked from its own."""
import os
import weakref
from typing import Any

_clients: "weakref.WeakSet[Any]" = weakref.WeakSet()


def watch(client: Any) -> None:
    """Has forked() of the client called in each new process."""
    _clients.add(client)


def _forked() -> None:
    for client in list(_clients):
        client.forked()


os.register_at_fork(after_in_child=_forked)
