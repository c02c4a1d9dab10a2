"""Purchase orders of another system: taken in as they stood there, with what was received.

An approval is recorded as "approved in the source system", never as one of ours. Receipts move no
stock: the stock snapshot is the opening balance. What does not fit (goods on an order that nobody
approved) is taken in, flagged, and waits for a person.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import SQLModel

from wopo.domain.money import Money, plain
from wopo.domain.purchase_order_events import ApprovalImported, OrderImported
from wopo.domain.purchase_orders import (
    PurchaseOrder,
)
from wopo.domain.receipts import ReceiptImported
from wopo.usecases.imports.flags import flag_orders
from wopo.usecases.imports.ledger import Posted, post_lines
from wopo.usecases.imports.order_rows import (
    APPROVED,
    TakenOrder,
    approval_of,
    order_of,
    revision_of,
)
from wopo.usecases.imports.rows import Problem, Row, Sourced
from wopo.usecases.imports.shapes import OrderRow
from wopo.usecases.imports.taking import Taking, quietly, untold
from wopo.usecases.order_documents import OrderDocument

BATCH = 500
"""Orders written together."""


def take_orders(taking: Taking, rows: Iterator[Sourced[Row] | Problem]) -> None:
    """Take in orders in batches; one that is here already and says something else is a problem."""
    batch: list[TakenOrder] = []
    for found in taking.fresh("orders", rows):
        made = _resolved(taking, found)
        if made is None:
            continue
        batch.append(made)
        if len(batch) >= BATCH and not taking.problems:
            write_orders(taking, batch)
            batch = []
    if batch and not taking.problems:
        write_orders(taking, batch)


def _resolved(taking: Taking, found: Sourced[Row]) -> TakenOrder | None:
    """The order with its references found, or none with the problems noted."""
    row = found.row
    assert isinstance(row, OrderRow)
    before = len(taking.problems)
    if row.source_key() in taking.taken("orders"):
        taking.problem(
            Problem(
                found.place.at("number"),
                f"order {row.number} was imported before and is different in the file now; "
                "change the order in wopo by a revision, or take it out of the file.",
            )
        )
    elif row.number in taking.known(PurchaseOrder, "number"):
        taking.problem(
            Problem(
                found.place.at("number"),
                f"wopo has an order {row.number} already, which did not come from an import.",
            )
        )
    if not row.lines:
        taking.problem(Problem(found.place.at("number"), "has no lines; an order needs one."))
    made = None if len(taking.problems) > before else order_of(taking, found, row)
    return made if len(taking.problems) == before else None


def write_orders(taking: Taking, batch: Sequence[TakenOrder]) -> None:
    """Write a batch: orders, revisions, approvals, receipts, ledger, records and audit events."""
    ctx = taking.ctx
    rows: list[SQLModel] = []
    for made in batch:
        content = OrderDocument(made.order, made.lines, made.charges).content()
        digest = content.hash()
        rows += [made.order, *made.lines, *made.charges, revision_of(taking, made, content, digest)]
        if made.row.status in APPROVED:
            made.approval = approval_of(taking, made, digest)
            rows.append(made.approval)
        if made.receipt is not None:
            rows += [made.receipt, *made.receipt_lines]
        rows.append(_record(taking, made))
        for line in made.figures.lines:
            if line.rounding is not None:
                taking.rounding.count(line.rounding)
        taking.outcome("orders").count("added")
        ctx.record(*(untold(event) for event in _events(made)))
    taking.store.write(rows)
    taking.note(PurchaseOrder, "number", {made.order.number: made.order.id for made in batch})
    posted = [Posted(made.order, made.lines, "import", made.order.id) for made in batch]
    post_lines(ctx, posted, new=True)
    quietly(ctx, lambda inner: flag_orders(inner, batch))


def _record(taking: Taking, made: TakenOrder) -> SQLModel:
    row = made.row
    facts = {
        "status": row.status.value,
        "ship_date": row.ship_date.isoformat() if row.ship_date else None,
        "note": row.note,
        "lines": [
            {
                "line_id": line.id,
                "source_line": found.row.source_line,
                "items": [i for i in (found.row.vendor_item, found.row.buyer_item) if i],
            }
            for line, found in zip(made.lines, row.lines, strict=True)
        ],
    }
    return taking.record("orders", made.found, made.order.id, facts=facts, warnings=made.warnings)


def _events(made: TakenOrder) -> Iterator[Any]:
    order = made.order
    yield OrderImported(
        subject_id=order.id,
        number=order.number,
        state=order.state.value,
        total=Money(order.total_minor, order.currency),
        flag=order.import_flag,
    )
    if made.approval is not None:
        yield ApprovalImported(subject_id=made.approval.id, order_id=order.id, number=order.number)
    if made.receipt is not None:
        yield ReceiptImported(
            subject_id=made.receipt.id,
            number=made.receipt.number,
            order_id=order.id,
            received_on=made.receipt.received_on,
            lines=[
                {
                    "line_id": line.purchase_order_line_id,
                    "receipt_line_id": line.id,
                    "accepted": plain(line.accepted),
                    "rejected": plain(line.rejected),
                }
                for line in made.receipt_lines
            ],
            flag=made.receipt.flag,
        )
