"""The web server, with the farm loaded before its workers are: they begin with it, and share its memory.

`python -m beizhen.web` takes granian's options. A worker that dies is back without loading anything.
"""

import sys

from django.db import connections
from granian.cli import cli

from beizhen import wsgi

TARGET = f"{wsgi.__name__}:application"


def main() -> None:
    """Let go of what a worker must open for itself, and serve until told to stop."""
    connections.close_all()
    cli([*sys.argv[1:], TARGET], auto_envvar_prefix="GRANIAN")


if __name__ == "__main__":
    main()
