"""A vendor in words: its standing, its record, and what stands against it."""

from bot.blocks import safe
from bot.reader import Reader
from wopo.domain.vendors import Standing
from wopo.usecases.ports.vendors import VendorRecord
from wopo.usecases.views.vendors import HoldLine, SellerFacts

STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.PREFERRED: ("Preferred", "The first choice"),
    Standing.APPROVED: ("Approved", "May be ordered from"),
    Standing.ON_TRIAL: ("On trial", "May be ordered from, and is looked at"),
    Standing.BLOCKED: ("Blocked", "Nothing is ordered there"),
}


def record_text(record: VendorRecord) -> str:
    """``80 % on time, 93 % without complaint (15 deliveries in a year)``."""
    if not record.lines:
        return "nothing came within a year"
    parts = []
    if record.on_time_percent is not None:
        parts.append(f"{record.on_time_percent} % on time")
    parts.append(f"{record.clean_percent} % without complaint")
    count = "1 delivery" if record.lines == 1 else f"{record.lines} deliveries"
    return f"{', '.join(parts)} ({count} in a year)"


def seller_text(seller: SellerFacts) -> str:
    """``Approved, 80 % on time, 93 % without complaint (15 deliveries in a year)``, and what is on
    hold there."""
    held = f":no_entry: {seller.held}. " if seller.held else ""
    return f"{held}{STANDINGS[seller.standing][0]}, {record_text(seller.record)}"


def hold_text(hold: HoldLine, reader: Reader) -> str:
    """``:no_entry: Orders on hold until 20 Mar 2026: disputed delivery (Fia)``."""
    until = f" until {reader.plain_day(hold.until)}" if hold.until else ""
    by = hold.by.name if hold.by else "a check"
    what = f":no_entry: *{hold.kind.value.capitalize()} on hold*{until}"
    return f"{what}: {safe(hold.reason)} ({safe(by)})"
