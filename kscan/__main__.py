"""``python -m kscan``: for hooks, which name the interpreter and not a command on the path."""

import sys

from kscan.cli.start import entry

sys.exit(entry())
