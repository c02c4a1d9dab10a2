"""The life of an order: drafted, submitted, changed, issued, ended."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import DomainError
from wopo.domain.order_content import ChargeContent, LineContent, OrderContent, ScheduleContent
from wopo.domain.outbox import OutboxRow
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderRevision,
    OrderState,
    Progress,
    PurchaseOrder,
    PurchaseOrderLine,
    RevisionState,
)
from wopo.domain.stock import StockLevel
from wopo.usecases.approvals import RejectOrder
from wopo.usecases.door import Answer
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.order_changes import (
    CancelOrder,
    CloseOrder,
    CloseOrderShort,
    IssueOrder,
    LinePromise,
    RecordPromise,
    ReviseOrder,
)
from wopo.usecases.purchase_orders import (
    DraftOrder,
    EditOrder,
    SubmitOrder,
    WithdrawOrder,
)
from wopo.usecases.receipts import CountedLine, PostReceipt

D = Decimal
Do = Callable[..., Answer]
DAY = date(2026, 4, 1)


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    made = seed(transactions, clock)
    made.job("WO-2")
    made.add(
        PriceAgreement(
            id="c8", number="C-8", vendor_id="gra", part_id="belt", currency="EUR", unit="pcs",
            valid_from=date(2026, 1, 1),
        )
    )  # fmt: skip
    return made


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


def refused(do: Do, command: object, by: str = "ben") -> DomainError:
    with pytest.raises(DomainError) as error:
        do(command, by=by)
    return error.value


FULL = content(
    line(
        vendor_item="GR-1",
        discount_minor=500,
        discount_label="Spring promotion",
        tax_code="S",
        tax_percent=D(19),
        agreement_id="c7",
        agreed_price=D("12.50"),
        match_policy="4-way",
        receiver_id="tess",
        schedule=(
            ScheduleContent(due_on=DAY, quantity=D(4)),
            ScheduleContent(due_on=date(2026, 5, 1), quantity=D(6)),
        ),
    ),
    line(
        part_id=None,
        service=True,
        description="Fitting",
        quantity=D(1),
        unit="visit",
        unit_price=D(80),
        work_order_id=None,
        cost_centre_id="cc2",
    ),
    kind=OrderKind.RECURRING,
    payment_terms="30 days",
    discount_minor=250,
    discount_label="Loyalty",
    service_frequency="monthly",
    billing_frequency="quarterly",
    valid_to=date(2026, 12, 31),
    order_date=date(2026, 3, 1),
    charges=(ChargeContent(code="FREIGHT", label="Freight", amount_minor=990),),
    buyer_id="ben",
)
"""A content in which every field says something."""


def test_an_order_keeps_every_field_it_was_given(buyer: Buyer) -> None:
    order_id = buyer.draft(FULL)
    kept = buyer.content_now(order_id)
    ids = [row.id for row in kept.lines]
    expected = FULL.model_copy(
        update={
            "lines": tuple(
                given.model_copy(update={"id": id, "position": position})
                for position, (given, id) in enumerate(zip(FULL.lines, ids, strict=True), 1)
            )
        }
    )
    assert kept.canonical() == expected.canonical()
    order = buyer.order(order_id)
    assert order.net_minor == 12_000 + 8_000
    assert order.charges_minor == 990
    first = buyer.lines(order_id)[0]
    assert first.share_minor == 12_000 + 594 - 150
    assert order.tax_minor == first.tax_minor == 2364
    assert order.total_minor == 20_000 + 990 - 250 + 2364
    assert not order.without_job


OTHER: dict[str, Any] = {
    "kind": OrderKind.STANDARD,
    "vendor_id": "zed",
    "currency": "USD",
    "payment_terms": "14 days",
    "ship_to_id": "store2",
    "buyer_id": "adm",
    "order_date": date(2026, 3, 3),
    "discount_minor": 249,
    "discount_label": "Other",
    "service_frequency": "weekly",
    "billing_frequency": "monthly",
    "blanket_limit_minor": 1,
    "valid_to": date(2027, 1, 1),
    "part_id": "belt",
    "service": True,
    "description": "Seal, other",
    "vendor_item": "GR-2",
    "quantity": D(11),
    "unit": "box",
    "unit_price": D("12.499999"),
    "price_per": D(2),
    "tax_code": "Z",
    "tax_percent": D(7),
    "tax_minor": 1,
    "work_order_id": "WO-2",
    "cost_centre_id": "cc2",
    "project_id": None,
    "agreement_id": "c8",
    "agreed_price": D(12),
    "match_policy": "3-way",
    "receiver_id": "tom",
    "code": "PACKING",
    "label": "Air freight",
    "amount_minor": 989,
    "due_on": date(2026, 4, 2),
}
SKIPPED = {"id", "position", "lines", "charges", "schedule", "blanket_id"}
"""Not a field people change alone; what a release is called off from is fixed by its approval
(test_blanket_orders)."""


def mutations() -> list[tuple[str, OrderContent]]:
    """One content per field of every part of an order, each different in just that field."""
    made: list[tuple[str, OrderContent]] = []
    for name in OrderContent.model_fields.keys() - SKIPPED:
        made.append((name, FULL.model_copy(update={name: OTHER[name]})))
    first, rest = FULL.lines[0], FULL.lines[1:]
    for name in LineContent.model_fields.keys() - SKIPPED - {"project_id"}:
        value = 499 if name == "discount_minor" else OTHER[name]
        change: dict[str, Any] = {name: value}
        if name == "quantity":
            change["schedule"] = (ScheduleContent(due_on=DAY, quantity=D(11)),)
        changed = first.model_copy(update=change)
        made.append((f"line {name}", FULL.model_copy(update={"lines": (changed, *rest)})))
    for name in ChargeContent.model_fields:
        charge = FULL.charges[0].model_copy(update={name: OTHER[name]})
        made.append((f"charge {name}", FULL.model_copy(update={"charges": (charge,)})))
    halves = (first.schedule[0].model_copy(update={"due_on": OTHER["due_on"]}), first.schedule[1])
    later = first.model_copy(update={"schedule": halves})
    made.append(("schedule due_on", FULL.model_copy(update={"lines": (later, *rest)})))
    parts = tuple(
        part.model_copy(update={"quantity": quantity})
        for part, quantity in zip(first.schedule, (D(5), D(5)), strict=True)
    )
    split = first.model_copy(update={"schedule": parts})
    made.append(("schedule quantity", FULL.model_copy(update={"lines": (split, *rest)})))
    made.append(("line removed", FULL.model_copy(update={"lines": FULL.lines[:1]})))
    made.append(("line added", FULL.model_copy(update={"lines": (*FULL.lines, line())})))
    made.append(("charge removed", FULL.model_copy(update={"charges": ()})))
    return sorted(made, key=lambda pair: pair[0])


def test_the_mutations_cover_every_field() -> None:
    covered = {name.rpartition(" ")[2] for name, _ in mutations()}
    fields = {
        name
        for part in (OrderContent, LineContent, ChargeContent, ScheduleContent)
        for name in _fields(part)
    }
    assert fields - covered <= SKIPPED | {"project_id"}


def _fields(part: type[BaseModel]) -> list[str]:
    return list(part.model_fields)


def with_ids(buyer: Buyer, order_id: str, wanted: OrderContent) -> OrderContent:
    """The wanted content for the order's own lines."""
    ids = [row.id for row in buyer.content_now(order_id).lines]
    lines = [
        part.model_copy(update={"id": ids[at]}) if at < len(ids) else part
        for at, part in enumerate(wanted.lines)
    ]
    return wanted.model_copy(update={"lines": tuple(lines)})


