"""Every kind of exception, raised by real documents, told by the real courier in a channel of the
local Slack workspace, and cured there by a button of its card."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bot.cards.exception_cases import CURES
from bot.ids import Action
from tests.factories.imports import importing
from tests.factories.money import APPROVER, BUYER, FINANCE, RECEIVER, D, line
from tests.scenarios.office import Office
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.exception_kinds import KINDS, RECEIPT_WITHOUT_APPROVAL, Cure
from wopo.domain.matching import MatchCode
from wopo.domain.order_content import OrderKind
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.order_changes import CloseOrderShort
from wopo.usecases.settings import SetChannels

C = MatchCode
Raise = Callable[[Office], object]


def only(*billed: tuple[str, str], **more: Any) -> Raise:
    """An invoice over an order that came as ordered."""
    return lambda o: o.bill(o.received(), *(billed or (("10", "10"),)), **more)


def _twice(office: Office, pieces: str, **second: Any) -> None:
    order = office.received(line("20", receiver_id=RECEIVER))
    first = {"number": office.number(), "invoice_date": office.clock().date()}
    office.bill(order, (pieces, "10"), **first)
    office.bill(order, (pieces, "10"), **{**first, **second})


def _closed(office: Office) -> None:
    order = office.at.issued(line(receiver_id=RECEIVER))
    office.at.receive(order, "9")
    office.bill(order, ("9", "10"))
    office.at.do(CloseOrderShort(order_id=order, reason="the rest will not come"), by=BUYER)
    office.bill(order, ("1", "10"))


def _partly(accepted: str, rejected: str = "0") -> Raise:
    def billed_in_full(office: Office) -> None:
        order = office.at.issued(line(receiver_id=RECEIVER))
        if accepted != "0":
            office.at.receive(order, accepted, rejected)
        office.bill(order, ("10", "10"))

    return billed_in_full


def _more_than_ordered(office: Office) -> str:
    order = office.at.issued(line(receiver_id=RECEIVER))
    asked = frozenset({f"more_than_ordered:{order}"})
    office.at.receive(order, "12", acknowledged=asked)
    return order


def _off_its_day(days: int, *, invoiced: bool = False) -> Raise:
    def come(office: Office) -> None:
        order = office.at.issued(line(receiver_id=RECEIVER))
        with office.at.world.transactions.write() as uow:
            (promised,) = uow.all(PurchaseOrderLine, purchase_order_id=order)
            promised.promised_on = office.clock().date() + timedelta(days=days)
            uow.commit()
        if invoiced:
            office.bill(order, ("10", "10"))
        else:
            office.at.receive(order)

    return come


def _beyond_the_blanket(office: Office) -> None:
    facts = {"kind": OrderKind.BLANKET, "blanket_limit_minor": 5000}
    office.bill(office.received(**facts), ("6", "10"))


def _blanket_after_its_day(office: Office) -> None:
    day = office.clock().date()
    facts = {"kind": OrderKind.BLANKET, "blanket_limit_minor": 5000, "valid_to": day}
    office.bill(office.received(**facts), ("3", "10"), invoice_date=day + timedelta(days=2))


def _foreign_line(unit: str, position: int | None) -> Raise:
    paper = {"quantity": D(2), "unit_price": D(10), "description": "grease", "unit": unit}
    return only(lines=(BilledLine(**paper, position=position),))


STORIES: dict[str, tuple[Raise, Cure]] = {
    C.NO_PO: (
        lambda o: o.bill(None, ("1", "10"), vendor_id="gra", order_reference="PO-9999-000001"),
        Cure.REJECT_INVOICE,
    ),
    C.PO_CLOSED: (_closed, Cure.REJECT_INVOICE),
    C.VENDOR_MISMATCH: (only(vendor_id="acm"), Cure.REJECT_INVOICE),
    C.CURRENCY_MISMATCH: (only(currency="USD"), Cure.REJECT_INVOICE),
    C.DUPLICATE_INVOICE: (lambda o: _twice(o, "4"), Cure.REJECT_INVOICE),
    C.POSSIBLE_DUPLICATE: (lambda o: _twice(o, "7", number=o.number()), Cure.NOT_DUPLICATE),
    C.NOT_RECEIVED: (_partly("0"), Cure.RECORD_RECEIPT),
    C.QTY_OVER_RECEIVED: (_partly("8"), Cure.RECORD_RECEIPT),
    C.QTY_OVER_ACCEPTED: (_partly("9", "1"), Cure.ACCEPT),
    C.QTY_OVER_ORDERED: (lambda o: o.bill(_more_than_ordered(o), ("12", "10")), Cure.AMEND_ORDER),
    C.QTY_UNDER_ORDERED: (only(("8", "10")), Cure.ACCEPT),
    C.PRICE_OVER: (only(("10", "11")), Cure.AMEND_ORDER),
    C.PRICE_UNDER: (only(("10", "9")), Cure.ACCEPT),
    C.LINE_TOTAL_OVER: (only(("10", "11")), Cure.ACCEPT),
    C.LINE_NOT_ON_PO: (_foreign_line("pcs", None), Cure.REJECT_INVOICE),
    C.UOM_MISMATCH: (_foreign_line("crate", 1), Cure.REJECT_INVOICE),
    C.CREDIT_EXCEEDS_BILLED: (
        lambda o: o.at.credit(o.received(), ("2", "10"), number=o.number()),
        Cure.ACCEPT,
    ),
    C.EARLY_INVOICE: (_off_its_day(20, invoiced=True), Cure.ACCEPT),
    C.INVOICE_TOTAL_OVER: (only(tax=D(7)), Cure.ACCEPT),
    C.INVOICE_TOTAL_UNDER: (only(("10", "9")), Cure.ACCEPT),
    C.INVOICE_NOT_BALANCED: (only(stated_total=D(99)), Cure.ACCEPT),
    C.UNEXPECTED_CHARGE: (only(charges={"FREIGHT": D(5)}), Cure.ACCEPT),
    C.CHARGE_OVER: (
        lambda o: o.bill(
            o.received(charges={"FREIGHT": 500}), ("10", "10"), charges={"FREIGHT": D(9)}
        ),
        Cure.ACCEPT,
    ),
    C.TAX_MISMATCH: (only(tax=D(7)), Cure.ACCEPT),
    C.DISCOUNT_MISMATCH: (only(discount=D(3)), Cure.ACCEPT),
    C.AFTER_THE_FACT_PO: (only(invoice_date=date(2026, 2, 1)), Cure.ACCEPT),
    C.OVER_BLANKET_LIMIT: (_beyond_the_blanket, Cure.ACCEPT),
    C.BLANKET_EXPIRED: (_blanket_after_its_day, Cure.ACCEPT),
    C.OVER_RECEIPT: (_more_than_ordered, Cure.ACKNOWLEDGE),
    C.EARLY_DELIVERY: (_off_its_day(5), Cure.ACKNOWLEDGE),
    C.LATE_DELIVERY: (_off_its_day(-5), Cure.ACKNOWLEDGE),
    "DOCUMENT_CONTRADICTS": (
        only(contradictions=("It names two orders.",)),
        Cure.ACKNOWLEDGE,
    ),
}
SOURCE: dict[str, Any] = {
    "cost_centres": [{"code": "HIST", "name": "History", "currency": "EUR"}],
    "vendors": [{"code": "V1", "name": "Vendor one", "currency": "EUR"}],
    "parts": [{"number": "P-1", "name": "Bearing", "unit": "pcs"}],
}
"""What an imported order needs."""
WHO = {Cure.RECORD_RECEIPT: RECEIVER, Cure.AMEND_ORDER: BUYER}


def test_every_kind_has_a_story() -> None:
    assert set(STORIES) | {RECEIPT_WITHOUT_APPROVAL} == set(KINDS)


def test_what_an_import_found_is_reached_from_its_summary_told_and_cured(office: Office) -> None:
    """An import posts nothing but one summary; from it one comes to the case, and whoever takes
    that puts its card into the channel."""
    at = office.at
    at.do(SetChannels(channels={"finance": office.channel}), by="adm")
    line = {"position": 1, "part": "P-1", "quantity": "3", "unit": "pcs", "unit_price": "40"}
    order = {"number": "X-1", "vendor": "V1", "currency": "EUR", "cost_centre": "HIST"}
    order |= {
        "status": "pending",
        "order_date": date(2026, 2, 1),
        "lines": [{**line, "received": "3"}],
    }
    at.do(importing(**SOURCE, orders=[order]), surface="import")
    office.carry()
    (case,) = at.world.all(ExceptionCase, code=RECEIPT_WITHOUT_APPROVAL)
    summary = office.newest()
    assert "1 warning waits for a person" in summary["text"]
    listed = office.opened(summary, Action.CASE_LIST, FINANCE)
    shown = office.opened(listed, Action.CASE_SHOW, FINANCE, about=case.id)
    assert case.told in str(shown["blocks"])
    office.click(shown, Action.CASE_TAKE, FINANCE)
    user = office.users[FINANCE]
    office.driver.desk("close_view", user_id=user, view_id=shown["id"], clear=True)
    office.carry()
    cured(office, case, Cure.ACKNOWLEDGE)


@pytest.mark.parametrize("code", sorted(STORIES, key=lambda code: STORIES[code][1] in WHO))
def test_it_is_raised_told_and_cured(office: Office, code: str) -> None:
    told, cure = STORIES[code]
    before = {case.id for case in office.at.world.all(ExceptionCase)}
    told(office)
    office.carry()
    new = [case for case in office.at.world.all(ExceptionCase) if case.id not in before]
    (case,) = [one for one in new if one.code == code]
    cured(office, case, cure)


def cured(office: Office, case: ExceptionCase, cure: Cure) -> None:
    """The case is told in the channel and ends by a button of its card, which then has no other."""
    card = office.card(case)
    assert case.title in card["text"]
    who = WHO.get(cure, FINANCE)
    office.link(who)
    office.press(card, CURES[cure][0][1], who)
    if cure is Cure.AMEND_ORDER:
        office.at.approve(str(case.purchase_order_id), by=APPROVER)
    office.carry()
    assert office.at.world.get(ExceptionCase, case.id).state is CaseState.RESOLVED
    left = [
        one.get("action_id")
        for block in office.card(case)["blocks"]
        for one in [*block.get("elements", ()), block.get("accessory", {})]
    ]
    assert [id for id in left if id] == ["case.details"]
