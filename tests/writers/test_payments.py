"""A batch's files: what the bank reads comes to what the batch comes to, and says it once."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from lxml import etree

from wopo.domain.errors import DomainError
from wopo.domain.money import Money
from wopo.domain.payment_batches import BatchState
from wopo.domain.settings import CompanySettings
from wopo.usecases.views.payment_batches import BatchView, PaymentView
from wopo.writers.payment_csv import write_payment_csv
from wopo.writers.payment_files import write_payment_files, write_payments_apart
from wopo.writers.payment_sepa import write_payment_sepa

IBAN = "NL91ABNA0417164300"
OURS = CompanySettings(name="Häfen & Söhne", iban="DE89370400440532013000", bic="COBADEFFXXX")
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def payment(position: int, minor: int, *, currency: str = "EUR", **more) -> PaymentView:
    facts = {
        "vendor_code": f"V-{position}", "vendor": "Grainger", "iban": IBAN, "bic": "",
        "account": "", "invoices": ("R-1", "R-2"), "credits": (), "taken_out": "",
    }  # fmt: skip
    return PaymentView(position=position, amount=Money(minor, currency), **{**facts, **more})


def batch(*payments: PaymentView, **more) -> BatchView:
    facts = {
        "id": "b", "number": "PB-2026-000003", "revision": 1, "state": BatchState.MADE,
        "execute_on": date(2026, 3, 3), "made_by": None,
        "made_at": datetime(2026, 3, 2, 9, tzinfo=UTC), "decided_by": None, "paid_on": None,
        "reason": "", "company": OURS,
    }  # fmt: skip
    return BatchView(payments=payments, **{**facts, **more})


ALL = batch(
    payment(1, 12_550, vendor="Ærø <Marine> & Co; Ltd", credits=("C-1",), bic="ABNANL2A"),
    payment(2, 1),
    payment(3, 90_000, currency="USD"),
    payment(4, 500, iban="", account="Bank of the Quay, 12345"),
    payment(5, 0, credits=("C-2",)),
    payment(6, 70_000, taken_out="invoice R-9 is on hold"),
)


def told(raw: bytes, path: str) -> list[str]:
    return [str(found) for found in etree.fromstring(raw).xpath(path, namespaces=SPACE)]


def test_the_sepa_file_carries_each_euro_payment_once_and_its_sums_agree() -> None:
    raw = write_payment_sepa(ALL)
    amounts = told(raw, "//p:InstdAmt/text()")
    assert amounts == ["125.50", "0.01"]
    assert told(raw, "//p:GrpHdr/p:CtrlSum/text()") == [str(sum(map(Decimal, amounts)))]
    assert told(raw, "//p:GrpHdr/p:NbOfTxs/text()") == ["2"]
    assert told(raw, "//p:EndToEndId/text()") == ["PB-2026-000003-1", "PB-2026-000003-2"]
    assert told(raw, "//p:CdtrAcct//p:IBAN/text()") == [IBAN, IBAN]
    assert told(raw, "//p:DbtrAcct//p:IBAN/text()") == [OURS.iban]
    assert told(raw, "//p:ReqdExctnDt/p:Dt/text()") == ["2026-03-03"]
    assert told(raw, "//p:Ustrd/text()")[0] == "R-1, R-2 less C-1"
    assert told(raw, "//p:Cdtr/p:Nm/text()")[0] == "AEro  Marine  + Co  Ltd"


def test_the_same_state_gives_the_same_bytes_and_another_one_another_message() -> None:
    first = write_payment_sepa(ALL)
    assert write_payment_sepa(ALL) == first
    later = write_payment_sepa(replace(ALL, revision=2))
    ids = [told(raw, "//p:MsgId/text()") for raw in (first, later)]
    assert ids == [["PB-2026-000003-1"], ["PB-2026-000003-2"]]


def test_the_table_has_every_payment_and_no_formula() -> None:
    odd = payment(7, 300, vendor="=1+1", invoices=tuple(f"R-{n}" for n in range(60)))
    rows = list(csv.DictReader(StringIO(write_payment_csv(batch(*ALL.payments, odd)).decode())))
    assert [row["payment"] for row in rows] == ["1", "2", "3", "4", "5", "7"]
    assert [row["amount"] for row in rows[2:]] == ["900.00", "5.00", "0.00", "3.00"]
    assert (rows[3]["account"], rows[0]["credit_notes"]) == ("Bank of the Quay, 12345", "C-1")
    assert (rows[-1]["name"], len(rows[-1]["text"])) == ("'=1+1", 140)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (replace(ALL, company=CompanySettings()), "own IBAN is not set"),
        (batch(payment(1, 100, currency="USD")), "no payment in it is in euros"),
    ],
)
def test_without_what_sepa_needs_there_is_the_table_alone(made: BatchView, why: str) -> None:
    assert [*write_payment_files(made)] == ["PB-2026-000003.csv"]
    with pytest.raises(DomainError, match=why):
        write_payment_sepa(made)


def test_files_made_in_another_process_are_the_same() -> None:
    made = write_payments_apart(replace(ALL, revision=2))
    assert [*made] == ["PB-2026-000003-rev2.csv", "PB-2026-000003-rev2.xml"]
    assert made == write_payment_files(replace(ALL, revision=2))
