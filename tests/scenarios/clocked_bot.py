"""``python -m tests.scenarios.clocked_bot FILE``: the local workspace and the bot, whose clock is
ahead by the seconds in the file, so that a story can have a night and a next morning."""

import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

from bot.__main__ import run
from bot.local.__main__ import run_locally
from bot.services import build_services, new_id, utc_now
from wopo.config import Settings
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions

NAME = "tests.scenarios.clocked_bot"


class AheadClock:
    """The real time, and what the file says more; several processes may share the file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=int(self.file.read_text()))

    def reach(self, moment: datetime) -> None:
        """Let it be that moment now; no clock goes back."""
        seconds = round((moment - utc_now()).total_seconds())
        if self.file.exists():
            assert seconds >= int(self.file.read_text()), f"{moment} is past"
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.file)


def work(clock: AheadClock) -> int:
    """What ``python -m bot`` does, with this clock, until it is told to stop."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = Settings()
    engine = make_engine(settings.database_url)
    services = build_services(settings, SqlTransactions(engine), clock=clock, new_id=new_id)
    try:
        return run(services, stop, http=False)
    finally:
        engine.dispose()


if __name__ == "__main__":
    if "bot" in sys.argv[2:]:
        sys.exit(work(AheadClock(Path(sys.argv[1]))))
    sys.exit(run_locally(Settings(), bot=["-m", NAME, sys.argv[1], "bot"]))
