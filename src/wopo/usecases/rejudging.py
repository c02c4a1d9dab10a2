"""Judging again: everything when somebody asks for it, and what changed since the last look.

Every event is judged at once with all that follows from it. Left is what no event brings: a policy
whose day has come, rows that a restore or a repair changed, doubt. Looking is free of consequences
and holds no lock: quiet orders are told by their figures alone, the others are judged on detached
rows, and only what would come out differently is judged once more through the door. So looking
twice changes nothing, and a sweep costs what changed, not what there is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from wopo.domain.billing import Document, LineSums, recomputed
from wopo.domain.errors import BUSY, DomainError
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import InvoiceLine
from wopo.domain.matching import default_tolerances
from wopo.domain.order_life import refresh_progress
from wopo.domain.people import Role
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.purchasing_policy import PurchasingPolicy
from wopo.domain.rejudging import Watched
from wopo.domain.unit_conversions import same_unit
from wopo.usecases.door import ActorRef, Answer, Command, Context, use_case
from wopo.usecases.duplicates import Twins
from wopo.usecases.execute import Door, execute
from wopo.usecases.judging import Judging
from wopo.usecases.judging_pages import ReadJudging, load_page, policy_for, unspoken
from wopo.usecases.ledger import post_order
from wopo.usecases.order_money import SOURCE
from wopo.usecases.ports import Transactions, UnitOfWork
from wopo.usecases.ports.rejudging import RejudgingStore
from wopo.usecases.ports.sweeps import TICK
from wopo.usecases.purchasing_policy import PolicyBook
from wopo.usecases.receipts import order_lines

T = TypeVar("T")
PAGE = 1_000
"""Orders looked at in one reading transaction; memory does not grow with how many there are."""
LOUD_PAGE = 100
"""Of these, orders judged as objects at a time."""
AT_ONCE = 20
"""Orders judged in one writing transaction, which holds SQLite's lock."""
TRIES = 5
"""How often a writing transaction is begun while the database is busy."""


class JudgeOrders(Command):
    """Judge the invoices and receipts of these orders again; ``cause`` is told in histories."""

    order_ids: tuple[str, ...]
    cause: str


@use_case(
    JudgeOrders, roles={Role.FINANCE, Role.ADMIN}, action="have invoices judged again", system=True
)
def judge_orders(command: JudgeOrders, ctx: Context) -> Answer:
    """Budgets of all of them are moved before cases are numbered (lock order). An order that is
    judged as it was leaves nothing behind; the others are named in the answer."""
    done: list[Judging] = []
    changed: list[str] = []
    for id in sorted(command.order_ids):
        order = ctx.require_locked(PurchaseOrder, id, label="purchase order")
        lines = order_lines(ctx, order)
        before, said = [LineSums.of(line) for line in lines.values()], len(ctx.recorded)
        judging = Judging(ctx, order, lines, command.cause)
        judging.again()
        post_order(ctx, order, list(lines.values()), source=SOURCE, source_id=order.id)
        summed = [LineSums.of(line) for line in lines.values()] != before
        if summed or judging.drafts or len(ctx.recorded) > said:
            changed.append(order.number)
        done.append(judging)
    for judging in done:
        judging.finish()
        assert judging.order is not None
        refresh_progress(judging.order, judging.lines.values())
    message = f"{len(done)} orders judged again, {len(changed)} changed."
    return Answer(message=message, facts={"changed": changed})


@dataclass
class Look(ReadJudging):
    """Judging that is thrown away: it shows whether anything would come out differently."""

    known: Sequence[ExceptionCase] = ()

    def cases(self) -> dict[str, ExceptionCase]:
        if self._cases is None:
            self._cases = {row.key: row for row in self.known}
        return self._cases

    def differs(self, documents: Sequence[Document], found: Twins) -> bool:
        """Whether an event, a case, a verdict or a sum would be another one."""
        if any(self._unsettled(row) for document in documents for row in document.lines):
            return True
        before = [(d.invoice.verdict, d.invoice.stopped) for d in documents]
        self._judge_all(documents, found)
        self.receipts()
        if self.ctx.recorded or self.drafts:
            return True
        sums = {line.id: LineSums.of(line) for line in self.lines.values()}
        after = [(d.invoice.verdict, d.invoice.stopped) for d in documents]
        return before != after or sums != recomputed(documents, self.lines)

    def _unsettled(self, row: InvoiceLine) -> bool:
        """Whether a line waits for its order line or for a conversion: only judging that keeps
        what it finds asks the database for them."""
        line = self.lines.get(row.purchase_order_line_id or "")
        if line is None:
            return row.purchase_order_line_id is None and bool(row.item_number)
        return row.unit_factor is None and not same_unit(row.unit, line.unit)


