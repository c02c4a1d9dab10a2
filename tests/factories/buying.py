"""A small company that buys: two sites' worth of people, parts, vendors, stock and one job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import SQLModel

from tests.conftest import TestClock
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.audit import AuditEntry
from wopo.domain.cost_centres import CostCentre
from wopo.domain.locations import Location
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.parts import Part
from wopo.domain.people import AuthorityLimit, Person
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.stock import MovementKind, StockLevel, StockMovement
from wopo.domain.vendors import PreferredVendor, Vendor
from wopo.domain.work_orders import AssigneeKind, WorkOrder, WorkOrderState
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.door import Answer
from wopo.usecases.order_changes import IssueOrder
from wopo.usecases.order_documents import load_order
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder

D = Decimal

PEOPLE: dict[str, tuple[str, ...]] = {
    "tess": ("technician",),
    "tom": ("technician",),
    "sue": ("supervisor",),
    "ben": ("buyer",),
    "ana": ("approver",),
    "max": ("approver",),
    "rex": ("receiver",),
    "fin": ("finance",),
    "adm": ("admin",),
    "aud": ("auditor",),
}


@dataclass(frozen=True)
class World:
    """Writes rows straight into the test's database and reads them back."""

    transactions: SqlTransactions
    clock: TestClock

    def add(self, *rows: SQLModel) -> None:
        with self.transactions.write() as uow:
            uow.add(*rows)
            uow.commit()

    def get(self, kind: type[Any], id: str) -> Any:
        with self.transactions.read() as uow:
            row = uow.get(kind, id)
            assert row is not None, (kind, id)
            return kind(**dict(row))

    def all(self, kind: type[Any], **equal: Any) -> list[Any]:
        with self.transactions.read() as uow:
            return [kind(**dict(row)) for row in uow.all(kind, order="id", **equal)]

    def all_entries(self) -> list[AuditEntry]:
        """The audit chain from its beginning."""
        with self.transactions.read() as uow:
            return [AuditEntry(**dict(row)) for row in uow.all(AuditEntry, order="seq")]

    def job(self, number: str, *, assignee: str = "tess", centre: str = "cc") -> str:
        """A job in progress at the site, given to somebody; its id is its number."""
        self.add(
            WorkOrder(
                id=number,
                number=number,
                title=f"Mend {number}",
                state=WorkOrderState.IN_PROGRESS,
                assignee_kind=AssigneeKind.PERSON,
                assignee_id=assignee,
                site_id="site",
                location_id="site",
                cost_centre_id=centre,
                created_at=self.clock(),
            )
        )
        return number

    def limit(
        self, person: str, major: int, *, centre: str | None = None, until: date | None = None
    ) -> None:
        """An authority limit from the beginning of the year on."""
        self.add(
            AuthorityLimit(
                id=f"lim-{person}-{centre}",
                person_id=person,
                cost_centre_id=centre,
                amount_minor=major * 100,
                currency="EUR",
                valid_from=date(2026, 1, 1),
                valid_to=until,
            )
        )

    def stock(self, part: str, quantity: str, value_minor: int, location: str = "store") -> None:
        """An opening balance."""
        level, moved = f"lev-{part}-{location}", f"mov-{part}-{location}"
        self.add(
            StockLevel(
                id=level,
                part_id=part,
                location_id=location,
                on_hand=D(quantity),
                value_minor=value_minor,
                currency="EUR",
            ),
            StockMovement(
                id=moved,
                at=self.clock(),
                kind=MovementKind.OPENING,
                part_id=part,
                location_id=location,
                quantity=D(quantity),
                value_minor=value_minor,
                currency="EUR",
            ),
        )


def seed(transactions: SqlTransactions, clock: TestClock) -> World:
    """The company. Approvers: ana up to 1,000 EUR, max up to 50,000. Vendors: Grainger (contract
    C-7 for the seal: 12.50, from 10 on 11.00), Acme (preferred for belts, no price), Blocked."""
    world = World(transactions, clock)
    world.add(*_places(), *_people(clock), *_vendors(clock), *_parts(), *_prices())
    world.limit("ana", 1_000)
    world.limit("max", 50_000)
    world.job("WO-1")
    return world


def _places() -> Sequence[SQLModel]:
    return (
        CostCentre(id="cc", code="4711", name="Building", currency="EUR"),
        CostCentre(id="cc2", code="4712", name="Stock", currency="EUR"),
        Location(id="site", code="S1", name="Site 1", site_id="site", cost_centre_id="cc"),
        Location(
            id="store", code="S1-ST", name="Store", site_id="site", parent_id="site",
            holds_stock=True,
        ),
        Location(id="site2", code="S2", name="Site 2", site_id="site2", cost_centre_id="cc"),
        Location(
            id="store2", code="S2-ST", name="Far store", site_id="site2", parent_id="site2",
            holds_stock=True,
        ),
    )  # fmt: skip


