"""The database's side of judging again: what changed, and which orders are loud.

Loudness is asked for line by line and invoice by invoice, and only the ids of loud orders come
back. Quantities and prices are the whole millionths that are kept.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    not_,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.audit import AuditEntry
from wopo.domain.columns import ScaledDecimal
from wopo.domain.currencies import ISO_DIGITS
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import CLEARED, Invoice, InvoiceLine, InvoiceState, InvoiceType
from wopo.domain.money import PRICE_PLACES
from wopo.domain.outbox import JobRun
from wopo.domain.purchase_orders import OVER, SHUT, PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt
from wopo.domain.rejudging import Watched
from wopo.usecases.ports.rejudging import JOB, Place, RejudgingStore

Condition = ColumnElement[bool]


def _table(kind: type[SQLModel]) -> Any:
    return kind.__table__  # type: ignore[attr-defined]


ORDER, LINE, RECEIPT = _table(PurchaseOrder), _table(PurchaseOrderLine), _table(Receipt)
INV, BILLED, CASE = _table(Invoice), _table(InvoiceLine), _table(ExceptionCase)
ENTRY, RUN = _table(AuditEntry), _table(JobRun)
IDS: Any = bindparam("ids", expanding=True)
LIVE = INV.c.state != InvoiceState.REJECTED
SAFE = 10**18
"""Products up to it are exact in 64 bits, and so are twice their differences."""
NOTHING_FOUND = '{"order_closed": false, "policy": %, "alike": [], "exceptions": [], %'
"""How ``verdict_json`` begins where nothing was found, in its first letters. All of it is long, and
most of a look would be spent on reading it; what begins in another way only makes its order loud.
"""
BEGINS = 120


def _raw(table: Any, name: str) -> Any:
    """A quantity or price as the millionths that are kept."""
    column = table.c[name]
    return type_coerce(column, BigInteger) if isinstance(column.type, ScaledDecimal) else column


def _per_minor() -> Any:
    """How many millionths times millionths are one minor unit of the invoice's currency, for a
    price of one millionth's basis."""
    odd = {places for places in ISO_DIGITS.values() if places != 2}
    codes = {p: sorted(code for code, own in ISO_DIGITS.items() if own == p) for p in odd}
    known = [(INV.c.currency.in_(codes[p]), 10 ** (PRICE_PLACES - p)) for p in sorted(odd)]
    return case(*known, else_=10 ** (PRICE_PLACES - 2))


def _rest() -> tuple[Condition, Any, Any]:
    """Whether the products are exact, what was rounded off a billed line, and one minor unit."""
    quantity, price, net = _raw(BILLED, "quantity"), _raw(BILLED, "unit_price"), BILLED.c.net_minor
    unit = _raw(BILLED, "price_per") * _per_minor()
    exact = and_(
        quantity <= SAFE // func.nullif(price, 0, type_=BigInteger),
        func.abs(net) <= SAFE // func.nullif(unit, 0, type_=BigInteger),
    )
    return exact, quantity * price - net * unit, unit


def _other_than_ordered(watched: Watched) -> Condition:
    """Whether a billed line is in another unit, at another price or amount than the order's, or
    has something added or taken off. Tax on a part of a line is left to full judging."""
    whole = and_(BILLED.c.net_minor == LINE.c.net_minor, LINE.c.net_minor != 0)
    exact, rest, unit = _rest()
    named = func.lower(func.trim(BILLED.c.unit))
    price, quantity = _raw(BILLED, "unit_price"), _raw(BILLED, "quantity")
    early = LINE.c.promised_on > INV.c.invoice_date if watched.early else false()
    return or_(
        not_(LIVE),
        LINE.c.purchase_order_id != INV.c.purchase_order_id,
        LINE.c.cancelled,
        price <= 0,
        quantity <= 0,
        price != _raw(LINE, "unit_price"),
        _raw(BILLED, "price_per") != _raw(LINE, "price_per"),
        BILLED.c.charge_minor != 0,
        BILLED.c.discount_minor != 0,
        LINE.c.discount_minor != 0,
        BILLED.c.unit_factor.is_not(None),
        and_(
            BILLED.c.unit != LINE.c.unit,
            named != "",
            named != func.lower(func.trim(LINE.c.unit)),
        ),
        and_(LINE.c.tax_minor != 0, or_(INV.c.tax_minor == 0, not_(whole))),
        case((exact, or_(2 * rest < -unit, 2 * rest >= unit)), else_=True),
        early,
    )


