"""python -m ksr_tui: the explorer, with the same options."""

import os
import sys

from . import program

path = program("ksr-tui")
os.execv(path, [path, *sys.argv[1:]])
