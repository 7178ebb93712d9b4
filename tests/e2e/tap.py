"""Tests that report in the Test Anything Protocol.

A test is a function marked with @test; main() runs them in their order, and
goes on after one that failed.  A watchdog ends what hangs.
"""
import signal
import sys
import time
import traceback

_tests = []


class Skip(Exception):
    """Raised by a test that cannot run here; says why."""


def test(function):
    _tests.append(function)
    return function


def note(text):
    for line in str(text).splitlines():
        print("#", line)


def _watchdog(signum, frame):
    raise TimeoutError("the test hangs")


def _run(number, function):
    name = function.__name__
    start = time.monotonic()
    try:
        function()
    except Skip as why:
        print(f"ok {number} - {name} # SKIP {why}")
    except Exception:  # pylint: disable=broad-except
        note(traceback.format_exc())
        print(f"not ok {number} - {name}")
        return False
    else:
        print(f"ok {number} - {name}")
    finally:
        note(f"{time.monotonic() - start:.2f} s")
        sys.stdout.flush()
    return True


def main(seconds=120, after=None):
    """Runs all tests; after() cleans up.  Ends the process."""
    signal.signal(signal.SIGALRM, _watchdog)
    signal.alarm(seconds)
    print(f"1..{len(_tests)}")
    try:
        passed = [_run(i, t) for i, t in enumerate(_tests, 1)]
    finally:
        signal.alarm(0)
        if after:
            after()
    sys.exit(0 if all(passed) else 1)
