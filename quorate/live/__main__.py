"""Play the synthetic run on this terminal: `python -m quorate.live [QUESTIONS] [SPEED]`."""

import sys

from quorate.live.demo import main

main(sys.argv[1:])
