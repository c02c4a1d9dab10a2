"""The promises at their full counts, ``make soak``: a line when each begins and when it ends.

What a promise's tests say is kept in ``var/soak``; of one that fails the end is shown at once.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "var" / "soak"
SHOWN = 40
PROMISES = {
    "P1 killed at the door": "tests/promises/test_crash.py",
    "P1 killed elsewhere": "tests/promises/test_crash_elsewhere.py",
    "P2 P11 one decision": "tests/promises/test_one_decision.py",
    "P3 P4 one effect": "tests/promises/test_once.py",
    "P5 budget race": "tests/contracts/test_budget_race.py",
    "P13 duties apart": "tests/usecases/test_authority_properties.py",
    "P15 exact money": "tests/promises/test_exact_money.py",
    "P16 match and oracle": "tests/domain/matching/test_against_oracle.py",
    "P18 tampering": "tests/promises/test_tampering.py",
    "P18 damage": "tests/promises/test_damage.py",
    "P19 append-only": "tests/properties/test_append_only.py",
    "P22 backup": "tests/promises/test_backup.py",
    "ledger in any order": "tests/properties/test_ledger_order.py",
    "short pay": "tests/properties/test_short_pay.py",
}


def main() -> int:
    """Run the promises whose name holds ``--only``; 1 when one of them is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="promises tried at the same time")
    parser.add_argument("--only", default="", help="part of a promise's name, for example P16")
    given = parser.parse_args()
    REPORTS.mkdir(parents=True, exist_ok=True)
    chosen = [name for name in PROMISES if given.only in name]
    with ThreadPoolExecutor(given.jobs) as pool:
        kept = list(pool.map(keeps, chosen))
    say(f"{sum(kept)} of {len(kept)} promises kept")
    return 0 if all(kept) else 1


def keeps(name: str) -> bool:
    """Try one promise; whether it was kept."""
    say(f"{name}: begins")
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--durations=10", PROMISES[name]],
        cwd=ROOT,
        env={**os.environ, "WOPO_SOAK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    report = REPORTS / f"{name.replace(' ', '-')}.txt"
    report.write_text(done.stdout + done.stderr)
    kept = done.returncode == 0
    say(f"{name}: {'kept' if kept else 'BROKEN'}, {time.monotonic() - begun:,.0f} s")
    if not kept:
        say("\n".join((done.stdout + done.stderr).splitlines()[-SHOWN:]))
    return kept


def say(text: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
