"""``/wopo why``: the chain up and down, from whatever end it is asked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.ids import SlashCommand
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, free_job
from tests.payloads import Payloads
from wopo.db.uow import SqlTransactions
from wopo.usecases.door import Answer
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.work_requests import ReportWork

Json = dict[str, Any]
Do = Callable[..., Answer]


@pytest.fixture
def chain(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """A job with an order: eight of ten seals came, all ten were billed."""
    vendor(transactions)
    job = free_job(do, company)
    order = issued_order(
        transactions, company, Line("10", "12.50"), job=job, rule_sentence="Over 100 needs an order"
    )
    counted = CountedLine(line_id=f"{order}/1", accepted=Decimal(8))
    do(PostReceipt(order_id=order, lines=(counted,), delivery_note="DN-7"), by=company.rec)
    billed = BilledLine(
        order_line_id=f"{order}/1", quantity=Decimal(10), unit_price=Decimal("12.50")
    )
    paper = {"number": "R-1", "invoice_date": "2026-03-01", "order_id": order, "lines": (billed,)}
    do(EnterInvoice(**paper), by=company.fin)
    return order


@pytest.fixture
def why(
    send: Callable[[Json], Json], payloads: Payloads, company: Company
) -> Callable[..., list[str]]:
    """``why(text)``: the lines of the answer."""

    def run(text: str, user: str = "U-fin") -> list[str]:
        said = send(payloads.command(SlashCommand.WOPO, f"why {text}".strip(), user=user))
        return [line for b in said["blocks"] for line in b["text"]["text"].split("\n")]

    return run


@pytest.mark.parametrize("asked", ["WO-1", "PO-42", "WR-1", "GRN-1", "EX-1"])
def test_the_whole_chain_from_any_end(
    why: Callable[..., list[str]], chain: str, asked: str
) -> None:
    lines = why(asked)
    assert lines[0] == f"*Why {asked}?*"
    text = "\n".join(line.strip("\u2003↳ ") for line in lines[1:]).replace("*", "")
    for part in (
        "work request WR-1 · Pump leaks · approved",
        "work order WO-1 · Pump leaks · approved",
        "purchase order PO-42 · Grainger · issued · 125.00 EUR · Over 100 needs an order",
        "receipt GRN-1 · DN-7 · posted",
        "invoice R-1 · on hold · 125.00 EUR",
        "exception EX-1 · qty over",
    ):
        assert part in text
    here = [line for line in lines[1:] if f"*{asked}*" in line]
    assert len(here) == 1, "the one that was asked about stands out"


def test_without_the_right_there_are_no_figures(why: Callable[..., list[str]], chain: str) -> None:
    assert "EUR" not in "\n".join(why("PO-42", "U-tess"))


def test_a_request_that_is_not_yet_work_stands_alone(
    why: Callable[..., list[str]], company: Company, do: Do
) -> None:
    do(ReportWork(title="Lamp broken", location_id=company.north), by=company.rob)
    assert why("WR-1")[1] == "work request *WR-1* · Lamp broken · new"


def test_without_a_number_or_with_a_wrong_one_it_says_what_to_type(
    send: Callable[[Json], Json], payloads: Payloads, chain: str
) -> None:
    empty = send(payloads.command(SlashCommand.WOPO, "why", user="U-fin"))
    assert "for example /wopo why PO-42" in empty["text"]
    wrong = send(payloads.command(SlashCommand.WOPO, "why PO-43", user="U-fin"))
    assert "There is no purchase order PO-43. Did you mean" in wrong["text"]


def test_a_long_chain_takes_no_more_queries_than_a_short_one(
    why: Callable[..., list[str]],
    transactions: SqlTransactions,
    company: Company,
    do: Do,
    engine: Engine,
    chain: str,
) -> None:
    job = free_job(do, company)
    for number in range(43, 50):
        order = f"PO-2026-{number:06d}"
        issued_order(transactions, company, Line("1", "1"), number=order, job=job)
    counts: list[int] = []

    def count(*_: Any) -> None:
        counts[-1] += 1

    event.listen(engine, "before_cursor_execute", count)
    for asked in ("WO-1", "WO-2"):
        counts.append(0)
        why(asked)
    event.remove(engine, "before_cursor_execute", count)
    assert counts[1] <= counts[0]
