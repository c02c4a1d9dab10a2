"""Very many order lines for sweeps: orders of twenty lines, received and billed, copied in bulk;
and the same database on PostgreSQL, row by row as SQLite has it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Table
from sqlmodel import SQLModel

from benchmarks.crowd import Crowd
from benchmarks.databases import prepare
from benchmarks.floor import bare_connection
from benchmarks.stories import billed_as_ordered
from bot.local.story import Teller
from wopo.cli.opening import opened
from wopo.db import migrate
from wopo.domain.cost_centres import CostCentre
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.purchase_orders import DraftOrder
from wopo.usecases.receipts import CountedLine, PostReceipt

LINES = 20
"""Lines of an order."""
HELD = 100
"""One order of so many has a line that came one short and was billed in full."""
BATCH = 5_000


class Papers:
    """Tells whole orders through the door."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.told = 0
        with teller.database.transactions.read() as uow:
            (self.vendor,) = (row.id for row in uow.all(Vendor, code="BEARCO"))
            (self.centre,) = (row.id for row in uow.all(CostCentre, code="MAINT-N"))

    def matched(self) -> None:
        """Received and billed as ordered."""
        self._told(short=0)

    def held(self) -> None:
        """One line came one short."""
        self._told(short=1)

    def _told(self, *, short: int) -> None:
        self.told += 1
        lines = self._issued()
        counted = [CountedLine(line_id=line.id, accepted=line.quantity) for line in lines]
        last = counted[-1]
        counted[-1] = CountedLine(line_id=last.line_id, accepted=last.accepted - short)
        order_id = lines[0].purchase_order_id
        self.teller.by("rita", PostReceipt(order_id=order_id, lines=tuple(counted)))
        invoice = billed_as_ordered(f"BULK-{self.told:05}", order_id, lines)
        self.teller.by("fay", invoice)

    def _issued(self) -> list[PurchaseOrderLine]:
        """The amount is another in each order, or bills would look alike."""
        lines = tuple(
            LineContent(
                description=f"Bearing {place}",
                quantity=Decimal(place + self.told),
                unit="pcs",
                unit_price=Decimal("0.3333"),
                cost_centre_id=self.centre,
            )
            for place in range(1, LINES + 1)
        )
        content = OrderContent(vendor_id=self.vendor, currency="EUR", lines=lines)
        order_id = self.teller.by("ben", DraftOrder(content=content)).subject_id
        return self.teller.order(order_id, "jan")


def build(path: Path, lines: int) -> str:
    """So many order lines in a new SQLite file; its URL."""
    url = f"sqlite:///{path}"
    database = prepare(url)
    papers = Papers(Teller(database))
    papers.matched()  # Once before all: what is bought for the first time is new.
    crowd = Crowd(path, database.engine)
    matched, held = crowd.mould(papers.matched), crowd.mould(papers.held)
    database.engine.dispose()
    orders = lines // LINES
    short = max(orders // HELD, 1)
    crowd.fill([(matched, orders - short - 2), (held, short - 1)])
    crowd.close()
    return url


def to_postgres(path: Path, url: str) -> None:
    """The rows of the SQLite file in an empty PostgreSQL database, in bulk."""
    database = opened(url)
    migrate.upgrade(database.engine)
    database.engine.dispose()
    source = bare_connection(path)
    with psycopg.connect(url) as target:
        # The rows refer to each other already, and are verified at the end.
        target.execute("SET session_replication_role = replica")
        tables = list(SQLModel.metadata.tables.values())
        target.execute("TRUNCATE " + ", ".join(f'"{table.name}"' for table in tables))
        for table in tables:
            _copy(source, target, table)
    with psycopg.connect(url, autocommit=True) as target:
        target.execute("VACUUM ANALYZE")
    source.close()


def _copy(source: Any, target: psycopg.Connection[Any], table: Table) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = source.execute(f'SELECT {names} FROM "{table.name}"')
    with target.cursor().copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        while batch := rows.fetchmany(BATCH):
            for row in batch:
                copy.write_row(row)
