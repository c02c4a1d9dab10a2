"""Holds on vendors: each stops its own thing at its door, and is lifted by whom it concerns."""

from datetime import date

import pytest

from tests.factories.buying import seed
from tests.factories.imports import importing
from tests.factories.money import FINANCE, PAYER, Desk, desk, line
from tests.factories.payments import DUE, batch, confirmed, in_batches, received, released
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.vendor_holds import HoldKind
from wopo.domain.vendors import Standing, Vendor
from wopo.usecases.bank_details import EnterBankDetails
from wopo.usecases.order_changes import IssueOrder
from wopo.usecases.payables import MakePayable, MarkPaid
from wopo.usecases.payment_plans import plan
from wopo.usecases.people import SavePerson
from wopo.usecases.ports.vendors import VendorStore
from wopo.usecases.vendor_checks import REASON
from wopo.usecases.vendor_contracts import RemindRenewals
from wopo.usecases.vendor_holds import EndVendorHolds, RegardVendor
from wopo.usecases.vendors import SaveVendor

ORDERS, INVOICES, PAYMENTS = HoldKind.ORDERS, HoldKind.INVOICES, HoldKind.PAYMENTS


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def regard(at: Desk, *holds: HoldKind, by: str = FINANCE, vendor: str = "gra", **more):
    facts = {"standing": Standing.APPROVED, "reason": "Disputed delivery", **more}
    command = RegardVendor(vendor_id=vendor, holds=frozenset(holds), **facts)
    return at.do(command, by=by)


def vendor(at: Desk, id: str = "gra") -> Vendor:
    return at.world.get(Vendor, id)


def refused(at: Desk, call, *args, **kwargs) -> DomainError:
    before = len(at.world.all_entries())
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert "Nothing was changed" in error.value.message
    assert len(at.world.all_entries()) == before
    return error.value


def test_orders_on_hold_stop_drafting_approving_and_issuing_and_nothing_else(at):
    waiting, approved = at.submitted(), at.approved()
    regard(at, ORDERS, until=date(2026, 3, 20))
    said = "Grainger is on hold for orders until 2026-03-20 (Disputed delivery), so nothing can be"
    for call, subject in ((at.submitted, None), (at.approve, waiting)):
        error = refused(at, call, *([subject] if subject else [line()]))
        assert said in error.message
    assert said in refused(at, at.do, IssueOrder(order_id=approved), by="ben").message
    assert at.submitted(vendor_id="acm")


def test_invoices_on_hold_are_taken_in_and_not_released(at):
    order = received(at)
    regard(at, INVOICES)
    invoice = at.bill(order, ("10", "10"))
    error = refused(at, at.do, MakePayable(invoice_id=invoice.id), by=PAYER)
    assert error.message.startswith("Grainger is on hold for invoices (Disputed delivery).")
    regard(at)
    at.do(MakePayable(invoice_id=invoice.id), by=PAYER)


def test_payments_on_hold_leave_plan_batch_and_click(at):
    confirmed(at)
    paid = released(at, received(at), "R-1")
    made = batch(at)
    assert in_batches(at) == {paid.id}
    regard(at, PAYMENTS)
    assert in_batches(at) == set(), made
    with at.world.transactions.read() as uow:
        held = plan(uow, up_to=DUE, at=at.world.clock()).held
    assert [one.why for one in held] == ["The vendor is on hold for payments (Disputed delivery)."]
    error = refused(at, at.do, MarkPaid(invoice_id=paid.id), by=PAYER)
    assert error.code == "vendor.held"
    assert at.submitted()


def test_a_hold_ends_with_its_last_day_and_not_before(at, clock):
    regard(at, ORDERS, PAYMENTS, until=date(2026, 3, 4))
    clock.forward(days=2)
    assert at.do(EndVendorHolds()).facts == {"ended": 0}
    clock.forward(days=1)
    assert at.do(EndVendorHolds()).facts == {"ended": 2}
    assert (vendor(at).holds, vendor(at).holds_end_on) == ({}, None)
    assert at.submitted()


