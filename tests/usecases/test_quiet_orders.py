"""What is called quiet is quiet: judged in full under the narrowest limits, nothing is found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine

from wopo.db.engine import WRITE
from wopo.db.uow import SqlTransactions
from wopo.domain.billing import Document, LineSums, recomputed
from wopo.domain.cost_centres import CostCentre
from wopo.domain.invoices import Invoice, InvoiceLine, InvoiceState, InvoiceType
from wopo.domain.matching import TOLERANCE_KEYS, default_tolerances
from wopo.domain.money import Money
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.rejudging import Watched
from wopo.domain.tolerance_rules import NOT_SET
from wopo.domain.vendors import Vendor
from wopo.usecases.judging_pages import unspoken
from wopo.usecases.ports.rejudging import RejudgingStore
from wopo.usecases.purchasing_policy import PolicyBook
from wopo.usecases.rejudging import Look

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 9, tzinfo=UTC)
QUIET = {"order_closed": False, "policy": 0, "alike": [], "exceptions": [], "checks": []}
ZERO = dict.fromkeys(set(TOLERANCE_KEYS) - NOT_SET, 0)
NARROW = PolicyDocument.model_validate(
    {"title": "Nothing is let go", "matching": {"company": {"limits": ZERO}}}
)
VENDORS = {id: Vendor(id=id, code=id, name=id, currency="EUR", created_at=AT) for id in ("v", "w")}
CASES = 200
NO_DATABASE: Any = None


@dataclass
class Made:
    """An order with its invoices, almost always as it should be."""

    dice: Random
    id: str
    order: PurchaseOrder = field(init=False)
    lines: dict[str, PurchaseOrderLine] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    currency: str = field(init=False)

    def __post_init__(self) -> None:
        self.currency = self.dice.choice(["EUR", "JPY", "KWD"])
        self.order = self._order()
        for place in range(1, self.dice.randint(2, 4)):
            self.lines[f"{self.id}/{place}"] = self._line(place)
        for number in range(1, self.dice.randint(2, 4)):
            self.documents.append(self._document(number))
        self._count()

    def _rarely(self, usual: Any, odd: Any, chance: float = 0.02) -> Any:
        return odd if self.dice.random() < chance else usual

    def _order(self) -> PurchaseOrder:
        return PurchaseOrder(
            id=self.id,
            number=self.id,
            state=self._rarely(OrderState.ISSUED, OrderState.CLOSED, 0.2),
            vendor_id="v",
            currency=self.currency,
            approved_revision=self._rarely(1, None),
            approved_at=AT - timedelta(days=8),
            order_date=self._rarely(None, DAY + timedelta(days=1)),
            valid_to=self._rarely(None, DAY - timedelta(days=1)),
            blanket_limit_minor=self._rarely(None, 1),
            discount_minor=self._rarely(0, 1),
            created_at=AT,
        )

    def _line(self, place: int) -> PurchaseOrderLine:
        quantity = Decimal(self.dice.choice(["1", "3", "10", "2.5"]))
        price = Decimal(self.dice.choice(["10", "3.3333", "0.005", "12.50"]))
        per = Decimal(self._rarely(1, 3, 0.2))
        net = Money.of(quantity * price / per, self.currency).minor
        return PurchaseOrderLine(
            id=f"{self.id}/{place}",
            purchase_order_id=self.id,
            position=place,
            description="bearing",
            quantity=quantity,
            unit="pcs",
            unit_price=price,
            price_per=per,
            discount_minor=self._rarely(0, 1),
            tax_minor=self.dice.choice([0, net // 5]),
            net_minor=net,
            cost_centre_id="cc",
            cancelled=self._rarely(False, True),
            promised_on=self._rarely(None, DAY + timedelta(days=1), 0.1),
            received=quantity,
            accepted=quantity
            + self._rarely(0, Decimal("0.000001") * self.dice.choice([1, -1]), 0.2),
        )

    def _document(self, number: int) -> Document:
        rows = [self._row(number, line) for line in self.lines.values() if self.dice.random() < 0.7]
        net, tax = sum(row.net_minor for row in rows), self._tax(rows)
        tax += self._rarely(0, 1)
        return Document(
            Invoice(
                id=f"{self.id}-{number}",
                sequence=number,
                number=f"R-{number}",
                number_key=f"r{number}",
                type=self._rarely(InvoiceType.INVOICE, InvoiceType.CREDIT),
                state=self._rarely(InvoiceState.MATCHED, InvoiceState.ON_HOLD),
                vendor_id=self._rarely("v", "w"),
                purchase_order_id=self.id,
                currency=self._rarely(self.currency, "USD"),
                invoice_date=DAY - timedelta(days=self._rarely(0, 9)),
                net_minor=net,
                tax_minor=tax,
                total_minor=net + tax,
                stated_total_minor=self._rarely(net + tax, net + tax + 1),
                entered_at=AT,
                verdict=self._rarely(QUIET, {**QUIET, "order_closed": True}),
            ),
            rows,
        )

    def _row(self, number: int, line: PurchaseOrderLine) -> InvoiceLine:
        share = self.dice.choice(["1", "1", "0.5"])
        quantity = line.quantity * Decimal(share) + self._rarely(0, Decimal("0.000001"))
        price = line.unit_price + self._rarely(0, Decimal("0.000001"))
        net = Money.of(quantity * price / line.price_per, self.currency).minor
        return InvoiceLine(
            id=f"{self.id}-{number}/{line.position}",
            invoice_id=f"{self.id}-{number}",
            position=line.position,
            purchase_order_line_id=self._rarely(line.id, None),
            quantity=quantity,
            unit=self.dice.choice(["", "PCS"]) if self._rarely(True, False) else "box",
            unit_price=price,
            price_per=line.price_per,
            net_minor=net,
            share_minor=net,
        )

    def _tax(self, rows: list[InvoiceLine]) -> int:
        whole = 0
        for row in rows:
            line = self.lines.get(row.purchase_order_line_id or "")
            if line is not None and row.net_minor == line.net_minor:
                whole += line.tax_minor
        return whole

    def _count(self) -> None:
        """The sums as wopo keeps them, but for a rare damage."""
        for line_id, sums in recomputed(self.documents, self.lines).items():
            sums.put(self.lines[line_id])
            self.lines[line_id].billed_minor += self._rarely(0, 1)
        # The sums of a credit note are told by themselves, unless it was none when they were kept.
        invoice = self.documents[-1].invoice
        invoice.type = self._rarely(invoice.type, InvoiceType.CREDIT, 0.2)

    def look(self) -> Look:
        """It judged in full, under limits of zero for everything."""
        book = PolicyBook(NO_DATABASE, DAY, proposed=NARROW, _current=0)
        context = unspoken(NO_DATABASE, AT)
        look = Look(context, self.order, self.lines, "", book=book, vendors=VENDORS)
        look.differs(self.documents, {one.invoice.id: [] for one in self.documents})
        return look


@pytest.fixture
def kept(engine: Engine) -> Callable[[int], dict[str, Made]]:
    """So many orders, as rows of a database and as they were made, by id."""

    def keep(count: int) -> dict[str, Made]:
        made = {f"o{seed}": Made(Random(seed), f"o{seed}") for seed in range(count)}
        documents = [document for one in made.values() for document in one.documents]
        with engine.execution_options(**WRITE).begin() as connection:
            for rows in (
                list(VENDORS.values()),
                [CostCentre(id="cc", code="cc", name="cc", currency="EUR")],
                [one.order for one in made.values()],
                [line for one in made.values() for line in one.lines.values()],
                [document.invoice for document in documents],
                [row for document in documents for row in document.lines],
            ):
                table = type(rows[0]).__table__
                values = [{c.name: getattr(row, c.name) for c in table.c} for row in rows]
                connection.execute(table.insert(), values)
        return made

    return keep


def quiet(transactions: SqlTransactions, ids: Iterable[str], watched: Watched) -> set[str]:
    with transactions.read() as uow:
        return set(ids) - uow.store(RejudgingStore).loud(sorted(ids), watched)


def test_a_quiet_order_is_judged_without_a_finding_under_any_limits(kept, transactions) -> None:
    watched = Watched.by([NARROW.matching.company.tolerances("")])
    assert watched == (True, True)
    made = kept(CASES)
    found = quiet(transactions, made, watched)
    assert len(found) > CASES // 15
    for id in sorted(found):
        one = made[id]
        sums = {id: LineSums.of(line) for id, line in one.lines.items()}
        assert sums == recomputed(one.documents, one.lines), id
        look = one.look()
        codes = [document.invoice.codes for document in one.documents if document.invoice.codes]
        assert not (look.ctx.recorded or look.drafts or codes), (id, codes)


def test_parts_of_a_line_and_early_bills_are_quiet_where_no_policy_watches_them(
    kept, transactions
) -> None:
    lax = Watched.by([default_tolerances()])
    assert lax == (False, False)
    made = kept(100)
    narrow = quiet(transactions, made, Watched(under=True, early=True))
    assert quiet(transactions, made, lax) > narrow
