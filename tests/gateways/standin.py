"""Programs of a sandbox that ask the one who made it."""
import os
import socket
import sys
import threading

# A program of the sandbox: it asks howto.py, which has started it, and ends as told.
SCRIPT = """#!{python}
import socket, sys
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect("{root}/asked")
    asked.sendall("\\0".join([{name!r}, *sys.argv[1:]]).encode())
    asked.shutdown(socket.SHUT_WR)
    answer = b"".join(iter(lambda: asked.recv(4096), b"")).decode()
sys.exit(answer or 0)
"""


def write(root, name):
    """The program of that name, in root/bin."""
    path = f"{root}/bin/{name}"
    with open(path, "w", encoding="utf-8") as out:
        out.write(SCRIPT.format(python=sys.executable, root=root, name=name))
    os.chmod(path, 0o755)


class Asked:
    """Answers them, one after another, while it is entered: by do(name, words), whose
    exception is what the program ends with."""

    def __init__(self, root, do):
        self.do = do
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{root}/asked")
        self.listener.listen()
        self.thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as asked:
                name, *words = asked.read().decode().split("\0")
                try:
                    self.do(name, words)
                except Exception as error:  # pylint: disable=broad-except
                    connection.sendall(f"{name}: {error}".encode())
