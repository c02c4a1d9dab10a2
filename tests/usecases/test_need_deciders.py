"""The form of a request names those who are asked once it is sent."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.cost_centres import CostCentreOwner
from wopo.domain.exchange_rates import ExchangeRate
from wopo.domain.people import Person
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.delegations import Delegate
from wopo.usecases.door import Answer
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.people import SavePerson
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.need_deciders import Deciders
from wopo.usecases.views.part_requests import parts_form

D = Decimal
Do = Callable[..., Answer]
Said = list[list[set[str]]]
"""Step by step, decision by decision: who."""


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    """Besides what is seeded, Zed sells the odd thing for 300 USD, which are 150 EUR."""
    made = seed(transactions, clock)
    made.add(
        PriceAgreement(
            id="c8", number="C-8", vendor_id="zed", part_id="odd", currency="USD", unit="pcs",
            valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31),
        ),
        PriceTier(id="t8", agreement_id="c8", from_quantity=D(0), unit_price=D(300)),
        ExchangeRate(id="r", source="USD", target="EUR", day=date(2026, 1, 1), rate=D("0.5")),
    )  # fmt: skip
    return made


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


def foreseen(world: World, *lines: LineInput, by: str = "tess") -> list[Deciders]:
    """Whom the form names, line by line."""
    with world.transactions.read() as uow:
        person = uow.get(Person, by)
        assert person is not None
        form = parts_form(uow, person, work_order_id="WO-1", lines=lines, at=world.clock())
    return [step.deciders for step in form.steps]


def steps(deciders: Deciders) -> Said:
    return [[set(one) for one in step] for step in deciders.steps]


def sent(do: Do, world: World, *lines: LineInput, by: str = "tess") -> dict[str, Said]:
    """Whom it is asked of once it is sent, by vendor."""
    answer = do(RequestParts(work_order_id="WO-1", lines=lines, submit=True), by=by)
    found: dict[str, Said] = {}
    for order_id in answer.facts["order_ids"]:
        rows = world.all(Approval, purchase_order_id=order_id)
        rows = [row for row in rows if row.state is not ApprovalState.VOID]
        said: dict[int, list[set[str]]] = {}
        for row in sorted(rows, key=lambda row: (row.step, row.wanted)):
            said.setdefault(row.step, []).append({_named(row, id) for id in row.eligible_ids})
        vendor = world.get(PurchaseOrder, order_id).vendor_id
        found[vendor] = [said[step] for step in sorted(said)]
    return found


def _named(row: Approval, id: str) -> str:
    place = row.stand_ins.get(id)
    return f"{id.title()} for {place.title()}" if place else id.title()


def matrix(do: Do, *rules: dict[str, Any]) -> None:
    document = PolicyDocument.model_validate({"title": "Ours", "approval": {"rules": list(rules)}})
    do(ImportPolicy(document=document), by="fin")


def test_every_step_of_the_matrix_is_named_in_order_with_who_stands_in(
    do: Do, world: World, clock: TestClock
) -> None:
    world.add(CostCentreOwner(cost_centre_id="cc", person_id="sue"))
    do(SavePerson(code="tess", manager="rex"), by="adm")
    matrix(
        do,
        {"name": "seals", "when": {"category": ["seals"], "above": 500},
         "steps": [["owner", "role finance"], "manager"]},
        {"name": "the rest", "steps": ["authority"]},
    )  # fmt: skip
    today = clock().date()
    do(Delegate(from_id="sue", to_id="ben", starts=today, ends=today), by="sue")
    lines = (part_line("seal", "50"), part_line("odd", "1"))
    seal, odd = foreseen(world, *lines)
    assert steps(seal) == [[{"Ben for Sue"}, {"Fin"}], [{"Rex"}], [{"Ana"}]]
    assert steps(odd) == [[{"Ana"}]]
    assert sent(do, world, *lines) == {"gra": steps(seal), "zed": steps(odd)}


def test_orders_of_one_request_are_decided_by_their_sum(do: Do, buyer: Buyer, world: World) -> None:
    """The later one of them: what is sent before it is within its own approver's authority."""
    lines = (part_line("seal", "80"), part_line("odd", "1"))
    seal, odd = foreseen(world, *lines)
    assert (steps(seal), steps(odd)) == ([[{"Ana"}]], [[{"Max"}]]), "880, then 880 and 150"
    buyer.submitted(content(line(quantity=D(1), unit_price=D(100))))
    assert steps(foreseen(world, *lines)[0]) == [[{"Ana"}]], "980 of the same vendor"
    buyer.submitted(content(line(quantity=D(1), unit_price=D(100))))
    seal, odd = foreseen(world, *lines)
    assert steps(seal) == [[{"Max"}]], "1,080"
    assert sent(do, world, *lines) == {"gra": steps(seal), "zed": steps(odd)}


def test_lines_on_one_order_and_what_its_draft_holds_already_count_together(
    do: Do, world: World
) -> None:
    fifty = part_line("seal", "50")
    assert [steps(one) for one in foreseen(world, fifty, fifty)] == [[[{"Max"}]]] * 2
    do(RequestParts(work_order_id="WO-1", lines=(fifty,)), by="tess")
    (draft,) = world.all(PurchaseOrder)
    (found,) = foreseen(world, fifty)
    assert steps(found) == [[{"Max"}]], "550 on the draft, and 550"
    assert world.get(PurchaseOrder, draft.id) == draft, "nothing is kept of what the form foresees"
    assert sent(do, world, fifty) == {"gra": steps(found)}


def test_who_asks_is_never_named_and_nobody_is_where_nobody_is_left(do: Do, world: World) -> None:
    do(SavePerson(code="max", roles=frozenset({"approver", "supervisor"})), by="adm")
    lines = (part_line("seal", "100"),)
    (found,) = foreseen(world, *lines, by="max")
    assert steps(found) == [[set()]]
    assert sent(do, world, *lines, by="max") == {"gra": [[set()]]}


def test_more_lines_ask_no_more_questions(engine: Engine, world: World) -> None:
    def asked(lines: list[LineInput]) -> int:
        heard: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            heard.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        foreseen(world, *lines)
        event.remove(engine, "before_cursor_execute", note)
        return len(heard)

    assert asked([part_line("seal", "50")] * 9) == asked([part_line("seal", "50")])
