"""A whole case: its events in order, every invoice judged at entry and after each later event.

Sums are kept per order line as events come, so an event costs its own lines plus those of the
earlier invoices it re-judges. Rule 9 asks for each of them after every event; one whose order
lines the event left alone keeps the verdict it had.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, localcontext

from wopo.domain.currencies import iso_digits
from wopo.domain.matching.arithmetic import EXACT, ZERO, Exact, plus
from wopo.domain.matching.context import NOTHING_BILLED, InvoiceContext, KnownInvoice, LineFacts
from wopo.domain.matching.documents import (
    Amendment,
    EventKind,
    Invoice,
    LineAmendment,
    MatchCase,
    OrderLine,
    Receipt,
)
from wopo.domain.matching.judge import invoice_identity, judge_invoice, sort_lines
from wopo.domain.matching.lines import contribution
from wopo.domain.matching.receipts import Arrival, judge_receipt
from wopo.domain.matching.tolerances import Tolerances
from wopo.domain.matching.verdict import (
    Billed,
    CaseVerdict,
    InvoiceVerdict,
    ReceiptVerdict,
    Rejudged,
)


@dataclass(slots=True)
class _Line:
    """An order line with its running sums."""

    order: OrderLine
    tolerances: Tolerances
    received: Decimal = ZERO
    accepted: Decimal = ZERO
    billed: Billed = NOTHING_BILLED
    credited: Billed = NOTHING_BILLED


@dataclass(slots=True)
class _Entry:
    """An invoice as it was entered: what it must be judged with again later.

    ``before`` and ``credited`` hold, per order line it names, the sums at its entry; ``credited``
    includes the invoice itself when it is a credit.
    """

    label: str
    invoice: Invoice
    closed: bool
    known: tuple[KnownInvoice, ...]
    value_before: Decimal
    stopped: bool = False
    verdict: InvoiceVerdict | None = None
    value_credited: Decimal = ZERO
    before: dict[str, Billed] = field(default_factory=dict)
    credited: dict[str, Billed] = field(default_factory=dict)


class _Register:
    """Invoices entered so far, found by number and by look."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str, str], KnownInvoice] = {}
        self._looks: dict[tuple[str, str, Exact, str, date], list[KnownInvoice]] = {}

    def like(self, own: KnownInvoice) -> tuple[KnownInvoice, ...]:
        """The first with the same number, and those that look the same (two numbers suffice)."""
        twin = self._numbers.get(own.number_key())
        look = own.look_alike_key()
        alike = [] if look is None else self._looks.get(look, [])
        return (*((twin,) if twin else ()), *alike)

    def add(self, own: KnownInvoice) -> None:
        """Enter it; of equal looks, the first two numbers are kept."""
        self._numbers.setdefault(own.number_key(), own)
        look = own.look_alike_key()
        if look is None:
            return
        alike = self._looks.setdefault(look, [])
        if len(alike) < 2 and own.number_key() not in [known.number_key() for known in alike]:
            alike.append(own)


def judge(case: MatchCase, *, explain: bool = False) -> CaseVerdict:
    """The answers for a case: at entry, for receipts, and after every later event.

    With ``explain`` the checks that passed are kept too.

    An event list that leaves a document out says that it has not happened.
    """
    with localcontext(EXACT):
        return _History(case, explain).run()