def _any(condition: Condition) -> Condition:
    return func.max(case((condition, 1), else_=0)) == 1


def _loud_lines(watched: Watched) -> Select[Any]:
    """Orders with a line of which more is billed than came, more came than was ordered, something
    is billed otherwise than ordered or by a rejected invoice, or that keeps other sums than its
    documents. The joins are one after the other: SQLite would write a nested one down whole."""

    def total(name: str) -> Any:
        return func.coalesce(func.sum(_raw(BILLED, name)), 0)

    bills, quantity = func.count(BILLED.c.id), total("quantity")
    exact, rest, _ = _rest()
    under = or_(bills > 1, quantity < _raw(LINE, "quantity")) if watched.under else false()
    return (
        select(LINE.c.purchase_order_id)
        .select_from(
            LINE.outerjoin(BILLED, BILLED.c.purchase_order_line_id == LINE.c.id).outerjoin(
                INV, INV.c.id == BILLED.c.invoice_id
            )
        )
        .where(LINE.c.purchase_order_id.in_(IDS))
        # In the order of their index, so that nothing is sorted.
        .group_by(LINE.c.purchase_order_id, LINE.c.position, LINE.c.id)
        .having(
            or_(
                _raw(LINE, "billed") != quantity,
                _raw(LINE, "cleared") != quantity,
                LINE.c.billed_minor != total("net_minor"),
                LINE.c.cleared_minor != total("share_minor"),
                _raw(LINE, "accepted") > _raw(LINE, "quantity"),
                quantity > _raw(LINE, "quantity"),
                quantity > _raw(LINE, "received"),
                quantity > _raw(LINE, "accepted"),
                _any(and_(BILLED.c.id.is_not(None), _other_than_ordered(watched))),
                and_(bills > 1, _any(case((exact, rest != 0), else_=True))),
                and_(bills > 0, under),
            )
        )
    )


def _loud_header(*, postgres: bool) -> Condition:
    """Whether an invoice is no plain one for its approved order, or something was found in it."""
    approved_at = ORDER.c.approved_at
    approved = func.date(func.timezone("UTC", approved_at) if postgres else approved_at)
    begins = func.substr(cast(INV.c.verdict, Text), 1, BEGINS)
    return or_(
        and_(ORDER.c.approved_revision.is_(None), ORDER.c.state.not_in(SHUT)),
        ORDER.c.blanket_limit_minor.is_not(None),
        ORDER.c.charges_minor != 0,
        ORDER.c.discount_minor != 0,
        INV.c.charges_minor != 0,
        INV.c.discount_minor != 0,
        INV.c.stopped,
        INV.c.type != InvoiceType.INVOICE,
        INV.c.state.not_in(CLEARED),
        INV.c.vendor_id != ORDER.c.vendor_id,
        INV.c.currency != ORDER.c.currency,
        INV.c.invoice_date < func.coalesce(ORDER.c.order_date, approved, INV.c.invoice_date),
        INV.c.invoice_date > func.coalesce(ORDER.c.valid_to, INV.c.invoice_date),
        not_(begins.like(NOTHING_FOUND)),
    )