def _people(clock: TestClock) -> Sequence[SQLModel]:
    return [
        Person(id=code, code=code, name=code.title(), roles=list(roles), created_at=clock())
        for code, roles in PEOPLE.items()
    ]


def _vendors(clock: TestClock) -> Sequence[SQLModel]:
    made: list[SQLModel] = [
        Vendor(id=id, code=id.upper(), name=name, currency="EUR", created_at=clock(), **more)
        for id, name, more in (
            ("gra", "Grainger", {"payment_terms": "30 days"}),
            ("acm", "Acme", {}),
            ("zed", "Zed", {}),
            ("blo", "Blocked Ltd", {"standing": "blocked"}),
        )
    ]
    return [*made, PreferredVendor(id="pref1", vendor_id="acm", category="belts")]


def _parts() -> Sequence[SQLModel]:
    return (
        Part(id="seal", number="P-100", name="Seal", unit="pcs", category="seals"),
        Part(id="belt", number="P-200", name="Belt", unit="pcs", category="belts"),
        Part(id="odd", number="P-300", name="Odd thing", unit="pcs", category="odd"),
    )


def _prices() -> Sequence[SQLModel]:
    return (
        PriceAgreement(
            id="c7",
            number="C-7",
            vendor_id="gra",
            part_id="seal",
            currency="EUR",
            unit="pcs",
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            payment_terms="14 days 2 %",
        ),
        PriceTier(id="t1", agreement_id="c7", from_quantity=D(0), unit_price=D("12.50")),
        PriceTier(id="t2", agreement_id="c7", from_quantity=D(10), unit_price=D("11")),
    )


def part_line(part: str, quantity: str, **more: Any) -> LineInput:
    """A line for a catalogue part."""
    return LineInput(part_id=part, quantity=D(quantity), **more)


def content(*lines: LineContent, **more: Any) -> OrderContent:
    """A content with these lines (default: 10 seals of Grainger for WO-1)."""
    values: dict[str, Any] = {"vendor_id": "gra", "currency": "EUR", "ship_to_id": "store"} | more
    return OrderContent(lines=lines or (line(),), **values)


def line(**more: Any) -> LineContent:
    """An order line: 10 seals at 12.50 for WO-1."""
    values: dict[str, Any] = {
        "part_id": "seal",
        "description": "Seal",
        "quantity": D(10),
        "unit": "pcs",
        "unit_price": D("12.50"),
        "work_order_id": "WO-1",
        "cost_centre_id": "cc",
    } | more
    return LineContent(**values)


@dataclass(frozen=True)
class Buyer:
    """Takes an order through its life by the commands people give."""

    do: Callable[..., Answer]
    world: World

    def draft(self, made: OrderContent | None = None) -> str:
        return self.do(DraftOrder(content=made or content()), by="ben").subject_id

    def submitted(self, made: OrderContent | None = None) -> str:
        order_id = self.draft(made)
        self.do(SubmitOrder(order_id=order_id), by="ben")
        return order_id

    def approved(self, made: OrderContent | None = None, by: str = "ana") -> str:
        order_id = self.submitted(made)
        self.approve(order_id, by)
        return order_id

    def issued(self, made: OrderContent | None = None, by: str = "ana") -> str:
        order_id = self.approved(made, by)
        self.do(IssueOrder(order_id=order_id), by="ben")
        return order_id

    def approve(self, order_id: str, by: str = "ana") -> Answer:
        return self.do(self.click(order_id), by=by)

    def click(self, order_id: str) -> ApproveOrder:
        """The button on the card as it stands now."""
        asked = self.asked(order_id)
        return ApproveOrder(
            approval_id=asked.id, revision=asked.revision, content_hash=asked.content_hash
        )

    def asked(self, order_id: str) -> Approval:
        """The decision that waits."""
        (found,) = self.world.all(Approval, purchase_order_id=order_id, state=ApprovalState.WAITING)
        assert isinstance(found, Approval)
        return found

    def order(self, order_id: str) -> PurchaseOrder:
        found = self.world.get(PurchaseOrder, order_id)
        assert isinstance(found, PurchaseOrder)
        return found

    def lines(self, order_id: str) -> list[PurchaseOrderLine]:
        rows = self.world.all(PurchaseOrderLine, purchase_order_id=order_id, cancelled=False)
        return sorted(rows, key=lambda row: row.position)

    def content_now(self, order_id: str) -> OrderContent:
        """What the order's rows say."""
        with self.world.transactions.read() as uow:
            order = uow.get(PurchaseOrder, order_id)
            assert order is not None
            return load_order(uow, order).content()
