"""The OASIS story: 100 kg ordered, 90 delivered, 100 billed, 100 credited.

Told with the published documents, and with every number renamed and every quantity changed: wopo
knows the language of the documents, not these documents.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.shared_data import shared_data
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.audit import AuditEntry, AuditHead, chain_faults
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import CaseState, ExceptionCase, Resolution
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person, Role
from wopo.domain.purchase_orders import OrderState, Progress, PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt
from wopo.domain.vendors import Vendor
from wopo.readers.ubl import read_ubl
from wopo.usecases.door import IMPORT, ActorRef, Answer
from wopo.usecases.exception_cases import AcknowledgeCase
from wopo.usecases.execute import Door, execute
from wopo.usecases.imports.ubl import TakeInDocument

pytestmark = pytest.mark.shared_data

FILES = {
    "order": "UBL-Order-2.0-Example.xml",
    "despatch": "UBL-DespatchAdvice-2.0-Example.xml",
    "receipt": "UBL-ReceiptAdvice-2.0-Example.xml",
    "invoice": "UBL-Invoice-2.0-Example.xml",
    "credit": "UBL-CreditNote-2.0-Example.xml",
}
NAMES = {
    "AEG012345": "BX-77",
    "CO001": "SUP-9",
    "658398": "GR-5",
    "A00095678": "RE-2005",
    "CN758494": "GU-1",
    "6578489": "OUR-1",
    "17589683": "THEIRS-1",
    "565899": "LS-3",
}


class Story:
    """The documents of one telling, with what they are called and how much they are about."""

    def __init__(self, folder: Path, names: dict[str, str], times: int) -> None:
        self.folder, self.names, self.times = folder, names, times

    def name(self, original: str) -> str:
        """What a number of the published story is called here."""
        return self.names.get(original, original)

    def path(self, kind: str) -> Path:
        """One document's file."""
        return self.folder / FILES[kind]


def retold(source: Path, folder: Path, names: dict[str, str], times: int) -> Story:
    """Write the documents with other numbers, and everything but prices and rates multiplied."""
    for name in FILES.values():
        text = (source / name).read_text()
        for old, new in names.items():
            text = re.sub(rf">{old}<", f">{new}<", text)
        for element in (
            "Quantity", "ReceivedQuantity", "ShortQuantity", "DeliveredQuantity",
            "BackorderQuantity", "InvoicedQuantity", "CreditedQuantity", "LineExtensionAmount",
            "TotalTaxAmount", "TaxAmount", "TaxableAmount", "TaxExclusiveAmount",
            "AllowanceTotalAmount", "PayableAmount", "Amount",
        ):  # fmt: skip
            text = re.sub(
                rf"(<cbc:{element}\b[^>]*>)([\d.]+)(<)",
                lambda m: f"{m[1]}{Decimal(m[2]) * times}{m[3]}",
                text,
            )
        (folder / name).write_text(text)
    return Story(folder, names, times)


