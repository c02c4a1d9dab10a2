"""Judging real invoices: gather an order's facts once, ask the pure match, keep what follows.

``judge_new`` is for an invoice just entered: it needs the sums kept on the order's lines, not the
earlier invoices. ``Judging.again`` is for every later event: all live invoices in the order of
entry, each with those before it and the credits after it, in a constant number of statements.
Budgets are moved before cases are numbered (lock order), so cases are raised by ``finish``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from wopo.domain.billing import (
    Document,
    LineSums,
    added,
    clearing,
    credits_by_invoice,
    negated,
    recomputed,
    summed,
)
from wopo.domain.billing_context import Around, Ordered, context
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.findings import Finding, findings, verdict_json
from wopo.domain.invoices import CLEARED, Invoice, InvoiceRejudged, InvoiceState
from wopo.domain.matching import MatchCode, Tolerances, judge_invoice
from wopo.domain.purchase_orders import (
    SHUT,
    OrderCharge,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.case_raising import Draft, allows, over_receipt, raise_case
from wopo.usecases.door import Context
from wopo.usecases.duplicates import Twin, Twins, forget, known, standing
from wopo.usecases.duplicates import search as find_twins
from wopo.usecases.invoice_papers import live_documents, retie
from wopo.usecases.ports.invoices import InvoiceStore
from wopo.usecases.purchasing_policy import Applied, PolicyBook
from wopo.usecases.settings import company
from wopo.usecases.settling import settle
from wopo.usecases.unit_conversions import convert_billed

BY_HAND = "by_hand"
"""A case's fact: found by the reader of the document, so judging never closes it."""


