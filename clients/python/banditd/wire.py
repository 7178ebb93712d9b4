# SPDX-License-Identifier: GPL-3.0-or-later
"""MessagePack-RPC, without a socket."""
import sys
from array import array
from typing import Any, Dict, Iterator, Optional, Tuple

import msgpack

from .errors import Error, answered, error

PROTOCOL = 1
ANSWER_MAX = 16 << 20  # bytes of one answer
REQUEST, RESPONSE, NOTIFICATION = 0, 1, 2

Answer = Tuple[int, Optional[Error], Any]  # msgid, error, result


def vector(x: Any) -> bytes:
    """As bytes of little-endian float32, which the daemon reads fastest; x is
    that already, or any sequence of numbers, such as an array of NumPy."""
    if isinstance(x, (bytes, bytearray)):
        return bytes(x)
    if hasattr(x, "astype"):
        return x.astype("<f4").tobytes()
    numbers = array("f", x)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def request(msgid: int, method: str, params: Dict[str, Any]) -> bytes:
    """Parameters that are None are left out.  bad_request: one is of a type
    that cannot be sent."""
    params = {k: v for k, v in params.items() if v is not None}
    try:
        if "x" in params:
            params["x"] = vector(params["x"])
        return msgpack.packb([REQUEST, msgid, method,
                              [params] if params else []])
    except (TypeError, ValueError, OverflowError) as why:
        raise error("bad_request",
                    f"{method}: a parameter cannot be sent: {why}") from why


class Answers:
    """Takes bytes as they come, gives whole answers.

    A value is stepped over before it is built: the headers of hostile bytes
    may announce lists of any length, for which nothing is allocated until
    their elements are here.
    """

    def __init__(self) -> None:
        self._scan = msgpack.Unpacker(max_buffer_size=ANSWER_MAX)
        self._data = bytearray()
        self._start = 0  # of _data, as _scan counts

    def feed(self, data: bytes) -> Iterator[Answer]:
        """(msgid, error, result) of each answer that is whole now.
        BadAnswer: what came is none, and nothing more can be read."""
        self._data += data
        try:
            if len(self._data) > ANSWER_MAX:
                raise ValueError(f"longer than {ANSWER_MAX} bytes")
            self._scan.feed(data)
            yield from self._whole()
        except (ValueError, RecursionError, msgpack.UnpackException) as why:
            raise error("bad_answer",
                        f"what came is no answer of banditd: {why}") from why

    def _whole(self) -> Iterator[Answer]:
        while self._data:
            try:
                self._scan.skip()
            except msgpack.OutOfData:
                return
            length = self._scan.tell() - self._start
            message = msgpack.unpackb(bytes(self._data[:length]))
            self._start += length
            del self._data[:length]
            if _is_answer(message):
                wrong = message[2]
                yield message[1], \
                    None if wrong is None else answered(wrong), message[3]


def _is_answer(message: Any) -> bool:
    """False for a notification, which is dropped; ValueError: neither."""
    if isinstance(message, list) and message:
        if message[0] == NOTIFICATION:
            return False
        if len(message) == 4 and message[0] == RESPONSE and \
                isinstance(message[1], int):
            return True
    raise ValueError("neither an answer nor a notification")
