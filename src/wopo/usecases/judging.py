"""Judging real invoices: gather an order's facts once, ask the pure match, keep what follows.

``judge_new`` is for an invoice just entered: it needs the sums kept on the order's lines, not the
earlier invoices. ``Judging.again`` is for every later event: all live invoices in the order of
entry, each with those before it and the credits after it, in a constant number of statements.
Budgets are moved before cases are numbered (lock order), so cases are raised by ``finish``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

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
from wopo.domain.exception_cases import ExceptionCase, Finding
from wopo.domain.findings import findings, verdict_json
from wopo.domain.invoices import (
    INVOICE,
    Invoice,
    InvoiceCharge,
    InvoiceHeld,
    InvoiceLine,
    InvoiceMatched,
    InvoiceRejudged,
    InvoiceState,
)
from wopo.domain.matching import (
    DocumentType,
    KnownInvoice,
    MatchCode,
    default_tolerances,
    judge_invoice,
)
from wopo.domain.money import Money
from wopo.domain.purchase_orders import (
    OrderCharge,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.case_raising import Draft, over_receipt, raise_case
from wopo.usecases.door import Context
from wopo.usecases.invoice_papers import retie
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.invoices import InvoiceStore
from wopo.usecases.settings import company

SHUT = (OrderState.CLOSED, OrderState.CANCELLED)
BY_HAND = "by_hand"
"""A case's fact: found by the reader of the document, so judging never closes it."""


def load_documents(uow: UnitOfWork, invoices: Sequence[Invoice]) -> list[Document]:
    """Invoices with their lines and charges, in the order given; two statements."""
    ids = [invoice.id for invoice in invoices]
    lines: dict[str, list[InvoiceLine]] = {id: [] for id in ids}
    charges: dict[str, list[InvoiceCharge]] = {id: [] for id in ids}
    if ids:
        for line in uow.all(InvoiceLine, invoice_id=ids, order="position"):
            lines[line.invoice_id].append(line)
        for charge in uow.all(InvoiceCharge, invoice_id=ids, order="code"):
            charges[charge.invoice_id].append(charge)
    return [Document(invoice, lines[invoice.id], charges[invoice.id]) for invoice in invoices]


