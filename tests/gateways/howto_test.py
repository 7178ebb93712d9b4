"""Each how-to, followed word for word, does what it says."""
import glob
import os

from daemon import SOURCE
from howto import Sandbox, follow
from tap import Skip, main, note, test

PAGES = sorted(page for pattern in ("gateways/*.md", "quickstart/*.md", "quickstart*.md")
               for page in glob.glob(os.path.join(SOURCE, "doc", pattern)))


def follows(page):
    def test_of_page():
        note(follow(page))
    test_of_page.__name__ = page
    return test_of_page


for path in PAGES:
    test(follows(os.path.relpath(path, os.path.join(SOURCE, "doc"))))


@test
def a_page_whose_command_fails_is_no_how_to():
    for bad in ("curl -fsS http://127.0.0.1:8080/", "false | true", "echo $unset",
                "systemctl restart nothing", "apt-get install -y no-such-package"):
        with Sandbox("gateways/nginx.md") as sandbox:
            command = sandbox.steps[0]
            command.text = bad
            sandbox.steps = [command]
            try:
                output = sandbox.follow()
            except (AssertionError, Skip):
                continue
            raise AssertionError(f"{bad}: {output}")


main(900)
