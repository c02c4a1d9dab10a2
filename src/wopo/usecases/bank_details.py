"""Vendors' bank details: entering a change, and the second person who confirms or refuses it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import Field

from wopo.domain.bank_details import (
    LIVE,
    NOTE_LEAST,
    ONE_ACCOUNT,
    OWN_CHANGE,
    THIN_NOTE,
    BankDetails,
    BankDetailsConfirmed,
    BankDetailsEntered,
    BankDetailsRefused,
    BankState,
    checked_bic,
    checked_iban,
    hold_sentence,
    in_force,
    waiting,
)
from wopo.domain.errors import REQUIRED
from wopo.domain.events import Event
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.outbox import Mode
from wopo.domain.payment_batches import MOST_INVOICES
from wopo.domain.people import Person, Role
from wopo.domain.settings import Duty
from wopo.domain.vendor_holds import HoldKind
from wopo.domain.vendors import Vendor
from wopo.domain.waivers import kept_apart
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.outbox import copies
from wopo.usecases.people import direct
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.payment_batches import PaymentStore
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.settings import company
from wopo.usecases.views.names import refs

HANDLERS = frozenset({Role.FINANCE, Role.BUYER, Role.ADMIN})
UNPAID = (
    InvoiceState.RECEIVED,
    InvoiceState.MATCHED,
    InvoiceState.ON_HOLD,
    InvoiceState.PAYABLE,
)
CARD = "bank_details"
FIELDS = ("iban", "bic", "account")


class EnterBankDetails(Command):
    """Where a vendor is to be paid from now on: an IBAN, or an account in words where there is
    none. It waits for a second person."""

    vendor_id: str
    iban: str = Field(default="", max_length=60)
    bic: str = Field(default="", max_length=20)
    account: str = Field(default="", max_length=300)


class ConfirmBankDetails(Command):
    """The vendor was called on a number known before, and says that the account is theirs."""

    bank_details_id: str
    called: str = Field(default="", max_length=200)
    known_number: str = Field(default="", max_length=60)


class RefuseBankDetails(Command):
    """The account is not the vendor's, or the change was a mistake."""

    bank_details_id: str
    reason: str = Field(default="", max_length=500)


@use_case(EnterBankDetails, roles=HANDLERS, action="change bank details", system=True)
def enter_bank_details(command: EnterBankDetails, ctx: Context) -> Answer:
    """Keep a new version, which waits; what stands already records nothing."""
    vendor = ctx.require_locked(Vendor, command.vendor_id, label="vendor")
    content = _content(command)
    rows = ctx.uow.all(BankDetails, vendor_id=vendor.id, order="version")
    stands = waiting(rows) or in_force(rows)
    if stands is not None and stands.content == content:
        return Answer(
            subject_id=stands.id,
            message=f"That is what stands for {vendor.name} already.",
            facts={"outcome": "unchanged"},
        )
    older = waiting(rows)
    if older is not None:
        older.move("supersede", vendor=vendor.name, by_id=ctx.actor_id, at=ctx.at)
    row = BankDetails(
        id=ctx.new_id(),
        vendor_id=vendor.id,
        version=len(rows) + 1,
        phone_before=(older.phone_before if older else vendor.phone) or "",
        entered_by_id=ctx.actor_id,
        entered_at=ctx.at,
        iban=content[0],
        bic=content[1],
        account=content[2],
    )
    ctx.uow.add(row)
    before = stands.content if stands else ("", "", "")
    ctx.record(
        BankDetailsEntered(
            subject_id=row.id,
            vendor_id=vendor.id,
            code=vendor.code,
            version=row.version,
            before=dict(zip(FIELDS, before, strict=True)),
            after=dict(zip(FIELDS, content, strict=True)),
        )
    )
    return Answer(
        subject_id=row.id,
        message=f"{vendor.name} is paid nothing until somebody else has called and confirmed "
        f"{row.masked}.",
        facts={"outcome": "changed" if rows else "added"},
    )


def _content(command: EnterBankDetails) -> tuple[str, str, str]:
    """The account as it is kept: IBAN and BIC, or the words."""
    typed, words = command.iban.strip(), " ".join(command.account.split())
    if bool(typed) == bool(words):
        raise ONE_ACCOUNT(field="iban")
    if not typed and command.bic.strip():
        raise ONE_ACCOUNT(field="bic")
    return (checked_iban(typed) if typed else "", checked_bic(command.bic), words)


def _opened(ctx: Context, bank_details_id: str) -> tuple[Vendor, BankDetails, list[BankDetails]]:
    """Hold the vendor, then read its versions: the one asked for and all."""
    found = ctx.require(BankDetails, bank_details_id, label="bank details")
    vendor = ctx.require_locked(Vendor, found.vendor_id, label="vendor")
    row = ctx.require_locked(BankDetails, found.id, label="bank details")
    return vendor, row, ctx.uow.all(BankDetails, vendor_id=vendor.id, order="version")


@use_case(ConfirmBankDetails, roles=HANDLERS, action="confirm bank details")
def confirm_bank_details(command: ConfirmBankDetails, ctx: Context) -> Answer:
    """Put the change in force. Never by whoever entered it; by whoever entered invoices of the
    vendor that are not paid yet only where the company waives that pair."""
    vendor, row, rows = _opened(ctx, command.bank_details_id)
    person = ctx.person()
    if row.entered_by_id == person.id:
        raise OWN_CHANGE(vendor=vendor.name)
    called = _said(command.called, "called", "Who was called", "the person's name")
    number = _said(command.known_number, "known_number", "The number", "the number that was called")
    ctx.record(*_apart(ctx, vendor, person))
    before = in_force(rows)
    row.move("confirm", vendor=vendor.name, by_id=person.id, at=ctx.at)
    if before is not None:
        before.move("supersede", vendor=vendor.name, by_id=person.id, at=ctx.at)
    row.called, row.known_number = called, number
    ctx.record(
        BankDetailsConfirmed(
            subject_id=row.id,
            vendor_id=vendor.id,
            code=vendor.code,
            version=row.version,
            called=called,
            known_number=number,
        )
    )
    return Answer(subject_id=row.id, message=f"{vendor.name} is paid to {row.masked} from now on.")


