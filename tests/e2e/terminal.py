"""A program on a terminal of a test, and what that shows."""
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from daemon import PATIENCE

CSI = re.compile(r"\x1b\[([0-9;?]*)([@-~])|\x1b[()][0AB]|\x1b([=>78M])")


class Screen:
    """As much of a vt100 as ncurses asks of it."""

    def __init__(self, columns, rows):
        self.left = ""
        self.resize(columns, rows)

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.row = self.column = 0
        self.region = 0, rows
        self.lines = [[" "] * columns for _ in range(rows)]

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.lines)

    def feed(self, text):
        text, self.left = self.left + text, ""
        while text:
            if text[0] != "\x1b":
                self.char(text[0])
                text = text[1:]
                continue
            match = CSI.match(text)
            if not match:
                assert len(text) < 32, repr(text[:32])
                self.left = text
                return
            if match.group(2):
                self.control(match.group(1), match.group(2))
            elif match.group(3) == "M":
                self.up()
            text = text[match.end():]

    def char(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.down()
        elif char == "\b":
            self.column = max(self.column - 1, 0)
        elif char >= " ":
            if self.column < self.columns:
                self.lines[self.row][self.column] = char
            self.column += 1

    def scroll(self, out, into):
        """Within the region, one line; its numbers."""
        del self.lines[out]
        self.lines.insert(into, [" "] * self.columns)

    def down(self):
        if self.row == self.region[1] - 1:
            self.scroll(self.region[0], self.row)
        else:
            self.row = min(self.row + 1, self.rows - 1)

    def up(self):
        if self.row == self.region[0]:
            self.scroll(self.region[1] - 1, self.row)
        else:
            self.row = max(self.row - 1, 0)

    def control(self, numbers, what):
        n = [int(x) if x.isdigit() else 0 for x in numbers.split(";")]
        if what == "H":
            n = (n + [1, 1])[:2] if numbers else [1, 1]
            self.row = min(max(n[0], 1), self.rows) - 1
            self.column = min(max(n[1], 1), self.columns) - 1
        elif what in "ABCD":
            row, column = {"A": (-1, 0), "B": (1, 0), "C": (0, 1),
                           "D": (0, -1)}[what]
            self.row = min(max(self.row + row * max(n[0], 1), 0),
                           self.rows - 1)
            self.column = min(max(self.column + column * max(n[0], 1), 0),
                              self.columns - 1)
        elif what == "J":
            first = 0 if n[0] == 2 else self.row + 1
            if n[0] == 0:
                self.clear_line()
            for row in range(first, self.rows):
                self.lines[row] = [" "] * self.columns
        elif what == "K":
            if n[0] == 1:
                self.lines[self.row][:self.column + 1] = [" "] * (
                    self.column + 1)
            else:
                self.clear_line()
        elif what == "r":
            n = n if len(n) == 2 else [1, self.rows]
            self.region = n[0] - 1, min(n[1], self.rows)
            self.row = self.column = 0
        else:
            assert what in "mhl", (numbers, what)

    def clear_line(self):
        self.lines[self.row][self.column:] = [" "] * (
            self.columns - self.column)


class Terminal:
    """The program runs until it is closed."""

    def __init__(self, argv, env, columns=80, rows=24, before=None):
        self.screen = Screen(columns, rows)
        self.raw = b""
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                self._size(0, columns, rows)
                # A shell lets what it runs in the background ignore it.
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                if before:
                    before()
                os.execve(argv[0], argv, env)
            finally:
                os._exit(126)

    @staticmethod
    def _size(fd, columns, rows):
        fcntl.ioctl(fd, termios.TIOCSWINSZ,
                    struct.pack("4H", rows, columns, 0, 0))

    def resize(self, columns, rows):
        """The kernel sends SIGWINCH."""
        self.screen.resize(columns, rows)
        self._size(self.fd, columns, rows)

    def keys(self, text):
        os.write(self.fd, text.encode())

    def read(self):
        """False at the end."""
        ready, _, _ = select.select([self.fd], [], [], PATIENCE)
        if not ready:
            raise AssertionError("nothing is shown any more:\n" +
                                 self.screen.text())
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            return False
        self.raw += data
        self.screen.feed(self.decoder.decode(data))
        return bool(data)

    def shows(self, *parts, without=()):
        """Waits until all parts are on the screen, and those others not."""
        until = time.monotonic() + PATIENCE
        while True:
            text = self.screen.text()
            if all(p in text for p in parts) and \
                    not any(p in text for p in without):
                return text
            assert time.monotonic() < until, (parts, text)
            assert self.read(), f"it ended without {parts}:\n{text}"

    def ends(self):
        """Reads the rest; its exit status."""
        while self.read():
            pass
        return self.wait()

    def wait(self):
        _, status = os.waitpid(self.pid, 0)
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def close(self):
        """Takes the terminal away."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
