"""Cases for what an import found: goods nobody approved, documents that contradict themselves."""

from collections.abc import Sequence
from decimal import Decimal

from wopo.domain.exception_kinds import DOCUMENT_CONTRADICTS, RECEIPT_WITHOUT_APPROVAL
from wopo.domain.findings import Finding
from wopo.domain.money import Money
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.case_raising import Draft, raise_case
from wopo.usecases.door import Context
from wopo.usecases.imports.order_figures import unapproved
from wopo.usecases.imports.order_rows import APPROVED, TakenOrder
from wopo.usecases.judging import BY_HAND


def flag_orders(ctx: Context, batch: Sequence[TakenOrder]) -> None:
    """Raise the cases of a batch of orders: each waits for a person."""
    for made in batch:
        if made.receipt is not None and made.row.status not in APPROVED:
            raise_case(ctx, _unapproved(made, made.receipt.id))
        if made.contradictions:
            draft = Draft(
                contradiction(
                    f"order {made.order.number}",
                    made.contradictions,
                    made.order.total_minor,
                    [line.cost_centre_id for line in made.lines],
                ),
                "purchase_order",
                made.order.id,
                made.order.currency,
                made.order.vendor_id,
                made.order,
                None,
            )
            raise_case(ctx, draft)


def contradiction(
    document: str, sentences: Sequence[str], amount_minor: int, cost_centre_ids: Sequence[str]
) -> Finding:
    """A document that contradicts itself; only a person settles it."""
    problem = " ".join(sentences)
    return Finding(
        code=DOCUMENT_CONTRADICTS,
        amount_minor=amount_minor,
        variance=Decimal(0),
        subject=document[:60],
        cost_centre_ids=tuple(dict.fromkeys(cost_centre_ids)),
        facts={
            "document": document,
            "problem": problem,
            "sentence": f"{document}: {problem}",
            BY_HAND: True,
        },
    )


def _unapproved(made: TakenOrder, receipt_id: str) -> Draft:
    order = made.order
    value = received_value(order, made.lines)
    finding = Finding(
        code=RECEIPT_WITHOUT_APPROVAL,
        amount_minor=value.minor,
        variance=Decimal(0),
        cost_centre_ids=tuple(dict.fromkeys(line.cost_centre_id for line in made.lines)),
        facts={
            "actual": value.format(),
            "order": f"order {order.number}",
            "sentence": unapproved(made.row.status),
            BY_HAND: True,
        },
    )
    return Draft(
        finding,
        "receipt",
        receipt_id,
        order.currency,
        order.vendor_id,
        order,
        None,
        receipt_id=receipt_id,
    )


def received_value(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> Money:
    """What all that came is worth at the order's prices, rejected goods too."""
    worth = sum(
        (Money(line.net_minor, order.currency).amount * line.received / line.quantity
         for line in lines),
        Decimal(0),
    )  # fmt: skip
    return Money.of(worth, order.currency)