@dataclass
class Judging:
    """One event's judging of one order's invoices and receipts.

    A closed order refuses invoices but takes credit notes, which only give back.

    ``cause`` names the event for the history: ``receipt GRN-2026-000012``.
    """

    ctx: Context
    order: PurchaseOrder | None
    lines: Mapping[str, PurchaseOrderLine]
    cause: str
    drafts: list[Draft] = field(default_factory=list)
    book: PolicyBook | None = None
    _cases: dict[str, ExceptionCase] | None = None
    _gross: bool | None = None
    _applied: dict[tuple[int, date], Applied] = field(default_factory=dict)

    def again(self, *, search: bool = False) -> list[Document]:
        """Judge every live invoice of the order anew, keep the sums on its lines, and close or
        change its cases. ``search``: one was corrected, so look for twins anew. Returns the
        documents."""
        assert self.order is not None
        documents = live_documents(self.ctx.uow, self.order.id)
        if documents:
            for document in documents:
                retie(self.ctx, document, self.lines, gross=self.gross())
            convert_billed(self.ctx.uow, documents, self.lines)
        if search:
            for document in documents:
                forget(document.invoice)
        billed = any(line.billed or line.billed_minor for line in self.lines.values())
        if documents or billed:
            self._judge_all(documents, standing(self.ctx.uow, [d.invoice for d in documents]))
            for line_id, sums in recomputed(documents, self.lines).items():
                sums.put(self.lines[line_id])
        self.receipts()
        return documents

    def _judge_all(self, documents: Sequence[Document], found: Twins) -> None:
        ordered = self.ordered()
        credits = credits_by_invoice(documents)
        after = summed(added(d, self.lines, clears=False) for d in documents if d.invoice.is_credit)
        earlier: dict[str, LineSums] = {}
        charged: dict[str, int] = {}
        value, back = 0, sum(d.value for d in documents if d.invoice.is_credit)
        for document in documents:
            invoice = document.invoice
            own = added(document, self.lines, clears=False)
            if invoice.is_credit:
                after = summed([after, negated(own)])
                back -= document.value
            if invoice.state is InvoiceState.CREDITED:
                self.cases_gone(invoice.id)
            else:
                around = Around(
                    earlier,
                    after,
                    charged,
                    [] if invoice.is_credit else credits.get(invoice.id, []),
                    value_before=value,
                    value_later=back,
                )
                self._judge(ordered, document, around, found[invoice.id])
            own = added(document, self.lines, clears=False)
            earlier = summed([earlier, own])
            value += document.value
            if not invoice.stopped:
                for charge in document.charges:
                    amount = document.sign * charge.amount_minor
                    charged[charge.code] = charged.get(charge.code, 0) + amount

    def judge_new(self, document: Document, *, also: Sequence[Finding] = ()) -> None:
        """Judge an invoice that was just entered, by the sums kept on the order's lines. ``also``
        are findings of the reader of the document, which no later judging takes back."""
        store, invoice = self.ctx.uow.store(InvoiceStore), document.invoice
        convert_billed(self.ctx.uow, [document], self.lines)
        charged, value = {}, 0
        if self.order is not None:
            charged = store.charges_before(self.order.id, invoice.sequence)
            if self.order.blanket_limit_minor is not None:
                value = store.value_before(self.order.id, invoice.sequence)
        around = Around(self._earlier(document), {}, charged, value_before=value)
        found = find_twins(self.ctx.uow, [invoice])[invoice.id]
        self._judge(self.ordered(), document, around, found, also=also)

    def _earlier(self, document: Document) -> dict[str, LineSums]:
        """What was billed before: the kept sums, or exact ones where a fraction may be lost."""
        if self.order is None or not document.converted:
            return {id: LineSums(ln.billed, ln.billed_minor) for id, ln in self.lines.items()}
        before = live_documents(self.ctx.uow, self.order.id)
        entered = document.invoice.sequence
        return summed(
            added(each, self.lines, clears=False)
            for each in before
            if each.invoice.sequence < entered
        )

    def keep_sums(self, document: Document) -> None:
        """Add a new invoice (no credit note) to the sums of the order's lines. Where its unit was
        converted they are added up anew, since a sum of rounded thirds is no whole."""
        if self.order is not None and document.converted:
            documents = live_documents(self.ctx.uow, self.order.id)
            for line_id, sums in recomputed(documents, self.lines).items():
                sums.put(self.lines[line_id])
            return
        clears = document.invoice.id in clearing([document])
        for line_id, own in added(document, self.lines, clears=clears).items():
            line = self.lines[line_id]
            LineSums.of(line).plus(own).put(line)

    def ordered(self) -> Ordered:
        """The order as invoices see it; the policy is asked for each of them."""
        charges: Sequence[OrderCharge] = ()
        if self.order is not None and self.order.charges_minor:
            charges = self.ctx.uow.all(OrderCharge, purchase_order_id=self.order.id)
        vendor = self.order.vendor_id if self.order is not None else ""
        return Ordered(self.order, self.lines, charges, Tolerances(), vendor)

    def applied(self, invoice: Invoice) -> Applied:
        """What the policy says about this invoice (``PolicyBook.version_for``)."""
        version = self._policies().version_for(invoice, decided=invoice.state in CLEARED)
        return self._apply(version, invoice.entered_at.date(), invoice.vendor_id)

    def today(self) -> Applied:
        """What the policy says today about what comes for the order."""
        assert self.order is not None
        version, day = self._policies().current, self.ctx.at.date()
        return self._apply(version, day, self.order.vendor_id)

    def _policies(self) -> PolicyBook:
        if self.book is None:
            self.book = PolicyBook(self.ctx.uow, self.ctx.at.date())
        return self.book

    def _apply(self, version: int, day: date, vendor_id: str) -> Applied:
        if (version, day) not in self._applied:
            if self.order is not None:
                vendor_id = self.order.vendor_id
            self._applied[version, day] = self._policies().applied(
                version, self.order, self.lines, vendor_id=vendor_id, day=day
            )
        return self._applied[version, day]

    def _judge(
        self,
        ordered: Ordered,
        document: Document,
        around: Around,
        found_alike: Sequence[Twin],
        *,
        also: Sequence[Finding] = (),
    ) -> None:
        invoice, order = document.invoice, self.order
        found = order is not None and (order.approved_revision is not None or order.state in SHUT)
        shut = order is not None and order.state in SHUT and not invoice.is_credit
        closed = bool(invoice.verdict.get("order_closed", shut))
        names, before = self._vendor_names(invoice), invoice.codes
        applied = self.applied(invoice)
        ordered = replace(
            ordered, tolerances=applied.tolerances, rules=applied.lines, vendor=names[1]
        )
        around = replace(around, known=known(invoice, found_alike, vendor=names[0]))
        verdict = judge_invoice(
            context(ordered, document, around, found=found, closed=closed, vendor=names[0])
        )
        alike = [twin.kept() for twin in found_alike]
        invoice.verdict = verdict_json(verdict, closed=closed, policy=applied.version, alike=alike)
        invoice.stopped = verdict.stopped
        self._keep(document, [*findings(verdict, ordered, document), *also], before)

    def _vendor_names(self, invoice: Invoice) -> tuple[str, str]:
        """Names of the invoice's and the order's vendor; ids will do while they are the same."""
        if self.order is None or self.order.vendor_id == invoice.vendor_id:
            return invoice.vendor_id, invoice.vendor_id
        rows = [self._vendor(id) for id in (invoice.vendor_id, self.order.vendor_id)]
        billed, ordered = (f"{row.name} ({row.code})" for row in rows)
        return billed, ordered

    def _vendor(self, vendor_id: str) -> Vendor:
        return self.ctx.require(Vendor, vendor_id, label="vendor")

    def _keep(self, document: Document, found: Sequence[Finding], before: list[str]) -> None:
        invoice = document.invoice
        fresh = invoice.state is InvoiceState.RECEIVED
        held = self._cases_of(document, found)
        after = invoice.codes
        if not fresh and before != after:
            self.ctx.record(
                InvoiceRejudged(
                    subject_id=invoice.id,
                    number=invoice.number,
                    order_id=invoice.purchase_order_id,
                    before=before,
                    after=after,
                    cause=self.cause,
                )
            )
        cases = [case for case in self.cases().values() if case.invoice_id == invoice.id]
        # Where there is no case nothing is withheld, and nothing needs to be read.
        gross = bool(cases) and self.gross()
        settle(self.ctx, document, self.lines, cases, held=held, gross=gross, cause=self.cause)

    def _cases_of(self, document: Document, found: Sequence[Finding]) -> bool:
        """Raise, change and close the invoice's cases; whether one of them holds it."""
        invoice = document.invoice
        known = {key: case for key, case in self.cases().items() if case.invoice_id == invoice.id}
        self._forget_drafts(invoice)
        held = any(draft.invoice_id == invoice.id for draft in self.drafts)
        for finding in found:
            case = known.pop(finding.key(invoice.id), None)
            if case is None:
                held = True
                self.drafts.append(self._draft(finding, invoice))
                continue
            event = case.found(finding, at=self.ctx.at, cause=self.cause)
            if event is not None:
                self.ctx.record(event)
            held = held or case.holds
        for case in known.values():
            if case.subject == "invoice" and not case.facts.get(BY_HAND):
                self._gone(case)
            else:
                held = held or case.holds
        return held

    def _forget_drafts(self, invoice: Invoice) -> None:
        """Judged twice within one event, an invoice keeps only what its reader found."""
        self.drafts = [
            draft
            for draft in self.drafts
            if draft.invoice_id != invoice.id or draft.finding.facts.get(BY_HAND)
        ]

    def _draft(self, finding: Finding, invoice: Invoice) -> Draft:
        line = self.lines.get(finding.line_id or "")
        return Draft(
            finding,
            "invoice",
            invoice.id,
            invoice.currency,
            invoice.vendor_id,
            self.order,
            line,
            invoice_id=invoice.id,
        )

    def cases(self) -> dict[str, ExceptionCase]:
        """All cases of the order (or, without one, of its one invoice), by key."""
        if self._cases is None:
            rows: list[ExceptionCase] = []
            if self.order is not None:
                rows = self.ctx.uow.all(ExceptionCase, purchase_order_id=self.order.id)
            self._cases = {row.key: row for row in rows}
        return self._cases

    def gross(self) -> bool:
        """Whether budgets count tax; read once."""
        if self._gross is None:
            self._gross = company(self.ctx.uow).budgets_gross
        return self._gross

    def with_cases_of(self, invoice: Invoice) -> "Judging":
        """Also know the cases of an invoice that belonged to no order, or to another one."""
        for row in self.ctx.uow.all(ExceptionCase, invoice_id=invoice.id):
            self.cases()[row.key] = row
        return self

    def cases_gone(self, invoice_id: str) -> None:
        """Close all cases of an invoice: what they were about is gone."""
        for case in self.cases().values():
            if case.invoice_id == invoice_id:
                self._gone(case)

    def receipt_cases_gone(self, receipt_id: str) -> None:
        """Close what was raised about one receipt alone: it was voided."""
        for case in self.cases().values():
            if case.subject == "receipt" and case.receipt_id == receipt_id:
                self._gone(case)

    def _gone(self, case: ExceptionCase) -> None:
        event = case.gone(at=self.ctx.at, cause=self.cause)
        if event is not None:
            self.ctx.record(event)

    def receipts(self) -> None:
        """Raise, change and close what is received beyond the order, line by line."""
        order = self.order
        if order is None:
            return
        found = {
            finding.key(order.id): finding
            for line in self.lines.values()
            if (finding := over_receipt(order, line)) is not None
            and not allows(self.today().lines[line.id].tolerances, line)
        }
        for key, case in self.cases().items():
            if case.subject != "purchase_order" or case.code != MatchCode.OVER_RECEIPT:
                continue
            finding = found.pop(key, None)
            if finding is None:
                self._gone(case)
                continue
            event = case.found(finding, at=self.ctx.at, cause=self.cause)
            if event is not None:
                self.ctx.record(event)
        for finding in found.values():
            line = self.lines[finding.line_id or ""]
            about = (order.id, order.currency, order.vendor_id, order, line)
            self.drafts.append(Draft(finding, "purchase_order", *about))

    def finish(self) -> list[ExceptionCase]:
        """Number and raise the new cases; call it after the ledger was posted."""
        settings = company(self.ctx.uow) if self.drafts else None
        raised = [raise_case(self.ctx, draft, settings=settings) for draft in self.drafts]
        self.drafts.clear()
        return raised