def _said(text: str, field: str, label: str, wanted: str) -> str:
    """A part of the call-back note; refused where it is missing or says nothing."""
    said = " ".join(text.split())
    if not said:
        raise REQUIRED(field=field, label=label)
    if len(said) < NOTE_LEAST:
        raise THIN_NOTE(field=field, label=label, wanted=wanted)
    return said


def _apart(ctx: Context, vendor: Vendor, person: Person) -> Iterable[Event]:
    """A bill and the account it is paid to must not be one person's work."""
    unpaid = ctx.uow.all(Invoice, vendor_id=vendor.id, state=list(UNPAID))
    store = ctx.uow.store(PaymentStore)
    unpaid += store.held_back(date.max, MOST_INVOICES, vendor_id=vendor.id)
    enterers = {row.entered_by_id for row in unpaid if row.entered_by_id}
    return kept_apart(
        company(ctx.uow),
        person_id=person.id,
        duty=Duty.BANK_CONFIRMER,
        others={Duty.INVOICE_ENTERER: enterers},
        subject_id=vendor.id,
        number=vendor.name,
        action="confirm its bank details",
        who="somebody else in finance, a buyer or an administrator",
    )


@use_case(RefuseBankDetails, roles=HANDLERS, action="refuse bank details")
def refuse_bank_details(command: RefuseBankDetails, ctx: Context) -> Answer:
    """End a change that waits; the account before it is in force as it was. Whoever entered it may
    withdraw it this way."""
    vendor, row, rows = _opened(ctx, command.bank_details_id)
    reason = command.reason.strip()
    if not reason:
        raise REQUIRED(field="reason", label="The reason")
    row.move("refuse", vendor=vendor.name, by_id=ctx.actor_id, at=ctx.at)
    row.reason = reason
    ctx.record(
        BankDetailsRefused(
            subject_id=row.id,
            vendor_id=vendor.id,
            code=vendor.code,
            version=row.version,
            reason=reason,
        )
    )
    before = in_force(rows)
    then = f"is paid to {before.masked} as before" if before else "has no account to be paid to"
    return Answer(subject_id=row.id, message=f"Refused; {vendor.name} {then}.")


@dataclass(frozen=True)
class Payee:
    """Whether a vendor can be paid now: ``account`` is where, else ``why`` says why not."""

    account: BankDetails | None
    why: str = ""


def payees(uow: UnitOfWork, vendor_ids: Iterable[str], at: datetime) -> dict[str, Payee]:
    """Whether these vendors can be paid, by their ids; three queries."""
    wanted = sorted(set(vendor_ids))
    rows = uow.all(BankDetails, vendor_id=wanted, state=list(LIVE)) if wanted else []
    people = refs(uow, Person, [row.entered_by_id for row in rows])
    vendors = uow.many(Vendor, wanted)
    known: dict[str, list[BankDetails]] = {}
    for row in rows:
        known.setdefault(row.vendor_id, []).append(row)
    found: dict[str, Payee] = {}
    for vendor_id in wanted:
        own = known.get(vendor_id, [])
        change, account = waiting(own), in_force(own)
        held = vendors[vendor_id].hold(HoldKind.PAYMENTS)
        if held is not None:
            found[vendor_id] = Payee(None, f"The vendor is on hold for payments{held.told}.")
        elif change is not None:
            who = people.get(change.entered_by_id or "")
            by = who.name if who else "an import"
            found[vendor_id] = Payee(None, hold_sentence(change, by=by, at=at))
        elif account is None:
            found[vendor_id] = Payee(None, "No bank details are confirmed.")
        else:
            found[vendor_id] = Payee(account)
    return found


@announces(BankDetailsEntered)
def ask_for_confirmation(event: BankDetailsEntered, ctx: Context) -> Iterable[Notice]:
    """Finance is asked to call, each in their own messages, or administrators where finance is
    nobody else; never whoever entered it. What an import brought waits in App Home."""
    for row in ctx.uow.all(BankDetails, vendor_id=event.vendor_id, state=BankState.SUPERSEDED):
        yield from copies(ctx.uow, CARD, row.id)
    people = ctx.uow.store(PeopleStore)
    for role in (Role.FINANCE, Role.ADMIN):
        others = [person for person in people.with_role(role) if person.id != ctx.actor_id]
        for person in others:
            yield Notice(CARD, event.subject_id, f"person:{person.id}", Mode.KEEP)
        if others:
            return


def tell_decided(
    event: BankDetailsConfirmed | BankDetailsRefused, ctx: Context
) -> Iterable[Notice]:
    """The cards say so, and whoever entered it hears of it unless they decided it themselves."""
    yield from copies(ctx.uow, CARD, event.subject_id)
    row = ctx.require(BankDetails, event.subject_id, label="bank details")
    vendor = ctx.require(Vendor, row.vendor_id, label="vendor")
    if row.entered_by_id is None or row.entered_by_id == ctx.actor_id:
        return
    text = f"The bank details of {vendor.name} that you entered are {row.state.value}."
    if row.reason:
        text += f" Reason: {row.reason}"
    yield direct(row.entered_by_id, row.id, text)


announces(BankDetailsConfirmed)(tell_decided)
announces(BankDetailsRefused)(tell_decided)