def live_documents(uow: UnitOfWork, order_id: str) -> list[Document]:
    """All documents of an order that count, in the order of entry; three statements."""
    rows = uow.all(Invoice, purchase_order_id=order_id, order="sequence")
    return load_documents(uow, [row for row in rows if row.state is not InvoiceState.REJECTED])


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
    _cases: dict[str, ExceptionCase] | None = None

    def again(self) -> list[Document]:
        """Judge every live invoice of the order anew, keep the sums on its lines, and close or
        change its cases. Returns the documents."""
        assert self.order is not None
        documents = live_documents(self.ctx.uow, self.order.id)
        if documents:
            gross = company(self.ctx.uow).budgets_gross
            for document in documents:
                retie(self.ctx, document, self.lines, gross=gross)
        billed = any(line.billed or line.billed_minor for line in self.lines.values())
        if documents or billed:
            self._judge_all(documents)
            for line_id, sums in recomputed(documents, self.lines).items():
                sums.put(self.lines[line_id])
        self.receipts()
        return documents

    def _judge_all(self, documents: Sequence[Document]) -> None:
        ordered = self.ordered()
        known = self._known([document.invoice for document in documents])
        credits = credits_by_invoice(documents)
        after = summed(added(d, self.lines, clears=False) for d in documents if d.invoice.is_credit)
        earlier: dict[str, LineSums] = {}
        charged: dict[str, int] = {}
        for document in documents:
            invoice = document.invoice
            own = added(document, self.lines, clears=False)
            if invoice.is_credit:
                after = summed([after, negated(own)])
            if invoice.state is InvoiceState.CREDITED:
                self.cases_gone(invoice.id)
            else:
                around = Around(
                    earlier,
                    after,
                    charged,
                    [] if invoice.is_credit else credits.get(invoice.id, []),
                    self._alike(invoice, known),
                )
                self._judge(ordered, document, around)
            own = added(document, self.lines, clears=False)
            earlier = summed([earlier, own])
            if not invoice.stopped:
                for charge in document.charges:
                    amount = document.sign * charge.amount_minor
                    charged[charge.code] = charged.get(charge.code, 0) + amount

    def judge_new(self, document: Document, *, also: Sequence[Finding] = ()) -> None:
        """Judge an invoice that was just entered, by the sums kept on the order's lines. ``also``
        are findings of the reader of the document, which no later judging takes back."""
        store = self.ctx.uow.store(InvoiceStore)
        charged = {}
        if self.order is not None:
            charged = store.charges_before(self.order.id, document.invoice.sequence)
        earlier = {id: LineSums(line.billed, line.billed_minor) for id, line in self.lines.items()}
        known = self._known([document.invoice])
        around = Around(earlier, {}, charged, (), self._alike(document.invoice, known))
        self._judge(self.ordered(), document, around, also=also)

    def keep_sums(self, document: Document) -> None:
        """Add a new invoice (no credit note) to the sums of the order's lines."""
        clears = document.invoice.id in clearing([document])
        for line_id, own in added(document, self.lines, clears=clears).items():
            line = self.lines[line_id]
            kept = LineSums(line.billed, line.billed_minor, line.cleared, line.cleared_minor)
            kept.plus(own).put(line)

    def ordered(self) -> Ordered:
        """The order as invoices see it."""
        charges: Sequence[OrderCharge] = ()
        if self.order is not None and self.order.charges_minor:
            charges = self.ctx.uow.all(OrderCharge, purchase_order_id=self.order.id)
        vendor = self.order.vendor_id if self.order is not None else ""
        return Ordered(self.order, self.lines, charges, default_tolerances(), vendor)

    def _judge(
        self,
        ordered: Ordered,
        document: Document,
        around: Around,
        *,
        also: Sequence[Finding] = (),
    ) -> None:
        invoice, order = document.invoice, self.order
        found = order is not None and (order.approved_revision is not None or order.state in SHUT)
        shut = order is not None and order.state in SHUT and not invoice.is_credit
        closed = bool(invoice.verdict.get("order_closed", shut))
        names, before = self._vendor_names(invoice), invoice.codes
        verdict = judge_invoice(
            context(
                Ordered(order, self.lines, ordered.charges, ordered.tolerances, names[1]),
                document,
                around,
                found=found,
                closed=closed,
                vendor=names[0],
            )
        )
        invoice.verdict = verdict_json(verdict, closed=closed)
        invoice.stopped = verdict.stopped
        self._keep(document, [*findings(verdict, ordered, document), *also], before)

    def _vendor_names(self, invoice: Invoice) -> tuple[str, str]:
        """Names of the invoice's and the order's vendor; ids will do while they are the same."""
        if self.order is None or self.order.vendor_id == invoice.vendor_id:
            return invoice.vendor_id, invoice.vendor_id
        rows = [
            self.ctx.require(Vendor, id, label="vendor")
            for id in (invoice.vendor_id, self.order.vendor_id)
        ]
        billed, ordered = (f"{row.name} ({row.code})" for row in rows)
        return billed, ordered

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
        self.settle_state(invoice, held=held)

    def settle_state(self, invoice: Invoice, *, held: bool) -> None:
        """Hold the invoice, or let it go; one that is paid stays so, its cases wait for a
        credit."""
        verb = "hold" if held else "match"
        if not INVOICE.can(invoice.state, verb):
            return
        invoice.state = INVOICE.move(invoice.state, verb, subject=f"Invoice {invoice.number}")
        invoice.version += 1
        if held:
            self.ctx.record(
                InvoiceHeld(
                    subject_id=invoice.id,
                    number=invoice.number,
                    order_id=invoice.purchase_order_id,
                    total=invoice.total,
                    codes=invoice.codes,
                )
            )
            return
        self.ctx.record(
            InvoiceMatched(
                subject_id=invoice.id,
                number=invoice.number,
                order_id=invoice.purchase_order_id,
                total=invoice.total,
                accepted=invoice.codes,
            )
        )

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
            draft = Draft(
                finding,
                "purchase_order",
                order.id,
                order.currency,
                order.vendor_id,
                order,
                line,
            )
            self.drafts.append(draft)

    def finish(self) -> list[ExceptionCase]:
        """Number and raise the new cases; call it after the ledger was posted."""
        settings = company(self.ctx.uow) if self.drafts else None
        raised = [raise_case(self.ctx, draft, settings=settings) for draft in self.drafts]
        self.drafts.clear()
        return raised

    def _known(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        if not invoices:
            return []
        return self.ctx.uow.store(InvoiceStore).alike(invoices)

    def _alike(self, invoice: Invoice, known: Sequence[Invoice]) -> tuple[KnownInvoice, ...]:
        return tuple(
            KnownInvoice(
                number=other.number,
                vendor=self._vendor_names(invoice)[0],
                type=DocumentType(other.type.value),
                currency=other.currency.casefold(),
                dated=other.invoice_date,
                total=_identity_total(other),
            )
            for other in known
            if other.sequence < invoice.sequence
            and other.vendor_id == invoice.vendor_id
            and other.id not in invoice.not_duplicate_of
        )


def _identity_total(invoice: Invoice) -> Decimal:
    stated = invoice.stated_total_minor
    minor = invoice.total_minor if stated is None else stated
    return Money(minor, invoice.currency).amount
