"""What becomes of orders in a company of any size, as shares of all its orders."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.crowd import Crowd
from benchmarks.cycle import empty_stock, job
from benchmarks.databases import prepare
from bot.local.story import Teller
from wopo.cli.opening import utc_now
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.work_orders import AssigneeKind
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.order_changes import CloseOrder, LinePromise, RecordPromise
from wopo.usecases.payables import MakePayable, MarkPaid
from wopo.usecases.purchase_orders import SubmitOrder
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.work_order_assignment import AssignWorkOrder
from wopo.usecases.work_order_moves import CompleteWork, StartWork

NO_VENDOR = {"CYL-DL": 1}
ON_HAND = 12
"""Jobs that the technician has at the moment, whatever the company's size."""

Lines = list[PurchaseOrderLine]


class Stories:
    """Tells one story after the other; each is one job with one order."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.told = 0

    def draft(self) -> None:
        """Requested."""
        self._requested()

    def unsourced(self) -> None:
        """Requested, and nobody knows a vendor."""
        self.teller.request("sue", self._job(), NO_VENDOR)

    def pending(self) -> None:
        """Sent for approval."""
        self.teller.by("ben", SubmitOrder(order_id=self._requested()))

    def approved(self) -> None:
        """Approved and not issued."""
        self.teller.approve(self._requested(), "mira")

    def issued(self) -> None:
        """Issued and promised for next week."""
        order_id = self._requested()
        self._promised(order_id, self.teller.order(order_id, "mira"))

    def in_hand(self) -> None:
        """The same for a job that the technician works on."""
        job_id = self._job()
        order_id = self._requested(job_id)
        self._promised(order_id, self.teller.order(order_id, "mira"))
        self._work(job_id)

    def delivered(self) -> None:
        """Received in full."""
        self._received()

    def matched(self) -> None:
        """Billed as ordered: waits to be released."""
        self._billed(*self._received())

    def held(self) -> None:
        """One bearing short and billed in full: an exception."""
        self._billed(*self._received(short=1))

    def closed(self) -> None:
        """All over: the job done, the invoice paid, the order closed."""
        job_id = self._job()
        order_id, lines = self._received(job_id=job_id)
        self._work(job_id)
        self.teller.by("ann", CompleteWork(work_order_id=job_id))
        invoice_id = self._billed(order_id, lines)
        self.teller.by("fay", MakePayable(invoice_id=invoice_id))
        self.teller.by("fay", MarkPaid(invoice_id=invoice_id))
        self.teller.by("ben", CloseOrder(order_id=order_id))

    def _job(self) -> str:
        self.told += 1
        return job(self.teller, self.told)

    def _requested(self, job_id: str = "") -> str:
        """Two lines; the amount is another in each story, or bills would look alike."""
        job_id = job_id or self._job()
        (order_id,) = self.teller.request("sue", job_id, {"BRG-6204": self.told, "SEAL-M25": 2})
        return order_id

    def _received(self, *, short: int = 0, job_id: str = "") -> tuple[str, Lines]:
        order_id = self._requested(job_id)
        lines = self.teller.order(order_id, "mira")
        counted = [CountedLine(line_id=line.id, accepted=line.quantity) for line in lines]
        last = counted[-1]
        counted[-1] = CountedLine(line_id=last.line_id, accepted=last.accepted - short)
        self.teller.by("rita", PostReceipt(order_id=order_id, lines=tuple(counted)))
        return order_id, lines

    def _promised(self, order_id: str, lines: Lines) -> None:
        day = utc_now().date() + timedelta(days=7)
        promises = tuple(LinePromise(line_id=line.id, promised_on=day) for line in lines)
        self.teller.by("ben", RecordPromise(order_id=order_id, lines=promises))

    def _billed(self, order_id: str, lines: Lines) -> str:
        invoice = billed_as_ordered(f"BILL-{self.told:05}", order_id, lines)
        return self.teller.by("fay", invoice).subject_id

    def _work(self, job_id: str) -> None:
        ann = self.teller.people["ann"]
        give = AssignWorkOrder(work_order_id=job_id, kind=AssigneeKind.PERSON, assignee_id=ann)
        self.teller.by("sue", give)
        self.teller.by("ann", StartWork(work_order_id=job_id))


SHARES: dict[str, int] = {
    "closed": 40,
    "delivered": 5,
    "matched": 10,
    "held": 5,
    "issued": 20,
    "approved": 5,
    "pending": 10,
    "unsourced": 1,
    "draft": 5,
}
"""Per hundred orders; a need without a vendor has none. Drafts come last: the next request would
go on one."""


def billed_as_ordered(number: str, order_id: str, lines: Lines) -> EnterInvoice:
    """The vendor's invoice for all that was ordered, dated today."""
    return EnterInvoice(
        number=number,
        invoice_date=utc_now().date(),
        order_id=order_id,
        lines=tuple(
            BilledLine(
                order_line_id=line.id,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
            )
            for line in lines
        ),
    )


def build(path: Path, orders: int) -> str:
    """A company with so many orders in a new SQLite file; its URL."""
    url = f"sqlite:///{path}"
    database = prepare(url)
    empty_stock(database)
    stories = Stories(Teller(database))
    stories.closed()  # Once before all: the first time a part is bought its price is new.
    crowd = Crowd(path, database.engine)
    moulds = {name: crowd.mould(_named(stories, name)) for name in ("in_hand", *SHARES)}
    database.engine.dispose()
    wanted = {name: max(orders * share // 100 - 1, 0) for name, share in SHARES.items()}
    crowd.fill((moulds[name], count) for name, count in (wanted | {"in_hand": ON_HAND - 1}).items())
    crowd.close()
    return url


def _named(stories: Stories, name: str) -> Callable[[], None]:
    tell: Callable[[], None] = getattr(stories, name)
    return tell