def watched(uow: UnitOfWork) -> Watched:
    """What any version of the policy looks at, besides differences that are never negative."""
    book = PolicyBook(uow, date.min)
    sections = [book.document(row.version).matching for row in uow.all(PurchasingPolicy)]
    scopes = [scope for section in sections for scope in (section.company, *section.rules)]
    return Watched.by([default_tolerances(), *(scope.tolerances("") for scope in scopes)])


def differing(
    transactions: Transactions, ids: Sequence[str], watching: Watched, at: datetime
) -> list[str]:
    """Those of the orders that would be judged differently now."""
    with transactions.read() as uow:
        ears = sorted(uow.store(RejudgingStore).loud(ids, watching))
    found: list[str] = []
    for part in in_parts(ears, LOUD_PAGE):
        with transactions.read() as uow:
            page = load_page(uow, part)
            cases: dict[str | None, list[ExceptionCase]] = {}
            for case in uow.all(ExceptionCase, purchase_order_id=part):
                cases.setdefault(case.purchase_order_id, []).append(case)
            book = policy_for(uow, page, at.date())
            looks = []
            for order in page.orders:
                look = Look.of(page, order, ctx=unspoken(uow, at), book=book, cause="")
                look.known = cases.get(order.id, ())
                look.today()
                looks.append((order.id, look))
        found += [id for id, look in looks if look.differs(page.documents[id], page.found)]
    return found


@dataclass
class Looked:
    """What a look came to: how many orders it saw, how many of them were judged through the door,
    and the numbers of those that changed; ``left`` (by id): what could not be judged, and why."""

    orders: int = 0
    judged: int = 0
    changed: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


@dataclass
class Judge:
    """Looks at orders page by page, and has those judged through the door that differ."""

    door: Door
    actor: ActorRef
    cause: str
    looked: Looked = field(default_factory=Looked)
    _watching: Watched | None = None

    def judge(self, ids: Sequence[str]) -> None:
        """One page. Raises ``BUSY`` when the database stays locked."""
        transactions = self.door.transactions
        if self._watching is None:
            with transactions.read() as uow:
                self._watching = watched(uow)
        found = differing(transactions, ids, self._watching, self.door.clock())
        self.looked.orders += len(ids)
        for id in ids:  # Left by an earlier page: it is looked at anew.
            self.looked.left.pop(id, None)
        for part in in_parts(found, AT_ONCE):
            self._judged(part)

    def _judged(self, ids: Sequence[str]) -> None:
        """Several at once; where one of them is refused, each by itself."""
        command = JudgeOrders(order_ids=tuple(ids), cause=self.cause)
        try:
            answer = self._patiently(command)
        except DomainError as error:
            if error.code == BUSY.code:
                raise
            if len(ids) == 1:
                self.looked.left[ids[0]] = error.message
                return
            for id in ids:
                self._judged([id])
            return
        self.looked.judged += len(ids)
        self.looked.changed += answer.facts["changed"]

    def _patiently(self, command: Command) -> Answer:
        key = f"{TICK}judge:{self.door.new_id()}"
        for _ in range(TRIES - 1):
            try:
                return execute(self.door, command, actor=self.actor, key=key)
            except DomainError as error:
                if error.code != BUSY.code:
                    raise
        return execute(self.door, command, actor=self.actor, key=key)


def in_parts(all_: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Slices of at most so many."""
    return (all_[start : start + size] for start in range(0, len(all_), size))
