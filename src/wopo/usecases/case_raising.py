"""Raising cases: drafts of what was found, and the case each becomes with number and owner."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.exception_kinds import OwnerKind, kind_of
from wopo.domain.findings import Finding, label
from wopo.domain.matching import Family, MatchCode, Tolerances
from wopo.domain.matching.tolerances import within
from wopo.domain.money import Money, format_number
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.settings import CompanySettings
from wopo.usecases.door import Context
from wopo.usecases.settings import company


@dataclass
class Draft:
    """A case to be raised when the budgets have been moved."""

    finding: Finding
    subject: str
    subject_id: str
    currency: str
    vendor_id: str | None
    order: PurchaseOrder | None
    line: PurchaseOrderLine | None
    invoice_id: str | None = None
    receipt_id: str | None = None


def over_receipt(order: PurchaseOrder, line: PurchaseOrderLine) -> Finding | None:
    """What was accepted beyond the ordered quantity; none within it."""
    over = line.accepted - line.quantity
    if over <= 0 or not line.quantity:
        return None
    amount = Money(line.net_minor, order.currency).amount * over / line.quantity

    def shown(quantity: Decimal) -> str:
        return f"{format_number(quantity)} {line.unit}"

    return Finding(
        code=MatchCode.OVER_RECEIPT.value,
        amount_minor=Money.of(amount, order.currency).minor,
        variance=over,
        line_id=line.id,
        cost_centre_ids=(line.cost_centre_id,),
        facts={
            "line": label(line),
            "actual": shown(line.accepted),
            "reference": shown(line.quantity),
            "apart": shown(over),
            "sentence": f"accepted {shown(line.accepted)}, ordered {shown(line.quantity)}",
        },
    )


def allows(tolerances: Tolerances, line: PurchaseOrderLine) -> bool:
    """Whether the policy lets that much come beyond the ordered quantity."""
    limits = tolerances.limits(Family.OVER_RECEIPT)
    return not limits.limits or within(limits, line.accepted - line.quantity, line.quantity)


def raise_case(
    ctx: Context, draft: Draft, *, settings: CompanySettings | None = None
) -> ExceptionCase:
    """Open a case with its number, its owner and its day, and record that it was raised.

    ``settings`` are the company's where the caller has read them already.
    """
    finding, line = draft.finding, draft.line
    kind = kind_of(finding.code)
    rules = settings or company(ctx.uow)
    grace = rules.grace_days_not_received if finding.code == MatchCode.NOT_RECEIVED else 0
    case = ExceptionCase(
        id=ctx.new_id(),
        number=ctx.uow.next_number("EX", ctx.at.year),
        key=finding.key(draft.subject_id),
        code=finding.code,
        state=CaseState.OPEN,
        subject=draft.subject,
        subject_id=draft.subject_id,
        invoice_id=draft.invoice_id,
        receipt_id=draft.receipt_id,
        purchase_order_id=draft.order.id if draft.order else None,
        purchase_order_line_id=finding.line_id,
        vendor_id=draft.vendor_id,
        cost_centre_id=finding.cost_centre_ids[0] if len(finding.cost_centre_ids) == 1 else None,
        amount_minor=finding.amount_minor,
        variance=finding.variance,
        currency=draft.currency,
        facts={**finding.facts, "cost_centre_ids": list(finding.cost_centre_ids)},
        owner_kind=kind.owner.value,
        owner_id=_owner(kind.owner, draft.order, line),
        raised_at=ctx.at,
        changed_at=ctx.at,
        due_at=ctx.at + timedelta(days=rules.exception_due_days),
        quiet_until=ctx.at + timedelta(days=grace) if grace else None,
    )
    ctx.uow.add(case)
    ctx.record(case.raised())
    return case


def _owner(
    owner: OwnerKind, order: PurchaseOrder | None, line: PurchaseOrderLine | None
) -> str | None:
    """The receiver named on the line, the order's buyer; accounts payable is a whole desk."""
    if owner is OwnerKind.RECEIVER and line is not None:
        return line.receiver_id
    if owner is OwnerKind.BUYER and order is not None:
        return order.buyer_id
    return None