class _History:
    """A case while its events are played."""

    def __init__(self, case: MatchCase, explain: bool) -> None:
        self.case = case
        self.explain = explain
        self.digits = iso_digits(case.order.currency)
        self.closed = case.order.closed
        self.lines = {line.line: self._opened(line) for line in case.lines}
        self.entries: list[_Entry] = []
        self.register = _Register()
        self.value = ZERO
        self.value_credited = ZERO
        self.moved: set[str] | None = None
        """Order lines whose figures the event changed for earlier invoices; None: the order's."""

    def run(self) -> CaseVerdict:
        invoices: dict[str, InvoiceVerdict] = {}
        receipts: dict[str, ReceiptVerdict] = {}
        after: list[Rejudged] = []
        for event in self.case.history():
            earlier = list(self.entries)
            self.moved = set()
            if event.kind is EventKind.RECEIPT:
                receipts[event.label] = self._receive(self.case.receipts[event.place])
            elif event.kind is EventKind.INVOICE:
                invoices[event.label] = self._enter(event.label, self.case.invoices[event.place])
            else:
                self._amend(self.case.amendments[event.place])
            after += [Rejudged(event.label, entry.label, self._again(entry)) for entry in earlier]
        return CaseVerdict(self.case.id, invoices, receipts, tuple(after), len(self.lines) > 1)

    def _again(self, entry: _Entry) -> InvoiceVerdict:
        verdict = entry.verdict
        if verdict is None or self.moved is None or not self.moved.isdisjoint(entry.before):
            verdict = entry.verdict = judge_invoice(self._context(entry))
        return verdict

    def _opened(self, order: OrderLine) -> _Line:
        tolerances = self.case.tolerances
        if order.tolerances is not None:
            tolerances = tolerances.overridden_by(order.tolerances)
        return _Line(order, tolerances)

    def _receive(self, receipt: Receipt) -> ReceiptVerdict:
        came: dict[str, Decimal] = {}
        for part in receipt.lines:
            line = self.lines[part.line]
            line.accepted += part.accepted
            line.received += part.accepted + part.rejected
            came[part.line] = came.get(part.line, ZERO) + part.accepted + part.rejected
        self.moved = set(came)
        arrivals = [
            Arrival(
                self.lines[name].order, self.lines[name].tolerances, qty, self.lines[name].received
            )
            for name, qty in came.items()
        ]
        return judge_receipt(arrivals, receipt.dated)

    def _enter(self, label: str, invoice: Invoice) -> InvoiceVerdict:
        entry = _Entry(label, invoice, self.closed, (), self.value)
        for name in dict.fromkeys(line.po_line for line in invoice.lines):
            if name in self.lines:
                entry.before[name] = self.lines[name].billed
                entry.credited[name] = self.lines[name].credited
        own = invoice_identity(self._context(entry))
        entry.known = self.register.like(own)
        entry.value_credited = self.value_credited
        verdict = entry.verdict = judge_invoice(self._context(entry))
        self.register.add(own)
        self.entries.append(entry)
        entry.stopped = verdict.stopped
        self._count(entry, verdict)
        return verdict

    def _count(self, entry: _Entry, verdict: InvoiceVerdict) -> None:
        """Add the invoice to the sums that later ones are judged with; a stopped one has none."""
        self.value += verdict.value
        for name, own in verdict.lines.items():
            self._add(entry, name, own.billed)
        if entry.invoice.is_credit:
            self.value_credited += verdict.value
            entry.value_credited = self.value_credited
            self.moved = set(verdict.lines) if self.case.order.limit is None else None

    def _add(self, entry: _Entry, name: str, own: Billed) -> None:
        line = self.lines[name]
        line.billed = _sum(line.billed, own)
        if entry.invoice.is_credit:
            line.credited = _sum(line.credited, own)
            entry.credited[name] = line.credited

    def _context(self, entry: _Entry) -> InvoiceContext:
        order = self.case.order
        if order.closed != entry.closed:
            order = replace(order, closed=entry.closed)
        return InvoiceContext(
            entry.invoice,
            order,
            {name: self._facts(entry, name) for name in entry.before},
            self.case.tolerances,
            self.case.conversions,
            entry.known,
            entry.value_before,
            self.value_credited - entry.value_credited,
            explain=self.explain,
        )

    def _facts(self, entry: _Entry, name: str) -> LineFacts:
        line = self.lines[name]
        return LineFacts(
            line.order,
            line.order.policy or self.case.policy,
            line.tolerances,
            line.received,
            line.accepted,
            entry.before[name],
            _less(line.credited, entry.credited[name]),
        )

    def _amend(self, amendment: Amendment) -> None:
        self.closed = self.closed or amendment.closes
        self.moved = {change.line for change in amendment.lines}
        for change in amendment.lines:
            if change.line in self.lines:
                line = self.lines[change.line]
                line.order = _changed(line.order, change)
            else:
                self._admit(change)

    def _admit(self, change: LineAmendment) -> None:
        """A line added to the order: what invoices billed on it before counts from now on."""
        order = OrderLine(change.line, change.qty or ZERO, change.unit_price or ZERO)
        self.lines[change.line] = self._opened(order)
        for entry in self.entries:
            if all(line.po_line != change.line for line in entry.invoice.lines):
                continue
            entry.before[change.line] = self.lines[change.line].billed
            entry.credited[change.line] = self.lines[change.line].credited
            if entry.stopped:
                continue
            context = self._context(entry)
            billed = sort_lines(context).by_line[change.line]
            own = contribution(context, context.lines[change.line], billed, self.digits)
            self._add(entry, change.line, own)


def _changed(order: OrderLine, change: LineAmendment) -> OrderLine:
    return replace(
        order,
        qty=order.qty if change.qty is None else change.qty,
        unit_price=order.unit_price if change.unit_price is None else change.unit_price,
    )


def _sum(left: Billed, right: Billed) -> Billed:
    return Billed(plus(left.qty, right.qty), left.net + right.net)


def _less(left: Billed, right: Billed) -> Billed:
    if left is right:
        return NOTHING_BILLED
    return Billed(plus(left.qty, -right.qty), left.net - right.net)