def _loud_invoices(*, postgres: bool) -> Select[Any]:
    """Orders with an invoice that is no plain one, has no line or one that is not on the order,
    bills another tax than the order's, or states another total."""
    tied = func.count(BILLED.c.purchase_order_line_id)
    rows = _of_invoice(case((func.count() == tied, tied), else_=0))
    total = _of_invoice(func.sum(BILLED.c.net_minor)) + INV.c.tax_minor
    tax = _of_invoice(func.sum(LINE.c.tax_minor), LINE)
    return (
        select(INV.c.purchase_order_id)
        .join(ORDER, ORDER.c.id == INV.c.purchase_order_id)
        .where(
            INV.c.purchase_order_id.in_(IDS),
            LIVE,
            or_(
                _loud_header(postgres=postgres),
                rows == 0,
                # Asked only where there is one: untaxed lines are found among the lines.
                case((INV.c.tax_minor == 0, False), else_=INV.c.tax_minor != tax),
                case(
                    (INV.c.stated_total_minor.is_(None), False),
                    else_=INV.c.stated_total_minor != total,
                ),
            ),
        )
    )


def _of_invoice(what: Any, *beside: Any) -> Any:
    """A figure over an invoice's billed lines."""
    statement = select(what).select_from(BILLED)
    for table in beside:
        statement = statement.join(table, table.c.id == BILLED.c.purchase_order_line_id)
    return statement.where(BILLED.c.invoice_id == INV.c.id).correlate(INV).scalar_subquery()


_CASED = select(CASE.c.purchase_order_id).where(CASE.c.purchase_order_id.in_(IDS))


@cache
def _loud(watched: Watched, *, postgres: bool) -> tuple[Select[Any], ...]:
    return _CASED, _loud_invoices(postgres=postgres), _loud_lines(watched)


def _about(table: Any, order_id: Any) -> Select[Any]:
    """Orders that entries about rows of the table belong to."""
    return (
        select(order_id)
        .select_from(ENTRY)
        .join(table, table.c.id == ENTRY.c.subject_id)
        .where(
            ENTRY.c.seq > bindparam("after"),
            ENTRY.c.seq <= bindparam("upto"),
            order_id.is_not(None),
        )
    )


_TOUCHED = union(
    _about(ORDER, ORDER.c.id),
    _about(INV, INV.c.purchase_order_id),
    _about(RECEIPT, RECEIPT.c.purchase_order_id),
    _about(CASE, CASE.c.purchase_order_id),
)
_WAITING = union(
    select(INV.c.purchase_order_id).where(
        INV.c.state == InvoiceState.ON_HOLD, INV.c.purchase_order_id.is_not(None)
    ),
    # Every order's id is more; but said so, the small index is searched.
    select(LINE.c.purchase_order_id).where(OVER, LINE.c.purchase_order_id > ""),
)


@implements(RejudgingStore)
class SqlRejudging(SqlStore, RejudgingStore):
    """See ``RejudgingStore``."""

    def place(self) -> Place | None:
        statement = select(RUN.c.facts).where(RUN.c.job == JOB).order_by(RUN.c.period.desc())
        facts = self.connection.execute(statement.limit(1)).scalar_one_or_none()
        if facts is None:
            return None
        day = date.fromisoformat(facts["day"])
        return Place(facts["seq"], facts["policy"], day, tuple(facts["left"]))

    def touched(self, after: int, upto: int) -> list[str]:
        found = self.connection.execute(_TOUCHED, {"after": after, "upto": upto})
        return list(found.scalars())

    def waiting(self) -> list[str]:
        return list(self.connection.execute(_WAITING).scalars())

    def count(self) -> int:
        return int(self.connection.execute(select(func.count()).select_from(ORDER)).scalar_one())

    def page(self, after: str, limit: int) -> list[str]:
        statement = select(ORDER.c.id).where(ORDER.c.id > after).order_by(ORDER.c.id).limit(limit)
        return list(self.connection.execute(statement).scalars())

    def loud(self, ids: Sequence[str], watched: Watched) -> set[str]:
        postgres = self.connection.dialect.name == "postgresql"
        return {
            id
            for statement in _loud(watched, postgres=postgres)
            for id in self.connection.execute(statement, {"ids": list(ids)}).scalars()
        }
