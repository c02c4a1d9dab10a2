"""Python's garbage collector, set for how wopo works.

Almost nothing here dies in a circle, and a process keeps some hundred thousand objects from its
start to its end: modules, tables, validators, compiled statements. Looked through again for every
seven hundred new ones, as Python does by itself, they make the work on a large document dearer with
every line of it (``python -m benchmarks match``).
"""

import gc

NEW = 10_000
"""Objects made before the youngest are looked at."""
ROUNDS = 20
"""How often a generation is looked at before the next older one is."""


def settle_garbage() -> None:
    """Never look again at what is there now, and seldom at the rest. Called once, by whoever starts
    a process, when all is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW, ROUNDS, ROUNDS)
