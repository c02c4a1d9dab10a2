"""Holds on vendors: placed and lifted by people, placed by a check, over by themselves."""

from datetime import date

from pydantic import Field

from wopo.domain.errors import NOT_ALLOWED, REQUIRED
from wopo.domain.people import Role, roles_text
from wopo.domain.vendor_holds import FINANCE_LIFTS, NOT_YOURS, UNTIL_PAST, Hold, HoldKind
from wopo.domain.vendors import Standing, Vendor, VendorChanged, VendorFreed, VendorHeld
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.ports.vendors import VendorStore
from wopo.usecases.sweeps import AT_ONCE

silent(VendorHeld, "it is shown wherever the vendor is, and told when somebody runs into it")
silent(VendorFreed, "what was stopped can be done again")

BUYERS = (Role.BUYER, Role.ADMIN)
FINANCE = (Role.FINANCE, Role.ADMIN)
OVER = "its last day has passed"


class RegardVendor(Command):
    """Say how a vendor is regarded and what is on hold there. ``holds`` are all that shall stand
    from now on; ``until`` is the last day of those that are new."""

    vendor_id: str
    standing: Standing
    holds: frozenset[HoldKind] = frozenset()
    until: date | None = None
    reason: str = Field(default="", max_length=300)


class EndVendorHolds(Command):
    """Lift holds whose last day has passed."""


@use_case(
    RegardVendor,
    roles={Role.BUYER, Role.FINANCE, Role.ADMIN},
    action="change the standing and the holds of vendors",
)
def regard_vendor(command: RegardVendor, ctx: Context) -> Answer:
    """Standing is the buyers' business; a hold may be placed by each of them, and lifted by whom
    it concerns. Each difference is an event with the same reason; none records nothing."""
    vendor = ctx.require_locked(Vendor, command.vendor_id, label="vendor")
    there = {kind for kind in HoldKind if vendor.hold(kind) is not None}
    new, gone = command.holds - there, there - command.holds
    regarded = command.standing is not vendor.standing
    if not (new or gone or regarded):
        return Answer(subject_id=vendor.id, message=f"Nothing is different at {vendor.name}.")
    reason = command.reason.strip()
    if not reason:
        raise REQUIRED(field="reason", label="The reason")
    if new and command.until is not None and command.until < ctx.at.date():
        raise UNTIL_PAST(field="until", day=command.until)
    if regarded:
        _regard(ctx, vendor, command.standing)
    for kind in sorted(new):
        hold = Hold(reason=reason, by_id=ctx.actor_id, at=ctx.at, until=command.until)
        place(ctx, vendor, kind, hold)
    for kind in sorted(gone):
        _check_lifting(ctx, vendor, kind)
        lift(ctx, vendor, kind, reason)
    return Answer(subject_id=vendor.id, message=f"{vendor.name} is changed.")


def _regard(ctx: Context, vendor: Vendor, standing: Standing) -> None:
    if not ctx.person().has(*BUYERS):
        raise NOT_ALLOWED(
            field="standing", action="change a vendor's standing", who=roles_text(BUYERS)
        )
    before, vendor.standing = vendor.standing, standing
    ctx.record(
        VendorChanged(
            subject_id=vendor.id,
            code=vendor.code,
            before={"standing": before.value},
            after={"standing": standing.value},
        )
    )


def _check_lifting(ctx: Context, vendor: Vendor, kind: HoldKind) -> None:
    """A hold of a check, and holds on invoices and payments, are finance's to lift; never by
    somebody whom the check named."""
    person, hold = ctx.person(), vendor.hold(kind)
    if hold is not None and person.id in hold.about_ids:
        raise NOT_YOURS(field="holds", name=vendor.name)
    by_check = hold is not None and hold.by_id is None
    if (by_check or kind is not HoldKind.ORDERS) and not person.has(*FINANCE):
        raise FINANCE_LIFTS(field="holds", name=vendor.name, kind=kind.value)


def place(ctx: Context, vendor: Vendor, kind: HoldKind, hold: Hold) -> None:
    """Put a hold in place of whatever stood there."""
    vendor.set_hold(kind, hold)
    ctx.record(
        VendorHeld(
            subject_id=vendor.id,
            code=vendor.code,
            kind=kind,
            reason=hold.reason,
            until=hold.until,
        )
    )


def lift(ctx: Context, vendor: Vendor, kind: HoldKind, reason: str) -> None:
    """Take a hold away."""
    vendor.set_hold(kind, None)
    ctx.record(VendorFreed(subject_id=vendor.id, code=vendor.code, kind=kind, reason=reason))


@use_case(EndVendorHolds, action="end holds on vendors", system=True)
def end_vendor_holds(command: EndVendorHolds, ctx: Context) -> Answer:
    """Each hold ends with its last day."""
    today, ended = ctx.at.date(), 0
    for found in ctx.uow.store(VendorStore).holds_over(today, AT_ONCE):
        vendor = ctx.require_locked(Vendor, found.id, label="vendor")
        for kind in HoldKind:
            hold = vendor.hold(kind)
            if hold is not None and hold.until is not None and hold.until < today:
                lift(ctx, vendor, kind, OVER)
                ended += 1
    return Answer(message=f"{ended} holds are over.", facts={"ended": ended})