def test_who_may_place_and_lift_what(at):
    assert refused(at, regard, at, ORDERS, by="tess").code == "not_allowed"
    assert refused(at, regard, at, ORDERS, reason=" ").field == "reason"
    assert refused(at, regard, at, ORDERS, until=date(2026, 3, 1)).field == "until"
    error = refused(at, regard, at, standing=Standing.BLOCKED, by=FINANCE)
    assert (error.code, error.field) == ("not_allowed", "standing")
    regard(at, ORDERS, PAYMENTS, by="ben")
    error = refused(at, regard, at, ORDERS, by="ben")
    assert (error.code, error.field) == ("vendor.finance_lifts", "holds")
    regard(at, PAYMENTS, by="ben")
    regard(at, standing=Standing.PREFERRED, by="adm")
    assert (vendor(at).holds, vendor(at).standing) == ({}, Standing.PREFERRED)
    count = len(at.world.all_entries())
    regard(at, standing=Standing.PREFERRED, by="ben", reason="")
    assert len(at.world.all_entries()) == count


TESS = SavePerson(code="tess", phone="+49 30 5550123", iban="DE89370400440532013000")
KIN = SaveVendor(code="V-9", name="Kin Ltd", phone="030/555 0123")


def told(at: Desk) -> dict[str, str]:
    rows = [row for row in at.world.all(OutboxRow) if "Please check the vendor" in str(row.facts)]
    return {row.audience: row.facts["text"] for row in rows}


def test_a_new_vendor_with_an_employees_phone_is_held_and_told_to_finance_alone(at):
    assert at.do(TESS, by="adm").facts["outcome"] == "changed"
    assert at.do(TESS, by="adm").facts["outcome"] == "unchanged"
    made = at.do(KIN, by="ben").subject_id
    row = vendor(at, made)
    assert set(row.holds) == {"orders", "payments"}
    assert row.hold(PAYMENTS).reason == REASON
    assert set(told(at)) == {"person:fin", "person:pia"}
    assert "same phone as the employee Tess." in told(at)["person:fin"]
    assert "555" not in str([entry.facts for entry in at.world.all_entries() if
                             entry.event.startswith("person")])  # fmt: skip
    assert refused(at, regard, at, vendor=made, by="ben").code == "vendor.finance_lifts"
    regard(at, vendor=made)
    at.do(KIN.model_copy(update={"email": "k@example.org"}), by="ben")
    assert (vendor(at, made).holds, len(told(at))) == ({}, 2)


def test_whom_a_check_names_is_not_told_and_lifts_nothing(at):
    at.do(SavePerson(code="fin", iban="DE89 3704 0044 0532 0130 00"), by="adm")
    at.do(EnterBankDetails(vendor_id="gra", iban="DE89370400440532013000"), by="ben")
    assert set(told(at)) == {"person:pia"}
    assert refused(at, regard, at, by="fin").code == "vendor.not_yours"
    regard(at, by="pia")
    assert vendor(at).holds == {}


def test_a_hold_that_somebody_placed_before_does_not_stand_for_the_checks(at):
    at.do(TESS, by="adm")
    made = at.do(KIN.model_copy(update={"phone": ""}), by="ben").subject_id
    regard(at, ORDERS, PAYMENTS, by="ben", vendor=made, until=date(2026, 3, 2))
    at.do(KIN, by="ben")
    row = vendor(at, made)
    (tess,) = [person.id for person in at.world.all(Person, code="tess")]
    for kind in (ORDERS, PAYMENTS):
        assert (row.hold(kind).by_id, row.hold(kind).until) == (None, None)
        assert row.hold(kind).about_ids == (tess,)
    assert refused(at, regard, at, vendor=made, by="ben").code == "vendor.finance_lifts"


def test_two_vendors_with_one_address_are_held_for_payments_only(at):
    for code in ("V-1", "V-2"):
        made = at.do(SaveVendor(code=code, name=code, address="Example Street 5, Berlin"), by="ben")
    assert set(vendor(at, made.subject_id).holds) == {"payments"}
    assert "same address as the vendor V-1" in told(at)["person:fin"]