@pytest.mark.parametrize(("name", "wanted"), mutations())
def test_any_change_of_an_approved_order_voids_its_approval(
    do: Do, buyer: Buyer, world: World, name: str, wanted: OrderContent
) -> None:
    do(SetExchangeRate(source="USD", target="EUR", day=date(2026, 1, 1), rate=D("0.9")))
    order_id = buyer.approved(FULL)
    approved = world.all(Approval, purchase_order_id=order_id)[0]
    change = ReviseOrder(
        order_id=order_id, content=with_ids(buyer, order_id, wanted), reason="changed"
    )
    do(change, by="ben")
    order = buyer.order(order_id)
    assert order.state is OrderState.PENDING_APPROVAL, name
    assert (order.approved_revision, order.revision) == (None, 2)
    assert world.get(Approval, approved.id).state is ApprovalState.VOID
    assert buyer.asked(order_id).content_hash != approved.content_hash
    assert refused(do, IssueOrder(order_id=order_id)).code == "illegal_move"


def test_changing_back_is_still_a_new_version(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.approved()
    first = buyer.content_now(order_id)
    dearer = first.model_copy(update={"payment_terms": "at once"})
    do(ReviseOrder(order_id=order_id, content=dearer, reason="a"), by="ben")
    do(ReviseOrder(order_id=order_id, content=first, reason="b"), by="ben")
    assert buyer.order(order_id).revision == 3
    assert buyer.order(order_id).state is OrderState.PENDING_APPROVAL
    states = {r.revision: r.state for r in world.all(OrderRevision, purchase_order_id=order_id)}
    assert states == {
        1: RevisionState.SUPERSEDED,
        2: RevisionState.SUPERSEDED,
        3: RevisionState.PENDING,
    }


def test_saying_the_same_is_no_change(do: Do, buyer: Buyer) -> None:
    order_id = buyer.approved()
    same = ReviseOrder(order_id=order_id, content=buyer.content_now(order_id), reason="x")
    assert refused(do, same).code == "order.same_content"
    assert buyer.order(order_id).state is OrderState.APPROVED


def receive(do: Do, order_id: str, line_id: str, accepted: str) -> None:
    counted = CountedLine(line_id=line_id, accepted=D(accepted))
    do(PostReceipt(order_id=order_id, lines=(counted,)), by="rex")


def test_an_issued_order_stays_as_approved_until_its_change_is(
    do: Do, buyer: Buyer, world: World
) -> None:
    order_id = buyer.issued()
    (row,) = buyer.content_now(order_id).lines
    more = content(row.model_copy(update={"quantity": D(20)}))
    do(ReviseOrder(order_id=order_id, content=more, reason="more"), by="ben")
    order = buyer.order(order_id)
    assert (order.state, order.approved_revision, order.pending_revision) == (
        OrderState.ISSUED, 1, 2,
    )  # fmt: skip
    assert buyer.lines(order_id)[0].quantity == 10
    receive(do, order_id, row.id, "4")
    assert buyer.order(order_id).receipt_progress is Progress.PARTIAL
    buyer.approve(order_id)
    order = buyer.order(order_id)
    assert (order.revision, order.approved_revision, order.pending_revision) == (2, 2, None)
    assert (buyer.lines(order_id)[0].quantity, order.total_minor) == (20, 25_000)
    states = {r.revision: r.state for r in world.all(OrderRevision, purchase_order_id=order_id)}
    assert states == {1: RevisionState.SUPERSEDED, 2: RevisionState.APPROVED}


def test_a_second_change_replaces_the_one_that_waits(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.issued()
    (row,) = buyer.content_now(order_id).lines
    for quantity in (20, 30):
        change = content(row.model_copy(update={"quantity": D(quantity)}))
        do(ReviseOrder(order_id=order_id, content=change, reason="more"), by="ben")
    assert buyer.order(order_id).pending_revision == 3
    voided = world.all(Approval, purchase_order_id=order_id, state=ApprovalState.VOID)
    assert [approval.revision for approval in voided] == [2]
    do(WithdrawOrder(order_id=order_id, reason="enough"), by="ben")
    assert buyer.order(order_id).pending_revision is None
    assert buyer.order(order_id).state is OrderState.ISSUED


def test_a_change_keeps_what_was_received(do: Do, buyer: Buyer) -> None:
    order_id = buyer.issued()
    (row,) = buyer.content_now(order_id).lines
    receive(do, order_id, row.id, "6")

    def revise(changed: LineContent, **more: Any) -> ReviseOrder:
        return ReviseOrder(order_id=order_id, content=content(changed, **more), reason="x")

    few = refused(do, revise(row.model_copy(update={"quantity": D(5)})))
    assert few.message == (
        "Seal: 6 pcs are received and 0 billed, so 5 is too few. Nothing was changed; "
        "keep at least 6, or close the line short."
    )
    assert refused(do, revise(line())).code == "order.below_done"
    assert refused(do, revise(row.model_copy(update={"unit": "box"}))).code == "order.line_fixed"
    assert refused(do, revise(row, vendor_id="zed")).code == "order.vendor_fixed"
    do(revise(row.model_copy(update={"quantity": D(6)})), by="ben")
    receive(do, order_id, row.id, "1")
    late = refused(do, buyer.click(order_id), "ana")
    assert late.code == "order.below_done"


def test_a_draft_is_edited_as_a_whole(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.draft()
    (row,) = buyer.content_now(order_id).lines
    both = content(row.model_copy(update={"quantity": D(4)}), line(description="More"))
    do(EditOrder(order_id=order_id, content=both), by="ben")
    assert [(r.position, r.quantity) for r in buyer.lines(order_id)] == [(1, 4), (2, 10)]
    one = content(buyer.content_now(order_id).lines[1])
    do(EditOrder(order_id=order_id, content=one), by="ben")
    assert [r.description for r in buyer.lines(order_id)] == ["More"]
    assert len(world.all(PurchaseOrderLine, purchase_order_id=order_id)) == 2
    same = EditOrder(order_id=order_id, content=buyer.content_now(order_id))
    assert refused(do, same).code == "order.same_content"
    stale = EditOrder(order_id=order_id, content=content(), version=0)
    assert refused(do, stale).code == "stale"
    foreign = EditOrder(order_id=order_id, content=content(line(id="nope")))
    assert refused(do, foreign).code == "not_found"


def test_a_rejected_order_is_edited_into_a_new_revision(do: Do, buyer: Buyer) -> None:
    order_id = buyer.submitted()
    asked = buyer.asked(order_id)
    do(RejectOrder(approval_id=asked.id, revision=1, reason="too many"), by="ana")
    (row,) = buyer.content_now(order_id).lines
    less = content(row.model_copy(update={"quantity": D(1)}))
    do(EditOrder(order_id=order_id, content=less), by="ben")
    do(SubmitOrder(order_id=order_id), by="ben")
    assert buyer.asked(order_id).revision == 2
    buyer.approve(order_id)


def test_an_order_withdrawn_and_sent_again_is_another_revision(do: Do, buyer: Buyer) -> None:
    order_id = buyer.submitted()
    do(WithdrawOrder(order_id=order_id), by="ben")
    assert buyer.order(order_id).state is OrderState.DRAFT
    do(SubmitOrder(order_id=order_id), by="ben")
    assert (buyer.order(order_id).revision, buyer.asked(order_id).revision) == (2, 2)


REFS = [
    ({"vendor_id": "nobody"}, "vendor_id"),
    ({"vendor_id": "blo"}, "vendor_id"),
    ({"ship_to_id": "nowhere"}, "ship_to_id"),
    ({"buyer_id": "nobody"}, "receiver_id"),
    ({"currency": "XXQ"}, "currency"),
    ({"valid_to": date(2026, 3, 1)}, "schedule"),
]


@pytest.mark.parametrize(("update", "field"), REFS)
def test_what_an_order_names_must_exist(
    do: Do, world: World, update: dict[str, Any], field: str
) -> None:
    error = refused(do, DraftOrder(content=content(**update)))
    assert error.field == field
    assert world.all(PurchaseOrder) == []


@pytest.mark.parametrize("field", ["part_id", "cost_centre_id", "work_order_id", "agreement_id"])
def test_what_a_line_names_must_exist(do: Do, world: World, field: str) -> None:
    made = content(line(**{field: "nothing"}))
    assert refused(do, DraftOrder(content=made)).field == field


def test_an_order_for_stock_says_where_it_goes(do: Do, buyer: Buyer, world: World) -> None:
    for_stock = line(work_order_id=None, cost_centre_id="cc2")
    nowhere = buyer.draft(content(for_stock, ship_to_id=None))
    assert refused(do, SubmitOrder(order_id=nowhere)).field == "ship_to_id"
    order_id = buyer.issued(content(for_stock))
    assert buyer.order(order_id).without_job
    receive(do, order_id, buyer.lines(order_id)[0].id, "10")
    (level,) = world.all(StockLevel)
    assert (level.location_id, level.on_hand, level.value_minor) == ("store", 10, 12_500)


def test_another_currency_needs_a_rate(do: Do, buyer: Buyer) -> None:
    order_id = buyer.draft(content(currency="USD"))
    error = refused(do, SubmitOrder(order_id=order_id))
    assert error.message == (
        "No USD->EUR rate for 2026-03-02. Nothing was changed; enter one and repeat."
    )
    do(SetExchangeRate(source="USD", target="EUR", day=date(2026, 3, 1), rate=D("0.9")))
    do(SetExchangeRate(source="EUR", target="USD", day=date(2026, 3, 1), rate=D("1.1")))
    do(SubmitOrder(order_id=order_id), by="ben")


def test_only_buyers_change_orders_and_requesters_submit(do: Do, buyer: Buyer) -> None:
    order_id = buyer.draft()
    assert refused(do, DraftOrder(content=content()), "tess").code == "not_allowed"
    assert refused(do, SubmitOrder(order_id=order_id), "tess").code == "not_allowed"
    do(SubmitOrder(order_id=order_id), by="sue")
    buyer.approve(order_id)
    assert refused(do, IssueOrder(order_id=order_id), "tess").code == "not_allowed"
    cancel = CancelOrder(order_id=order_id, reason="no")
    assert refused(do, cancel, "sue").code == "not_allowed"
    do(cancel, by="ben")


def test_a_promise_is_told_and_changes_no_revision(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.issued()
    (row,) = buyer.lines(order_id)

    def promise(**said: Any) -> RecordPromise:
        return RecordPromise(order_id=order_id, lines=(LinePromise(line_id=row.id, **said),))

    do(promise(promised_on=DAY), by="ben")
    do(promise(backordered=True, note="factory closed"), by="rex")
    told = [r.facts["text"] for r in sorted(world.all(OutboxRow, card="story"),
                                            key=lambda r: r.seq)]  # fmt: skip
    assert "Seal is promised on 1 Apr 2026 (PO-1)." in told
    assert "Seal is on backorder: factory closed (PO-1)." in told
    assert buyer.order(order_id).revision == 1
    assert buyer.lines(order_id)[0].backordered
    assert refused(do, promise(promised_on=date(2026, 3, 1))).field == "promised_on"
    unknown = RecordPromise(order_id=order_id, lines=(LinePromise(line_id="x"),))
    assert refused(do, unknown).field == "lines"
    assert refused(do, RecordPromise(order_id=order_id, lines=())).field == "lines"
    assert refused(do, promise(promised_on=DAY), "tess").code == "not_allowed"


def test_an_order_with_receipts_is_closed_short_not_cancelled(do: Do, buyer: Buyer) -> None:
    order_id = buyer.issued()
    (row,) = buyer.lines(order_id)
    receive(do, order_id, row.id, "4")
    cancel = refused(do, CancelOrder(order_id=order_id, reason="x"))
    assert cancel.message == (
        "PO-1 can't be cancelled: Seal already came. Nothing was changed; close it short instead."
    )
    assert refused(do, CloseOrderShort(order_id=order_id, reason="")).field == "reason"
    do(CloseOrderShort(order_id=order_id, reason="sold out"), by="ben")
    order = buyer.order(order_id)
    assert (order.state, order.receipt_progress) == (OrderState.ISSUED, Progress.FULL)
    again = CloseOrderShort(order_id=order_id, reason="x")
    assert refused(do, again).code == "order.nothing_open"
    close = refused(do, CloseOrder(order_id=order_id))
    assert "Seal: 4 of 4 accepted, 0 billed" in close.message


def test_closing_short_what_never_came_closes_the_order(do: Do, buyer: Buyer) -> None:
    order_id = buyer.issued()
    do(CloseOrderShort(order_id=order_id, reason="vendor is gone"), by="ben")
    order = buyer.order(order_id)
    assert (order.state, order.close_reason) == (OrderState.CLOSED, "vendor is gone")


def test_a_cancelled_order_can_only_be_looked_at(do: Do, buyer: Buyer) -> None:
    order_id = buyer.issued()
    assert refused(do, CancelOrder(order_id=order_id, reason=" ")).field == "reason"
    do(CancelOrder(order_id=order_id, reason="not needed"), by="ben")
    for command in (
        EditOrder(order_id=order_id, content=content()),
        SubmitOrder(order_id=order_id),
        ReviseOrder(order_id=order_id, content=content(), reason="x"),
        IssueOrder(order_id=order_id),
        CloseOrder(order_id=order_id),
        CancelOrder(order_id=order_id, reason="x"),
        WithdrawOrder(order_id=order_id),
    ):
        error = refused(do, command)
        assert error.code == "illegal_move"
        assert "PO-1 is cancelled" in error.message


def test_numbers_have_no_gap_after_a_refusal(do: Do, buyer: Buyer) -> None:
    buyer.draft()
    refused(do, DraftOrder(content=content(vendor_id="blo")))
    second = buyer.draft()
    assert buyer.order(second).number == "PO-2026-000002"
