"""``python -m benchmarks [name ...]``: each prints one JSON line with its floor."""

import json
import sys

from benchmarks import click, cycle, home, matching, memory, sweep
from wopo.garbage import settle_garbage

ALL = {
    "cycle": cycle.benchmarks,
    "click": click.benchmarks,
    "match": matching.benchmarks,
    "home": home.benchmarks,
    "memory": memory.benchmarks,
    "sweep": sweep.benchmarks,
}

# As every process of wopo does when it has started.
settle_garbage()
for name in sys.argv[1:] or ALL:
    for line in ALL[name]():
        print(json.dumps(line), flush=True)
