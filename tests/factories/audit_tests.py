"""Books with planted cases for the auditor's tests, and clean ones beside them.

Rows are written past the door: wopo itself refuses most of what is planted here. Unless a case
says otherwise all is in order: an order is asked for by nobody in particular, approved by Max on a
weekday morning an hour after it was asked, of a vendor of its own that is a year old.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.factories.buying import D, World
from wopo.domain.approvals import AUTHORITY, Approval, ApprovalState
from wopo.domain.audit import AuditEntry
from wopo.domain.bank_details import BankDetails, BankState
from wopo.domain.contact_keys import ContactFact, ContactKey, Owner, key_of
from wopo.domain.delegations import Delegation
from wopo.domain.duplicates import number_core
from wopo.domain.events import Event
from wopo.domain.exception_cases import CaseState, ExceptionCase, Resolution
from wopo.domain.invoices import Invoice, InvoiceState, number_key
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.money import Money
from wopo.domain.numbers import NumberSeries
from wopo.domain.on_call import OnCall
from wopo.domain.part_requests import Allocation, LineKind, PartRequest, PartRequestLine
from wopo.domain.people import AuthorityLimit, AuthoritySet, Person
from wopo.domain.purchase_orders import (
    OrderRevision,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.receipts import Receipt
from wopo.domain.vendors import Vendor

TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
LAST_YEAR = datetime(2025, 1, 7, 9, tzinfo=UTC)


def day(number: int, hour: int = 9) -> datetime:
    """A day of March 2026."""
    return datetime(2026, 3, number, hour, tzinfo=UTC)


@dataclass
class Books:
    """Writes documents; each case names its own in ``expected`` by test."""

    world: World
    count: int = 0
    expected: dict[int, set[str]] = field(default_factory=dict)

    def id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def expect(self, test: int, *subjects: str) -> None:
        self.expected.setdefault(test, set()).update(subjects)

    def person(self, id: str, limit: int = 0, **more: Any) -> str:
        """An approver with a limit in euros for this year."""
        until = more.pop("until", None)
        facts = {"code": id, "name": id.title(), "roles": ["approver"], **more}
        self.world.add(Person(id=id, created_at=LAST_YEAR, **facts))
        if limit:
            self.world.limit(id, limit, until=until)
        return id

    def vendor(self, name: str = "", at: datetime = LAST_YEAR) -> str:
        id = self.id("v")
        code = id.upper()
        self.world.add(Vendor(id=id, code=code, name=name or code, currency="EUR", created_at=at))
        return id

    def order(
        self, vendor: str = "", *, at: datetime = TUESDAY, by: str = "max", minor: int = 5_005,
        asked: timedelta = timedelta(0), decided: timedelta = timedelta(hours=1),
        by_request_of: str = "", approval: ApprovalState = ApprovalState.APPROVED,
        wanted: str = AUTHORITY, place_of: str | None = None,
        on_call: str | None = None, centre: str = "cc", **more: Any,
    ) -> str:  # fmt: skip
        """An issued order with its approval; its id is its number."""
        self.count += 1
        id = f"PO-2026-{self.count:06d}"
        facts = {"requested_by_ids": [], "total_minor": minor, **more}
        self.world.add(
            PurchaseOrder(
                id=id, number=id, state=OrderState.ISSUED, vendor_id=vendor or self.vendor(),
                currency="EUR", approved_revision=1, created_at=at, approved_at=at + decided,
                **facts,
            ),
            PurchaseOrderLine(
                id=f"{id}/1", purchase_order_id=id, position=1, description="Seal", quantity=D(1),
                unit="pcs", unit_price=D(minor) / 100, cost_centre_id="cc", work_order_id="WO-1",
            ),
            OrderRevision(
                id=f"{id}/r", purchase_order_id=id, revision=1, content_hash="h",
                content={"lines": [{"cost_centre_id": centre}]},
                total_minor=minor, at=at,
            ),
            Approval(
                id=f"{id}/a", purchase_order_id=id, revision=1, content_hash="h", state=approval,
                amount_minor=minor, currency="EUR", asked_at=at + asked, decided_by_id=by,
                decided_at=at + decided, wanted=wanted, decided_for_id=place_of,
                on_call_id=on_call,
            ),
        )  # fmt: skip
        if by_request_of:
            self.request(id, by_request_of)
        return id

    def delegation(self, whom: str, to: str, first: datetime, last: datetime) -> None:
        """``to`` stands in from a day to another."""
        self.world.add(
            Delegation(
                id=self.id("d"), from_id=whom, to_id=to, starts=first.date(), ends=last.date(),
                made_at=first,
            )
        )  # fmt: skip

    def on_call(self, person: str, cap: int, first: datetime, last: datetime) -> str:
        """A week of emergencies up to a cap in euros."""
        id = self.id("c")
        self.world.add(
            OnCall(
                id=id, person_id=person, site_id="site", starts=first.date(), ends=last.date(),
                cap_minor=cap * 100, currency="EUR", set_at=first,
            )
        )  # fmt: skip
        return id

    def request(self, order: str, by: str) -> None:
        """A part request that is bought on the order's line."""
        id = self.id("PR-2026-9")
        self.world.add(
            PartRequest(
                id=id, number=id, work_order_id="WO-1", requested_by_id=by, created_at=TUESDAY
            ),
            PartRequestLine(
                id=f"{id}/1", part_request_id=id, work_order_id="WO-1", kind=LineKind.FREE_TEXT,
                description="Seal", quantity=D(1), unit="pcs",
            ),
            Allocation(
                id=f"{id}/t", part_request_line_id=f"{id}/1",
                purchase_order_line_id=f"{order}/1", quantity=D(1),
            ),
        )  # fmt: skip

    def receipt(self, order: str, on: date, by: str = "rex") -> str:
        self.count += 1
        id = f"GRN-2026-{self.count:06d}"
        self.world.add(
            Receipt(
                id=id, number=id, purchase_order_id=order, received_by_id=by, received_on=on,
                at=day(on.day),
            )
        )  # fmt: skip
        return id

    def invoice(
        self, order: str | None, number: str = "", *, on: date = date(2026, 3, 10),
        minor: int = 5_005, vendor: str = "", released_by: str = "pia", **more: Any,
    ) -> str:  # fmt: skip
        """An invoice that finance released; its number. Never round, never in a row."""
        self.count += 1
        number = number or f"R{self.count * 7}-{self.count}"
        seller = vendor or self.world.get(PurchaseOrder, order or "").vendor_id
        self.world.add(
            Invoice(
                id=f"i{self.count}", sequence=self.count, number=number,
                number_key=number_key(number), number_core=number_core(number), vendor_id=seller,
                purchase_order_id=order, currency="EUR", invoice_date=on, total_minor=minor,
                entered_at=day(12), decided_by_id=released_by, decided_at=day(13),
                **{"state": InvoiceState.PAYABLE, **more},
            )
        )  # fmt: skip
        return number

    def case(self, order: str, by: str | None, how: Resolution) -> str:
        """A difference that was resolved."""
        self.count += 1
        id = f"EX-2026-{self.count:06d}"
        self.world.add(
            ExceptionCase(
                id=id, number=id, key=id, code="PRICE_VARIANCE", state=CaseState.RESOLVED,
                subject="invoice", subject_id="x", purchase_order_id=order, currency="EUR",
                amount_minor=500, raised_at=day(4), changed_at=day(5), resolved_at=day(5),
                resolved_by_id=by, resolution=how,
            )
        )  # fmt: skip
        return id

    def entry(self, event: Event, at: datetime) -> None:
        """A line of the audit trail."""
        self.count += 1
        self.world.add(
            AuditEntry(
                seq=self.count, at=at, event=event.name, subject_id=event.subject_id,
                surface="test", key="k", facts=event.facts(), prev_hash="", hash="",
            )
        )  # fmt: skip

    def fact(self, owner: Owner, id: str, fact: ContactFact, said: str) -> None:
        """A phone, an account, an address of somebody."""
        key = key_of(fact, said) or ""
        self.world.add(ContactKey(id=self.id("k"), owner=owner, owner_id=id, fact=fact, key=key))

    def account(self, vendor: str, version: int, confirmed: datetime) -> None:
        """Bank details that were confirmed by a call."""
        self.world.add(
            BankDetails(
                id=self.id("b"), vendor_id=vendor, version=version, state=BankState.SUPERSEDED,
                iban="DE89370400440532013000", called="Ms Young", entered_at=confirmed,
                decided_at=confirmed,
            )
        )  # fmt: skip

    def commit(self, order: str, minor: int, at: datetime) -> None:
        """Money committed to the order, or (negative) released."""
        self.world.add(
            LedgerEntry(
                id=self.id("l"), at=at, day=at.date(), kind=CostKind.COMMITTED, amount_minor=minor,
                currency="EUR", cost_centre_id="cc", purchase_order_line_id=f"{order}/1",
                source="test", source_id="x",
            )
        )  # fmt: skip

    def limit_set(self, person: str, major: int, at: datetime) -> None:
        """A limit from the beginning of the year on that was only set later."""
        self.world.add(
            AuthorityLimit(
                id=f"late-{person}", person_id=person, amount_minor=major * 100, currency="EUR",
                valid_from=date(2026, 1, 1),
            )
        )  # fmt: skip
        self.entry(
            AuthoritySet(
                subject_id=person, cost_centre_id=None, amount=Money.of(major, "EUR"),
                valid_from=date(2026, 1, 1), valid_to=None, before=None,
            ),
            at,
        )  # fmt: skip

    def series(self) -> None:
        """The counter of orders stands one beyond the newest order."""
        last = max(row.number for row in self.world.all(PurchaseOrder))
        self.world.add(NumberSeries(prefix="PO", year=2026, last=int(last[-6:]) + 1))
