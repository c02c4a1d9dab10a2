"""Bank details of vendors: nothing is paid until a second person has called (A48)."""

import pytest

from tests.factories.buying import seed
from tests.factories.imports import importing
from tests.factories.money import FINANCE, PAYER, Desk, desk
from tests.factories.payments import DUTCH, GERMAN, batch, confirmed, entered, received, released
from wopo.domain.bank_details import BankDetails, BankState
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.vendors import Vendor
from wopo.usecases.bank_details import (
    ConfirmBankDetails,
    EnterBankDetails,
    RefuseBankDetails,
    payees,
)
from wopo.usecases.settings import ChangeCompanySettings

NOTE = {"called": "Ms Young", "known_number": "+44 20 555 01"}


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert "Nothing was changed" in error.value.message
    return error.value


def why(at: Desk, clock, vendor: str = "gra") -> str:
    with at.world.transactions.read() as uow:
        return payees(uow, [vendor], clock())[vendor].why


def state(at: Desk, id: str) -> BankState:
    return at.world.get(BankDetails, id).state


def confirm(at: Desk, id: str, by: str, **note: str):
    return at.do(ConfirmBankDetails(bank_details_id=id, **(note or NOTE)), by=by)


def test_a_change_waits_for_a_second_person_who_called_a_known_number(at, clock):
    assert why(at, clock) == "No bank details are confirmed."
    made = entered(at, iban="de89 3704 0044 0532 0130 00", bic="cobadeffxxx")
    clock.forward(days=2)
    assert why(at, clock) == "Bank details changed 2 days ago by Ben; not yet confirmed."
    assert refused(confirm, at, made, "ben").code == "bank_details.own_change"
    assert refused(confirm, at, made, "adm", called="Ms Young").field == "known_number"
    assert refused(confirm, at, made, "adm", called="x", known_number="01234").field == "called"
    assert refused(confirm, at, made, "tess").code == "not_allowed"
    confirm(at, made, "adm")
    assert why(at, clock) == ""
    row = at.world.get(BankDetails, made)
    assert (row.iban, row.bic, row.decided_by_id) == (GERMAN, "COBADEFFXXX", "adm")
    assert (row.called, row.known_number) == ("Ms Young", "+44 20 555 01")


def test_each_change_is_a_version_and_the_same_again_is_none(at, clock):
    first = confirmed(at)
    before = len(at.world.all_entries())
    again = at.do(EnterBankDetails(vendor_id="gra", iban=GERMAN), by="fin")
    assert (again.facts["outcome"], len(at.world.all_entries())) == ("unchanged", before)
    second, third = entered(at, iban=DUTCH), entered(at, account="Cheque to the office")
    assert [state(at, id).value for id in (first, second, third)] == [
        "confirmed", "superseded", "waiting",
    ]  # fmt: skip
    assert refused(confirm, at, second, "adm").code == "illegal_move"
    confirm(at, third, "adm")
    assert state(at, first) is BankState.SUPERSEDED
    assert at.world.get(BankDetails, third).version == 3


def test_a_refused_change_leaves_what_was_in_force(at, clock):
    confirmed(at)
    made = entered(at, iban=DUTCH)
    assert "not yet confirmed" in why(at, clock)
    empty = RefuseBankDetails(bank_details_id=made, reason=" ")
    assert refused(at.do, empty, by="fin").field == "reason"
    said = at.do(RefuseBankDetails(bank_details_id=made, reason="not theirs"), by="fin").message
    assert said == "Refused; Grainger is paid to DE89 … 3000 as before."
    assert why(at, clock) == ""


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"iban": "DE89370400440532013001"}, "iban"),
        ({"iban": "DE8937040044053201300"}, "iban"),
        ({"iban": "XX00"}, "iban"),
        ({}, "iban"),
        ({"iban": GERMAN, "account": "and in words"}, "iban"),
        ({"iban": GERMAN, "bic": "COBA"}, "bic"),
        ({"account": "Bank of the Quay, 12345", "bic": "COBADEFF"}, "bic"),
    ],
)
def test_what_is_no_account_is_refused_at_its_field(at, given, field):
    assert refused(at.do, EnterBankDetails(vendor_id="gra", **given), by="ben").field == field
    assert at.world.all(BankDetails) == []


def test_who_entered_a_bill_confirms_no_account_for_it_unless_the_company_waives_that(at):
    at.bill(received(at), ("10", "10"))
    made = entered(at)
    error = refused(confirm, at, made, FINANCE)
    assert (error.code, error.facts["rule"]) == (
        "duty.same_person", "invoice enterer is not bank confirmer",
    )  # fmt: skip
    pair = [["invoice_enterer", "bank_confirmer"]]
    at.do(ChangeCompanySettings(changes={"waived_pairs": pair}))
    confirm(at, made, FINANCE)
    assert "waiver:used" in [entry.event for entry in at.world.all_entries()]


def test_the_number_on_file_is_the_one_from_before_the_change(at):
    with at.world.transactions.write() as uow:
        uow.lock(Vendor, "gra").phone = "+44 20 555 01"
        uow.commit()
    first = entered(at)
    with at.world.transactions.write() as uow:
        uow.lock(Vendor, "gra").phone = "+44 70 666 66"
        uow.commit()
    second = entered(at, iban=DUTCH)
    assert [at.world.get(BankDetails, id).phone_before for id in (first, second)] == [
        "+44 20 555 01", "+44 20 555 01",
    ]  # fmt: skip


def test_finance_is_asked_in_person_but_not_whoever_entered_it(at):
    entered(at, by=FINANCE)
    asked = [row.audience for row in at.world.all(OutboxRow) if row.card == "bank_details"]
    assert asked == [f"person:{PAYER}"]


def test_a_change_takes_the_vendor_out_of_a_batch_that_is_not_paid(at, clock):
    confirmed(at)
    released(at, received(at), "R-1")
    batch(at)
    entered(at, iban=DUTCH)
    error = refused(batch, at)
    assert (error.code, error.facts["why"]) == (
        "payment_batch.nothing_due", "1 document held back",
    )  # fmt: skip


def test_a_file_brings_accounts_that_wait_too_and_stops_a_batch_aloud(at, clock):
    row = {"vendor": "GRA", "iban": GERMAN}
    at.do(importing(bank_details=[row]))
    assert why(at, clock) == "Bank details changed today by an import; not yet confirmed."
    assert [row.card for row in at.world.all(OutboxRow) if row.card == "bank_details"] == []
    (waits,) = at.world.all(BankDetails)
    confirm(at, waits.id, "ben")
    at.do(importing(bank_details=[row]))
    assert why(at, clock) == ""
    released(at, received(at), "R-1")
    batch(at)
    at.do(importing(bank_details=[{"vendor": "GRA", "iban": DUTCH}]))
    told = [row.facts["text"] for row in at.world.all(OutboxRow) if row.card == "direct"]
    assert any("its bank details changed and are not confirmed yet" in text for text in told)
    bad = importing(bank_details=[{"vendor": "ACM", "iban": "DE00"}])
    with pytest.raises(DomainError, match="DE00 is no IBAN"):
        at.do(bad)
