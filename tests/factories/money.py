"""Orders that are approved and out at the vendor, and what comes for them, through the door."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories.buying import World
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.invoices import Invoice
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.order_content import ChargeContent, LineContent, OrderContent
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.approvals import ApproveOrder, RejectOrder
from wopo.usecases.budgets import SetBudget
from wopo.usecases.door import Answer
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.order_changes import IssueOrder, ReviseOrder
from wopo.usecases.order_documents import load_order
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder
from wopo.usecases.receipts import CountedLine, PostReceipt

D = Decimal
Do = Callable[..., Answer]
BUYER, APPROVER, RECEIVER, FINANCE, PAYER = "ben", "max", "rex", "fin", "pia"
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def line(
    quantity: str = "10",
    price: str = "10",
    *,
    job: str | None = "WO-1",
    centre: str = "cc",
    **more: Any,
) -> LineContent:
    """A line of pieces for the job."""
    facts = {"description": "bearing", "unit": "pcs", **more}
    return LineContent(
        quantity=D(quantity),
        unit_price=D(price),
        work_order_id=job,
        cost_centre_id=centre,
        **facts,
    )


def content(
    *lines: LineContent, charges: dict[str, int] | None = None, **more: Any
) -> OrderContent:
    """An order with Grainger in EUR; ``charges`` in minor units by code."""
    parts = tuple(
        ChargeContent(code=code, amount_minor=amount) for code, amount in (charges or {}).items()
    )
    facts = {"vendor_id": "gra", "currency": "EUR", **more}
    return OrderContent(lines=lines, charges=parts, **facts)


@dataclass(frozen=True)
class Desk:
    """Everybody's desk at once: orders, receipts and invoices by short words."""

    do: Do
    world: World

    def budget(self, amount: str = "10000", centre: str = "4711") -> str:
        """This year's budget of a cost centre."""
        command = SetBudget(cost_centre=centre, starts=YEAR[0], ends=YEAR[1], amount=D(amount))
        return self.do(command, by=FINANCE).subject_id

    def submitted(self, *lines: LineContent, **more: Any) -> str:
        """An order that waits for approval."""
        made = self.do(DraftOrder(content=content(*lines or (line(),), **more)), by=BUYER)
        self.do(SubmitOrder(order_id=made.subject_id), by=BUYER)
        return made.subject_id

    def approve(self, order_id: str, by: str = APPROVER) -> Answer:
        """Approve what waits."""
        (waiting,) = self.world.all(
            Approval, purchase_order_id=order_id, state=ApprovalState.WAITING
        )
        command = ApproveOrder(
            approval_id=waiting.id, revision=waiting.revision, content_hash=waiting.content_hash
        )
        return self.do(command, by=by)

    def reject(self, order_id: str, by: str = APPROVER) -> Answer:
        """Reject what waits."""
        (waiting,) = self.world.all(
            Approval, purchase_order_id=order_id, state=ApprovalState.WAITING
        )
        command = RejectOrder(approval_id=waiting.id, revision=waiting.revision, reason="no")
        return self.do(command, by=by)

    def approved(self, *lines: LineContent, **more: Any) -> str:
        """An approved order."""
        order_id = self.submitted(*lines, **more)
        self.approve(order_id)
        return order_id

    def issued(self, *lines: LineContent, **more: Any) -> str:
        """An order that is out at the vendor."""
        order_id = self.approved(*lines, **more)
        self.do(IssueOrder(order_id=order_id), by=BUYER)
        return order_id

    def issued_abroad(self) -> str:
        """An order of a cost centre below that keeps dollars, which the budget above counts too."""
        abroad = CostCentre(id="us", code="us", name="Overseas", currency="USD", parent_id="cc")
        self.world.add(abroad)
        day = {"source": "USD", "target": "EUR", "day": date(2026, 3, 1)}
        self.do(SetExchangeRate(**day, rate=D("0.9137")), by=FINANCE)
        return self.issued(line("3", "33.33", centre="us", job=None), currency="USD")

    def propose(self, order_id: str, changed: OrderContent) -> None:
        """Change an issued order; it waits for approval."""
        self.do(ReviseOrder(order_id=order_id, content=changed, reason="agreed"), by=BUYER)

    def revise(self, order_id: str, changed: OrderContent) -> None:
        """Change an issued order and have it approved."""
        self.propose(order_id, changed)
        self.approve(order_id)

    def order(self, order_id: str) -> PurchaseOrder:
        """The order as it stands."""
        return self.world.get(PurchaseOrder, order_id)

    def content(self, order_id: str) -> OrderContent:
        """What the order's rows say."""
        order = self.order(order_id)
        with self.world.transactions.read() as uow:
            return load_order(uow, order).content()

    def lines(self, order_id: str) -> list[PurchaseOrderLine]:
        """The order's lines by position."""
        found = self.world.all(PurchaseOrderLine, purchase_order_id=order_id)
        return sorted(found, key=lambda row: row.position)

    def receive(
        self,
        order_id: str,
        accepted: str | None = None,
        rejected: str = "0",
        *,
        place: int = 0,
        by: str = RECEIVER,
        **more: Any,
    ) -> Answer:
        """Book what came of one line."""
        target = self.lines(order_id)[place]
        count = CountedLine(
            line_id=target.id,
            accepted=target.quantity if accepted is None else D(accepted),
            rejected=D(rejected),
            reject_reason="bent" if D(rejected) else "",
        )
        return self.do(PostReceipt(order_id=order_id, lines=(count,), **more), by=by)

    def bill(
        self,
        order_id: str | None,
        *billed: tuple[str, str],
        number: str = "R-1",
        **more: Any,
    ) -> Invoice:
        """Enter an invoice: (quantity, unit price) per line, from the first line on."""
        lines = tuple(
            BilledLine(position=place, quantity=D(quantity), unit_price=D(price))
            for place, (quantity, price) in enumerate(billed, start=1)
        )
        facts = {"invoice_date": date(2026, 3, 2), "lines": lines, **more}
        answer = self.do(EnterInvoice(number=number, order_id=order_id, **facts), by=FINANCE)
        return self.invoice(answer.subject_id)

    def credit(self, order_id: str, *billed: tuple[str, str], **more: Any) -> Invoice:
        """Enter a credit note."""
        facts = {"number": "C-1", "type": "credit", **more}
        return self.bill(order_id, *billed, **facts)

    def invoice(self, invoice_id: str) -> Invoice:
        """The invoice as it stands."""
        return self.world.get(Invoice, invoice_id)

    def cases(self, *, open_only: bool = True) -> dict[str, ExceptionCase]:
        """Exception cases by code."""
        rows = self.world.all(ExceptionCase)
        return {
            row.code: row for row in rows if not open_only or row.state is not CaseState.RESOLVED
        }

    def ledger(self, **equal: Any) -> dict[str, int]:
        """The ledger's sums by kind, without those that are zero."""
        sums: dict[CostKind, int] = {}
        for entry in self.world.all(LedgerEntry, **equal):
            sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount_minor
        return {kind.value: amount for kind, amount in sums.items() if amount}

    def balances(self, budget_id: str) -> dict[str, int]:
        """A budget's balances without those that are zero."""
        row = self.world.get(Budget, budget_id)
        names = ("requested", "committed", "accrued", "invoiced", "stock", "labour")
        found = {name: getattr(row, f"{name}_minor") for name in names}
        return {name: amount for name, amount in found.items() if amount}


def desk(do: Do, world: World) -> Desk:
    """The desk of the buying company, with a second person in finance."""
    person = Person(id=PAYER, code=PAYER, name="Pia", roles=["finance"], created_at=world.clock())
    world.add(person)
    return Desk(do, world)