@pytest.fixture(params=["as published", "renamed, three times as much"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Story:
    """The published documents, and a variant."""
    source = shared_data("ubl")
    if request.param == "as published":
        return Story(source, {}, 1)
    return retold(source, tmp_path, NAMES, 3)


Take = Callable[[str], Answer]


@pytest.fixture
def take(story: Story, door: Door) -> Take:
    """Take in one document of the story."""
    count = 0

    def run(kind: str) -> Answer:
        nonlocal count
        count += 1
        command = TakeInDocument(document=read_ubl(story.path(kind)))
        return execute(door, command, actor=IMPORT, key=f"import:{kind}:{count}")

    return run


def ledger(transactions: SqlTransactions) -> dict[CostKind, int]:
    """What stands in the ledger, by kind."""
    sums: dict[CostKind, int] = {}
    with transactions.read() as uow:
        for entry in uow.all(LedgerEntry):
            sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount_minor
    return {kind: amount for kind, amount in sums.items() if amount}


def cases(transactions: SqlTransactions, state: CaseState) -> list[tuple[str, str]]:
    """Codes and subjects of cases in this state."""
    with transactions.read() as uow:
        return sorted((case.code, case.subject) for case in uow.all(ExceptionCase, state=state))


def test_the_order_comes_in_as_approved_in_its_source(
    take: Take, story: Story, transactions: SqlTransactions
) -> None:
    take("order")

    with transactions.read() as uow:
        order = uow.all(PurchaseOrder)[0]
        line = uow.all(PurchaseOrderLine)[0]
        vendor = uow.all(Vendor)[0]
        centre = uow.get(CostCentre, line.cost_centre_id)
        assert (order.number, order.state) == (story.name("AEG012345"), OrderState.ISSUED)
        assert order.imported
        assert order.without_job
        assert [a.reason for a in uow.all(Approval)] == ["approved in the source system"]
        assert (vendor.code, vendor.name) == (story.name("CO001"), "Consortial")
        assert centre is not None
        assert centre.code == "IMPORTED-GBP"
        assert (line.quantity, line.unit) == (Decimal(100 * story.times), "KGM")
        assert line.net_minor == 100_00 * story.times
        assert "and the line says" in (order.import_flag or "")
    assert cases(transactions, CaseState.OPEN) == [("DOCUMENT_CONTRADICTS", "purchase_order")]
    assert ledger(transactions) == {CostKind.COMMITTED: 100_00 * story.times}


def test_the_right_exceptions_are_raised_and_cured(
    take: Take, story: Story, transactions: SqlTransactions
) -> None:
    take("order")
    take("receipt")
    assert ledger(transactions) == {
        CostKind.COMMITTED: 10_00 * story.times,
        CostKind.ACCRUED: 90_00 * story.times,
    }

    take("invoice")
    with transactions.read() as uow:
        invoice = uow.find(Invoice, number=story.name("A00095678"))
        assert invoice is not None
        assert invoice.state is InvoiceState.ON_HOLD
        assert invoice.total_minor == invoice.stated_total_minor == 107_50 * story.times
        told = {case.code: case.told for case in uow.all(ExceptionCase, invoice_id=invoice.id)}
    assert set(told) == {
        "QTY_OVER_RECEIVED",
        "QTY_OVER_ACCEPTED",
        "DISCOUNT_MISMATCH",
        "DOCUMENT_CONTRADICTS",
    }
    assert told["QTY_OVER_ACCEPTED"] == (
        f"Line 1 (beeswax): {100 * story.times} KGM billed, {90 * story.times} KGM accepted; "
        f"{10 * story.times} KGM too many."
    )

    take("credit")
    with transactions.read() as uow:
        line = uow.all(PurchaseOrderLine)[0]
        order = uow.all(PurchaseOrder)[0]
        states = {i.number: i.state for i in uow.all(Invoice)}
        closed = uow.all(ExceptionCase, state=CaseState.RESOLVED)
        assert (line.billed, line.billed_minor, line.cleared_minor) == (Decimal(0), 0, 0)
        assert (line.received, line.accepted) == (Decimal(90 * story.times),) * 2
        assert order.billing_progress is Progress.NONE
        assert states[story.name("A00095678")] is InvoiceState.CREDITED
        assert {case.code for case in closed} == set(told)
        assert {case.resolution for case in closed} == {Resolution.CAUSE_GONE}
    assert ledger(transactions) == {
        CostKind.COMMITTED: 10_00 * story.times,
        CostKind.ACCRUED: 90_00 * story.times,
    }


def test_what_contradicts_itself_waits_for_a_person(
    take: Take, story: Story, transactions: SqlTransactions
) -> None:
    answers = {kind: take(kind) for kind in ("order", "receipt", "invoice", "credit")}

    warned = {kind for kind, answer in answers.items() if answer.facts["warnings"]}
    assert warned == {"order", "credit"}
    assert cases(transactions, CaseState.OPEN) == [
        ("DOCUMENT_CONTRADICTS", "invoice"),
        ("DOCUMENT_CONTRADICTS", "purchase_order"),
    ]
    with transactions.read() as uow:
        credit = uow.find(Invoice, number=story.name("CN758494"))
        assert credit is not None
        assert credit.total_minor == 107_50 * story.times
        assert any("and the document says" in warning for warning in credit.warnings)


def test_settling_the_order_lets_its_invoice_go(
    take: Take, transactions: SqlTransactions, door: Door
) -> None:
    with transactions.write() as uow:
        finance = Person(
            id="fin", code="FIN", name="Fin", roles=[Role.FINANCE.value], created_at=door.clock()
        )
        uow.add(finance)
        uow.commit()
    take("order")
    take("receipt")
    take("invoice")
    with transactions.read() as uow:
        waiting = uow.find(ExceptionCase, code="DOCUMENT_CONTRADICTS", subject="purchase_order")
        assert waiting is not None

    settle(door, waiting.id)

    with transactions.read() as uow:
        dependent = uow.find(ExceptionCase, code="DOCUMENT_CONTRADICTS", subject="invoice")
        assert dependent is not None
        assert dependent.state is CaseState.RESOLVED
        assert uow.all(Invoice)[0].state is InvoiceState.ON_HOLD


def test_the_same_file_again_is_no_second_document(
    take: Take, transactions: SqlTransactions
) -> None:
    kinds = ("order", "receipt", "invoice", "credit")
    for kind in kinds:
        take(kind)
    with transactions.read() as uow:
        before = [uow.count(each) for each in (PurchaseOrder, Receipt, Invoice, AuditEntry)]

    again = [take(kind) for kind in kinds]

    assert {answer.facts["outcome"] for answer in again} == {"unchanged"}
    with transactions.read() as uow:
        after = [uow.count(each) for each in (PurchaseOrder, Receipt, Invoice, AuditEntry)]
        assert after == before
        assert {row.card for row in uow.all(OutboxRow)} == {"import"}
        assert list(chain_faults(uow.all(AuditEntry, order="seq"), uow.all(AuditHead)[0])) == []


def test_a_document_in_another_wording_under_the_same_number_is_refused(
    take: Take, story: Story, tmp_path: Path, door: Door
) -> None:
    take("order")
    take("receipt")
    other = tmp_path / "other.xml"
    other.write_text(story.path("receipt").read_text().replace("SAMPLE", "x").replace(
        "2005-06-21", "2005-06-22"))  # fmt: skip

    with pytest.raises(DomainError, match="was taken in before with other contents"):
        execute(door, TakeInDocument(document=read_ubl(other)), actor=IMPORT, key="other")


def test_a_receipt_before_its_order_is_refused_with_what_to_do(take: Take, story: Story) -> None:
    with pytest.raises(DomainError) as refused:
        take("receipt")

    assert refused.value.code == "import.no_order"
    assert f"order {story.name('AEG012345')}, which wopo does not have" in refused.value.message


def test_a_despatch_advice_is_refused_by_name(take: Take) -> None:
    with pytest.raises(DomainError, match=r"is a despatch advice, which changes nothing in wopo"):
        take("despatch")


def settle(door: Door, case_id: str) -> None:
    """Finance has looked at a case."""
    execute(
        door,
        AcknowledgeCase(case_id=case_id, reason="The price is per 100 kg."),
        actor=ActorRef("fin", "test"),
        key=f"settle:{case_id}",
    )
