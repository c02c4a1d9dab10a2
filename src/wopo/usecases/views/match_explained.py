"""Why an invoice is matched or held: every check with its two figures, its limit and who set it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wopo.domain.billing import name_of
from wopo.domain.errors import NOT_FOUND, Refusal
from wopo.domain.exception_kinds import Measure, kind_of
from wopo.domain.findings import label
from wopo.domain.invoices import Invoice, InvoiceState, number_key
from wopo.domain.matching import CODES, COMPARED, HEADER_STOPS, Family, MatchCode, Tolerances
from wopo.domain.money import format_number
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.tolerance_rules import NO_LIMIT, SHIPPED
from wopo.domain.vendors import Vendor
from wopo.usecases.invoice_papers import load_documents
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.purchasing_policy import Applied, PolicyBook

SEVERAL = Refusal(
    "match.several_invoices",
    "{number} is an invoice of {vendors}. Nothing was changed; name the vendor too.",
)
_LINE_FAMILIES = {
    Family.QTY_ORDERED: MatchCode.QTY_OVER_ORDERED,
    Family.QTY_UNDER: MatchCode.QTY_UNDER_ORDERED,
    Family.QTY_RECEIVED: MatchCode.QTY_OVER_RECEIVED,
    Family.PRICE_OVER: MatchCode.PRICE_OVER,
    Family.PRICE_UNDER: MatchCode.PRICE_UNDER,
    Family.LINE_TOTAL: MatchCode.LINE_TOTAL_OVER,
    Family.DATE_VALUE: MatchCode.EARLY_INVOICE,
}
_WHOLE_FAMILIES = {
    Family.TOTAL_OVER: MatchCode.INVOICE_TOTAL_OVER,
    Family.TOTAL_UNDER: MatchCode.INVOICE_TOTAL_UNDER,
    Family.CHARGE: MatchCode.CHARGE_OVER,
    Family.TAX: MatchCode.TAX_MISMATCH,
    Family.DISCOUNT: MatchCode.DISCOUNT_MISMATCH,
    Family.BALANCE: MatchCode.INVOICE_NOT_BALANCED,
}


@dataclass(frozen=True)
class CheckView:
    """One comparison in words. ``title`` is what is wrong, or what was looked at and is right.
    ``passed`` is none where nothing was compared, as nobody set a limit; ``limit`` says which, and
    who set it."""

    code: str
    title: str
    where: str
    passed: bool | None
    compared: str
    limit: str
    measure: Measure


@dataclass(frozen=True)
class ExplainedView:
    """An invoice with everything it was judged by. ``lines`` tell how each is matched, and who
    said so."""

    id: str
    number: str
    vendor: str
    order: str
    state: InvoiceState
    policy: str
    lines: tuple[str, ...]
    checks: tuple[CheckView, ...]

    @property
    def verdict(self) -> str:
        """In one sentence."""
        failed = [check.title for check in self.checks if check.passed is False]
        if not failed:
            return "Everything that was compared is within its limits."
        return f"Not within its limits: {', '.join(dict.fromkeys(failed))}."


def invoice_called(uow: UnitOfWork, number: str, vendor: str = "") -> Invoice:
    """The invoice with this number, of the vendor with this code where one is named. Raises
    ``NOT_FOUND``, and ``SEVERAL`` when several vendors have used it."""
    rows = uow.all(Invoice, number_key=number_key(number), order="sequence")
    vendors = {row.id: row for row in uow.all(Vendor, id=sorted({r.vendor_id for r in rows}))}
    if vendor:
        wanted = vendor.strip().casefold()
        rows = [row for row in rows if vendors[row.vendor_id].code.casefold() == wanted]
    if not rows:
        raise NOT_FOUND(kind="invoice", wanted=number, nearest="")
    if len({row.vendor_id for row in rows}) > 1:
        names = " and ".join(sorted(f"{row.name} ({row.code})" for row in vendors.values()))
        raise SEVERAL(field="vendor", number=number, vendors=names)
    live = [row for row in rows if row.state is not InvoiceState.REJECTED]
    return (live or rows)[0]


def explained(uow: UnitOfWork, invoice_id: str) -> ExplainedView:
    """Why the invoice stands as it does, from its kept verdict. Raises ``NOT_FOUND``."""
    invoice = uow.get(Invoice, invoice_id)
    if invoice is None:
        raise NOT_FOUND(kind="invoice", wanted=invoice_id, nearest="")
    order_id = invoice.purchase_order_id
    order = uow.get(PurchaseOrder, order_id) if order_id else None
    rows = uow.all(PurchaseOrderLine, purchase_order_id=order_id) if order_id else []
    billed = {row.purchase_order_line_id for row in load_documents(uow, [invoice])[0].lines}
    lines = {row.id: row for row in sorted(rows, key=lambda r: r.position) if row.id in billed}
    applied = _applied(uow, invoice, order, lines)
    vendor = uow.get(Vendor, invoice.vendor_id)
    return ExplainedView(
        id=invoice.id,
        number=invoice.number,
        vendor=vendor.name if vendor else "",
        order=order.number if order else "",
        state=invoice.state,
        policy=f"policy {applied.version}" if applied.version else SHIPPED,
        lines=tuple(_matched(row, applied) for row in lines.values()),
        checks=tuple(_checks(invoice, order, lines, applied, _vendors(uow, invoice, order))),
    )


def _applied(
    uow: UnitOfWork,
    invoice: Invoice,
    order: PurchaseOrder | None,
    lines: Mapping[str, PurchaseOrderLine],
) -> Applied:
    """The version the kept verdict came from, and what it says."""
    day = invoice.entered_at.date()
    vendor_id = order.vendor_id if order else invoice.vendor_id
    version = int(invoice.verdict.get("policy", 0))
    return PolicyBook(uow, day).applied(version, order, lines, vendor_id=vendor_id, day=day)


def _matched(line: PurchaseOrderLine, applied: Applied) -> str:
    rule = applied.lines[line.id]
    return f"{label(line)}: {rule.policy.value} ({rule.source})"


def _checks(
    invoice: Invoice,
    order: PurchaseOrder | None,
    lines: Mapping[str, PurchaseOrderLine],
    applied: Applied,
    vendors: Mapping[str, str],
) -> Iterator[CheckView]:
    """What did not pass first, then what passed, then what nobody set a limit for."""
    named = {name_of(line): label(line) for line in lines.values()}
    made = [_made(check, named, vendors) for check in invoice.verdict.get("checks", ())]
    yield from sorted(made, key=lambda check: bool(check.passed))
    failed = {check.code for check in made if not check.passed}
    if order is None or invoice.is_credit or failed & {code.value for code in HEADER_STOPS}:
        return
    for line in lines.values():
        tolerances = applied.lines[line.id].tolerances
        yield from _unlimited(_LINE_FAMILIES, tolerances, label(line))
    whole = dict(_WHOLE_FAMILIES)
    if order.blanket_limit_minor is not None:
        whole[Family.BLANKET] = MatchCode.OVER_BLANKET_LIMIT
    if order.valid_to is not None:
        whole[Family.BLANKET_DAYS] = MatchCode.BLANKET_EXPIRED
    yield from _unlimited(whole, applied.tolerances, "")


def _vendors(uow: UnitOfWork, invoice: Invoice, order: PurchaseOrder | None) -> dict[str, str]:
    """The vendors that a check may name by id, by what people call them."""
    ids = {invoice.vendor_id, *([order.vendor_id] if order else [])}
    return {row.id: row.name for row in uow.all(Vendor, id=sorted(ids))}


def _made(
    check: Mapping[str, Any], named: Mapping[str, str], vendors: Mapping[str, str]
) -> CheckView:
    code = MatchCode(check["code"])
    line = named.get(check["line"] or "", f"line {check['line']}" if check["line"] else "")
    return CheckView(
        code.value,
        COMPARED[code] if check["passed"] else kind_of(code.value).title,
        " ".join(filter(None, (line, check["subject"]))),
        check["passed"],
        _compared(code, check, vendors),
        check["limit"],
        kind_of(code.value).measure,
    )


def _compared(code: MatchCode, check: Mapping[str, Any], vendors: Mapping[str, str]) -> str:
    facts = CODES[code]
    actual, reference = check["actual"], check["reference"]
    if actual is None or reference is None:
        return ""
    if check["variance"] is None:
        actual, reference = vendors.get(actual, actual), vendors.get(reference, reference)
        return f"{facts.actual} {actual}, {facts.reference} {reference}"
    return (
        f"{facts.actual} {_figure(actual, check['unit'])}, "
        f"{facts.reference} {_figure(reference, check['unit'])}"
    )


def _figure(value: str, unit: str) -> str:
    return f"{format_number(Decimal(value))} {unit}".rstrip()


def _unlimited(
    families: Mapping[Family, MatchCode], tolerances: Tolerances, where: str
) -> Iterator[CheckView]:
    for family, code in families.items():
        if not tolerances.limits(family).limits:
            kind = kind_of(code.value)
            yield CheckView(code.value, kind.title, where, None, "", NO_LIMIT, kind.measure)
