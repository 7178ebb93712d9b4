"""What a how-to of doc/ tells to do.

A how-to is Markdown for people, of which two things are for machines as well:

    Put this in `path`:         the fenced block that follows is that file
    ```sh                       a block of commands, for bash

Commands begin in an empty folder or, where the page says "fresh clone", in one.
"""
import os
import re

from daemon import SOURCE

FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PUT = re.compile(r"^Put this in `([^`]+)`[^\n]*:\n\n?$", re.MULTILINE)


class Step:
    """path is None where the text is commands."""

    def __init__(self, path, text):
        self.path = path
        self.text = text


def text_of(page):
    with open(os.path.join(SOURCE, "doc", page), encoding="utf-8") as file:
        return file.read()


def steps(page):
    """What the page tells to do, in its order."""
    text = text_of(page)
    found, end = [], 0
    for fence in FENCE.finditer(text):
        put = None
        for put in PUT.finditer(text, end, fence.start()):
            pass  # the last before the block
        if put and put.end() == fence.start():
            found.append(Step(put[1], fence[2]))
        elif fence[1] == "sh":
            found.append(Step(None, fence[2]))
        end = fence.end()
    assert found, f"{page} tells nothing to do"
    return found


def needs_clone(page):
    return "fresh clone" in text_of(page)


def script_of(page):
    """The page as it stands, for bash; its first line says where it begins."""
    lines = ["# in a clone" if needs_clone(page) else "# anywhere", "set -euxo pipefail"]
    for step in steps(page):
        if step.path:
            lines += [f"mkdir -p '{os.path.dirname(step.path) or '.'}'",
                      f"cat >'{step.path}' <<'--end-of-file--'",
                      step.text + "--end-of-file--"]
        else:
            lines.append(step.text)
    return "\n".join(lines)
