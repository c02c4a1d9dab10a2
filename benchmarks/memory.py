"""(e) Memory of the bot's process with every module that it loads at work."""

import subprocess
import sys
from typing import Any

PROGRAM = """
import resource
import bot.__main__
import bot.app
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def benchmarks() -> list[dict[str, Any]]:
    """Peak memory of a process of its own, in MiB."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    return [
        {
            "benchmark": "memory of the bot, everything imported",
            "mib": round(int(done.stdout) / 1024, 1),
            "target": "at most 120 MiB while running",
        }
    ]