def test_vendors_of_an_import_are_told_together_and_to_nobody_that_they_are_about(at):
    at.do(SavePerson(code="fin", iban="DE89 3704 0044 0532 0130 00"), by="adm")
    at.do(TESS, by="adm")
    files = importing(
        vendors=[
            {"code": "V-1", "currency": "EUR", "name": "One", "phone": KIN.phone},
            {
                "code": "V-2",
                "currency": "EUR",
                "name": "Two",
                "address": "Example Street 5, Berlin",
            },
            {
                "code": "V-3",
                "currency": "EUR",
                "name": "Three",
                "address": "Example Street 5, Berlin",
            },
        ],
        bank_details=[{"vendor": "V-2", "iban": "DE89370400440532013000"}],
    )
    at.do(files, by="adm")
    rows = [row for row in at.world.all(OutboxRow) if "Please check these" in str(row.facts)]
    texts = {row.audience: row.facts["text"] for row in rows}
    assert told(at) == {} and set(texts) == {"person:fin", "person:pia"}
    assert "One (V-1): same phone as the employee Tess. On hold meanwhile:" in texts["person:fin"]
    assert "Three (V-3): same address as the vendor Two." in texts["person:fin"]
    assert "V-2" not in texts["person:fin"] and "the employee Fin" in texts["person:pia"]


def test_a_contract_that_ends_is_told_to_its_buyer_once_for_each_end(at, clock):
    def reminded() -> list[str]:
        at.do(RemindRenewals())
        rows = [row for row in at.world.all(OutboxRow) if "ends in" in str(row.facts)]
        return [f"{row.audience} {row.facts['text'][:22]}" for row in rows]

    at.world.add(Person(id="bob", code="bob", name="Bob", roles=["buyer"], created_at=clock()))
    at.submitted()
    assert reminded() == []
    clock.forward(days=250)
    assert reminded() == reminded() == ["person:ben C-7 with Grainger ends"]
    with at.world.transactions.write() as uow:
        row = uow.get(PriceAgreement, "c7")
        row.valid_to = date(2027, 1, 10)
        uow.commit()
    clock.forward(days=20)
    assert len(reminded()) == 2
    at.world.add(
        PriceAgreement(
            id="c9", number="C-9", vendor_id="acm", part_id="seal", currency="EUR", unit="pcs",
            valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 20),
        ),
        PriceAgreement(
            id="c10", number="C-10", vendor_id="acm", part_id="seal", currency="EUR", unit="pcs",
            valid_from=date(2026, 12, 21),
        ),
    )  # fmt: skip
    assert len(reminded()) == 2


def test_the_record_counts_deliveries_by_their_promised_day_and_by_what_was_rejected(at, clock):
    order = at.issued(line("10"), line("4"))
    with at.world.transactions.write() as uow:
        for row in uow.all(PurchaseOrderLine, purchase_order_id=order):
            row.promised_on = date(2026, 3, 3) if row.position == 1 else None
        uow.commit()
    at.receive(order, "4")
    clock.forward(days=3)
    at.receive(order, "5", "1")
    at.receive(order, "4", place=1)
    with at.world.transactions.read() as uow:
        store = uow.store(VendorStore)
        record = store.record("gra", date(2026, 1, 1))
        assert (record.lines, record.dated, record.on_time, record.clean) == (3, 2, 1, 2)
        assert (record.on_time_percent, record.clean_percent) == (50, 66)
        assert store.record("gra", date(2026, 3, 4)).lines == 2
        assert store.record("acm", date(2026, 1, 1)).on_time_percent is None


@pytest.mark.postgres
def test_postgresql_answers_every_question_about_vendors_too(postgres_url, clock):
    engine = make_engine(postgres_url)
    world = seed(SqlTransactions(engine), clock)
    with world.transactions.read() as uow:
        store, today = uow.store(VendorStore), date(2026, 12, 1)
        assert store.holds_over(today, 5) == store.open_orders("gra", 5) == []
        assert store.alike("gra", ["x"]) == [] and store.buyers(["gra"]) == {}
        assert store.record("gra", today).lines == 0
        assert [row.number for row in store.contracts("gra", today, 5)] == ["C-7"]
        assert [row.number for row in store.to_renew(today, date(2026, 12, 31), 5)] == ["C-7"]
    engine.dispose()
