"""Contracts that end: their buyer is reminded in time, once per contract and end."""

from collections.abc import Iterable
from datetime import timedelta

from wopo.domain.people import Role
from wopo.domain.price_agreements import AgreementEnds, PriceAgreement
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.people import direct
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.ports.vendors import VendorStore
from wopo.usecases.settings import company
from wopo.usecases.sweeps import AT_ONCE
from wopo.usecases.views.names import refs


class RemindRenewals(Command):
    """Remind buyers of contracts that end soon and that nothing follows."""


@use_case(RemindRenewals, action="remind of contracts", system=True)
def remind_renewals(command: RemindRenewals, ctx: Context) -> Answer:
    """A contract whose end is moved counts anew."""
    days, today = company(ctx.uow).contract_reminder_days, ctx.at.date()
    if not days:
        return Answer(message="Nobody is reminded.", facts={"reminded": 0})
    store = ctx.uow.store(VendorStore)
    rows = store.to_renew(today, today + timedelta(days=days), AT_ONCE)
    vendors = refs(ctx.uow, Vendor, [row.vendor_id for row in rows])
    buyers = store.buyers({row.vendor_id for row in rows}) if rows else {}
    active = {person.id for person in ctx.uow.store(PeopleStore).with_role(Role.BUYER)}
    for row in rows:
        row.reminded_for = row.valid_to
        buyer = buyers.get(row.vendor_id)
        tell = [buyer] if buyer in active else sorted(active)
        ctx.record(_ends(row, vendors[row.vendor_id].name, tell, ctx))
    return Answer(message=f"{len(rows)} contracts end soon.", facts={"reminded": len(rows)})


def _ends(row: PriceAgreement, vendor: str, tell: list[str], ctx: Context) -> AgreementEnds:
    assert row.valid_to is not None
    left = (row.valid_to - ctx.at.date()).days
    when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
    text = (
        f"{row.number} with {vendor} ends {when} ({row.valid_to}), and nothing follows it. "
        "Renew it, or prices are asked for anew from then on."
    )
    return AgreementEnds(
        subject_id=row.id,
        number=row.number,
        vendor_id=row.vendor_id,
        valid_to=row.valid_to,
        tell_ids=tell,
        text=text,
    )


@announces(AgreementEnds)
def tell_buyers(event: AgreementEnds, ctx: Context) -> Iterable[Notice]:
    """The buyer of the vendor's newest order, or every buyer where nobody is that."""
    for person_id in event.tell_ids:
        yield direct(person_id, event.subject_id, event.text)
