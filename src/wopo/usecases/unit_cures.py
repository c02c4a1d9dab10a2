"""A conversion that was missing is entered: what waited for it is judged again."""

from wopo.domain.exception_cases import OPEN_CASES, ExceptionCase
from wopo.domain.matching import MatchCode
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.unit_conversions import UnitConversionSet, unit_key
from wopo.usecases.door import Context, reaction
from wopo.usecases.invoices import follow
from wopo.usecases.judging import Judging
from wopo.usecases.receipts import order_lines


@reaction(UnitConversionSet)
def judge_other_units(event: UnitConversionSet, ctx: Context) -> None:
    """Judge the orders again that have an invoice in one of the two units on hold."""
    held = ctx.uow.all(ExceptionCase, code=MatchCode.UOM_MISMATCH.value, state=OPEN_CASES)
    order_ids = {
        case.purchase_order_id
        for case in held
        if case.purchase_order_id is not None and _about(case, event)
    }
    for order_id in sorted(order_ids):
        order = ctx.require_locked(PurchaseOrder, order_id, label="purchase order")
        cause = f"conversion of {event.source} to {event.target}"
        judging = Judging(ctx, order, order_lines(ctx, order), cause)
        documents = judging.again()
        follow(ctx, judging, documents[-1].invoice)


def _about(case: ExceptionCase, event: UnitConversionSet) -> bool:
    units = {unit_key(str(case.facts.get(name, ""))) for name in ("actual", "reference")}
    return units == {event.source, event.target}
