"""Emergencies: approved on call up to a cap at any hour, and looked at on the next working day."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import SQLModel

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.errors import DomainError
from wopo.domain.on_call import EmergencyReview, OnCall, next_working_day
from wopo.domain.outbox import JobRun, OutboxRow
from wopo.domain.people import Person
from wopo.domain.purchase_orders import OrderState
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import Priority
from wopo.usecases.audit_authority import authority_faults
from wopo.usecases.audit_orders import order_faults
from wopo.usecases.delegations import FollowDelegations
from wopo.usecases.door import Answer
from wopo.usecases.on_call import EndOnCall, SetOnCall
from wopo.usecases.on_call_reviews import ASKED, AskReviews, ReviewEmergency
from wopo.usecases.order_changes import ReviseOrder
from wopo.usecases.people import DeactivatePerson, SavePerson
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.sweeps import AT_ONCE
from wopo.usecases.views.on_call import SHOWN, OnCallLine, on_call_lines
from wopo.usecases.views.part_requests import parts_form

Do = Callable[..., Answer]
D = Decimal
FRIDAY_NIGHT = datetime(2026, 3, 6, 2, 0, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    """WO-1 is an emergency, WO-2 is not."""
    made = seed(transactions, clock)
    made.job("WO-2")
    with transactions.write() as uow:
        job = uow.get(WorkOrder, "WO-1")
        assert job is not None
        job.priority = Priority.EMERGENCY
        uow.commit()
    return made


@pytest.fixture
def buyer(do: Do, world: World, clock: TestClock) -> Buyer:
    """Tom is on call for the site up to 200 EUR an order, and it is the night before Friday."""
    clock.now = FRIDAY_NIGHT
    for code in ("tom", "rex"):
        do(SavePerson(code=code, roles=frozenset({"technician", "supervisor"})), by="adm")
    do(on_call("tom"), by="sue")
    return Buyer(do, world)


def on_call(person: str, cap: str = "200", days: int = 3) -> SetOnCall:
    day = FRIDAY_NIGHT.date()
    return SetOnCall(
        person_id=person,
        site_id="site",
        starts=day,
        ends=day + timedelta(days=days - 1),
        cap=D(cap),
    )


def refused(run: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as error:
        run()
    return error.value


def told(world: World, card: str) -> list[str]:
    rows = sorted(world.all(OutboxRow, card=card), key=lambda row: row.seq)
    return [row.audience for row in rows]


def test_an_emergency_is_approved_at_night_and_reviewed_on_the_next_working_day(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    order_id = buyer.submitted()
    assert buyer.asked(order_id).eligible_ids == ["ana", "tom"]
    buyer.approve(order_id, "tom")
    assert buyer.order(order_id).state is OrderState.APPROVED
    (review,) = world.all(EmergencyReview)
    assert (review.asked_ids, review.due_on) == (["ana"], date(2026, 3, 9))
    clock.now = FRIDAY_NIGHT.replace(hour=10)
    assert do(AskReviews()).facts == {"asked": 0}, "the next working day is Monday"
    clock.forward(days=3)
    assert do(AskReviews()).facts == {"asked": 1}
    assert do(AskReviews()).facts == {"asked": 0}
    assert told(world, "on_call_review") == ["person:ana"]
    clock.forward(days=1)
    assert do(AskReviews()).facts == {"asked": 1}
    texts = {row.audience: row.facts["text"] for row in world.all(OutboxRow, card="direct")}
    assert "still waits for your review" in texts["person:ana"]
    assert "Nobody has reviewed PO-1" in texts["person:fin"]
    own = ReviewEmergency(review_id=review.id)
    assert refused(lambda: do(own, by="tom")).facts["why"] == "you approved it"
    assert refused(lambda: do(own, by="ben")).facts["why"] == "you asked for it"
    assert refused(lambda: do(own, by="max")).facts["why"] == "others were asked"
    do(own, by="ana")
    assert refused(lambda: do(own, by="fin")).code == "on_call.reviewed"
    clock.forward(days=1)
    assert do(AskReviews()).facts == {"asked": 0}
    with world.transactions.read() as uow:
        assert [*authority_faults(uow), *order_faults(uow)] == []


def test_an_objection_is_told_to_who_approved_the_buyer_and_finance(
    do: Do, buyer: Buyer, world: World
) -> None:
    buyer.approve(buyer.submitted(), "tom")
    (review,) = world.all(EmergencyReview)
    silent = ReviewEmergency(review_id=review.id, objects=True)
    assert refused(lambda: do(silent, by="ana")).field == "note"
    do(silent.model_copy(update={"note": "Stock had some"}), by="ana")
    told_ids = {row.audience for row in world.all(OutboxRow, card="direct")
                if "Ana objects" in row.facts["text"]}  # fmt: skip
    assert told_ids == {"person:tom", "person:ben", "person:fin"}


def test_whoever_changed_the_order_does_not_review_the_change(
    do: Do, buyer: Buyer, world: World
) -> None:
    do(SavePerson(code="bo", name="Bo", roles=frozenset({"buyer", "finance"})), by="adm")
    bo = next(row.id for row in world.all(Person) if row.code == "bo")
    order_id = buyer.approved()
    change = content(line(id=buyer.lines(order_id)[0].id, quantity=D(11)))
    do(ReviseOrder(order_id=order_id, content=change, reason="one more"), by=bo)
    buyer.approve(order_id, "tom")
    (review,) = world.all(EmergencyReview)
    own = refused(lambda: do(ReviewEmergency(review_id=review.id), by=bo))
    assert own.facts["why"] == "you asked for it"


def test_where_nobody_who_was_to_review_is_left_finance_reviews(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    """Of finance nobody who asked for the order or approved it."""
    for code in ("tom", "ben"):
        roles = frozenset({*world.get(Person, code).roles, "finance"})
        do(SavePerson(code=code, roles=roles), by="adm")
    buyer.approve(buyer.submitted(), "tom")
    do(DeactivatePerson(code="ana"), by="adm")
    clock.now = FRIDAY_NIGHT.replace(hour=10) + timedelta(days=3)
    assert do(AskReviews()).facts == {"asked": 1}
    assert world.all(EmergencyReview)[0].asked_ids == ["fin"]
    assert told(world, "on_call_review") == ["person:fin"]


def test_reviews_that_were_asked_for_do_not_keep_newer_ones_back(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    buyer.approve(buyer.submitted(), "tom")
    (review,) = world.all(EmergencyReview)
    clock.now = FRIDAY_NIGHT.replace(hour=10) + timedelta(days=3)
    day = clock().date()
    rows: list[SQLModel] = []
    for number in range(AT_ONCE):
        id = f"old{number}"
        rows += [
            EmergencyReview(**review.model_dump() | {"id": id, "due_on": date(2026, 3, 6)}),
            JobRun(id=id, job=ASKED, period=f"{id}:ana:{day}", at=clock()),
        ]
    world.add(*rows)
    assert do(AskReviews()).facts == {"asked": 1}


def test_on_call_reaches_only_as_far_as_the_cap_the_site_and_emergencies(
    do: Do, buyer: Buyer, clock: TestClock
) -> None:
    dear = buyer.submitted(content(line(quantity=D(17))))
    assert refused(lambda: buyer.approve(dear, "tom")).code == "on_call.above_cap"
    calm = buyer.submitted(content(line(work_order_id="WO-2")))
    mixed = buyer.submitted(content(line(quantity=D(1)), line(quantity=D(1), work_order_id="WO-2")))
    stock = buyer.submitted(content(line(work_order_id=None)))
    for order_id in (calm, mixed, stock):
        assert buyer.asked(order_id).eligible_ids == ["ana"]
        assert refused(partial(buyer.approve, order_id, "tom")).code == "on_call.no_emergency"
    late = buyer.submitted()
    clock.forward(days=3)
    assert refused(lambda: buyer.approve(late, "tess")).code == "approval.not_eligible"


def test_whoever_was_asked_on_call_and_no_longer_may_is_told_so_and_others_are_asked(
    do: Do, buyer: Buyer, world: World
) -> None:
    """Tom is on call for two sites; what counts is the one of the emergency."""
    elsewhere = on_call("tom", cap="5000").model_copy(update={"site_id": "site2"})
    do(elsewhere, by="sue")
    order_id = buyer.submitted(content(line(quantity=D(1))))
    assert buyer.asked(order_id).eligible_ids == ["ana", "tom"]
    dear = buyer.submitted(content(line(quantity=D(17))))
    above = refused(lambda: buyer.approve(dear, "tom"))
    assert (above.code, str(above.facts["cap"])) == ("on_call.above_cap", "200.00 EUR")
    click = buyer.click(order_id)
    with world.transactions.write() as uow:
        job = uow.get(WorkOrder, "WO-1")
        assert job is not None
        job.priority = Priority.NORMAL
        uow.commit()
    assert do(click, by="tom").facts == {"decided": False}
    assert buyer.asked(order_id).eligible_ids == ["ana"]


def test_nobody_on_call_approves_what_they_asked_for(do: Do, buyer: Buyer) -> None:
    do(on_call("ben"), by="sue")
    order_id = buyer.submitted()
    assert buyer.asked(order_id).eligible_ids == ["ana", "tom"]
    assert refused(lambda: buyer.approve(order_id, "ben")).code == "approval.own_request"


def test_a_waived_pair_is_logged_on_call_too(do: Do, buyer: Buyer, world: World) -> None:
    waive = {"waived_pairs": [["approver", "requester"]]}
    do(ChangeCompanySettings(changes=waive), by="adm")
    do(on_call("ben"), by="sue")
    order_id = buyer.submitted()
    asked = buyer.asked(order_id)
    buyer.approve(order_id, "ben")
    made = world.get(Approval, asked.id)
    assert (made.decided_by_id, made.waiver) == ("ben", "requester and approver")
    assert made.on_call_id is not None
    assert [entry.event for entry in world.all_entries()].count("waiver:used") == 1
    with world.transactions.read() as uow:
        assert [*authority_faults(uow), *order_faults(uow)] == []


def test_one_click_on_call_makes_every_step_and_each_is_reviewed(
    do: Do, buyer: Buyer, world: World
) -> None:
    rule = {"name": "steps", "steps": ["role finance", "person max", "authority"]}
    document = PolicyDocument.model_validate({"title": "Ours", "approval": {"rules": [rule]}})
    do(ImportPolicy(document=document), by="adm")
    order_id = buyer.submitted()
    buyer.approve(order_id, "tom")
    assert buyer.order(order_id).state is OrderState.APPROVED
    assert {row.decided_by_id for row in world.all(Approval)} == {"tom"}
    assert sorted(row.asked_ids[0] for row in world.all(EmergencyReview)) == ["ana", "fin", "max"]


@pytest.mark.parametrize(
    ("update", "by", "code"),
    [
        ({}, "tess", "not_allowed"),
        ({"site_id": "site2"}, "sue2", "on_call.not_your_site"),
        ({"ends": date(2026, 3, 5)}, "sue", "on_call.days"),
        ({"ends": date(2026, 5, 5)}, "sue", "on_call.days"),
        ({"starts": date(2026, 3, 1)}, "sue", "on_call.days"),
        ({"cap": D(0)}, "sue", "negative"),
        ({"person_id": "tess"}, "sue", "delegation.sees_no_costs"),
        ({"person_id": "sue"}, "sue", "on_call.yourself"),
        ({"person_id": "adm"}, "adm", "on_call.yourself"),
    ],
)
def test_being_on_call_is_set_within_bounds(
    do: Do, buyer: Buyer, world: World, update: dict[str, object], by: str, code: str
) -> None:
    if by == "sue2":
        by, sue = "sue", world.get(Person, "sue")
        assert sue.site_id is None
        with world.transactions.write() as uow:
            found = uow.get(Person, "sue")
            assert found is not None
            found.site_id = "site"
            uow.commit()
    error = refused(lambda: do(on_call("max").model_copy(update=update), by=by))
    assert code in error.code


def test_ending_it_takes_the_card_back(do: Do, buyer: Buyer) -> None:
    order_id = buyer.submitted()
    id = do(on_call("rex"), by="sue").subject_id
    assert buyer.asked(order_id).eligible_ids == ["ana", "tom", "rex"]
    do(EndOnCall(on_call_id=id), by="sue")
    assert buyer.asked(order_id).eligible_ids == ["ana", "tom"]
    assert refused(lambda: do(EndOnCall(on_call_id=id), by="sue")).code == "on_call.ended"


def test_days_on_call_are_the_persons_own_and_cards_follow_their_first_and_last(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    """Rex's day begins six hours after UTC's."""
    do(SavePerson(code="rex", timezone="America/Chicago"), by="adm")
    order_id = buyer.submitted(content(line(quantity=D(5))))
    clock.now = FRIDAY_NIGHT + timedelta(hours=1)
    past = on_call("rex").model_copy(update={"starts": date(2026, 3, 4)})
    assert refused(lambda: do(past, by="sue")).code == "on_call.days"
    do(on_call("rex", days=1), by="sue")
    assert refused(lambda: do(on_call("rex", cap="900"), by="sue")).code == "on_call.overlaps"
    assert do(FollowDelegations()).facts == {"begun": 1, "over": 0}, "Tom's"
    assert buyer.asked(order_id).eligible_ids == ["ana", "tom"]
    clock.now = FRIDAY_NIGHT.replace(hour=6)
    assert do(FollowDelegations()).facts == {"begun": 1, "over": 0}
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 0}
    assert buyer.asked(order_id).eligible_ids == ["ana", "tom", "rex"]
    late = buyer.submitted(content(line(quantity=D(5))))
    clock.now = FRIDAY_NIGHT.replace(day=7, hour=5)
    buyer.approve(late, "rex")
    with world.transactions.read() as uow:
        assert list(authority_faults(uow)) == []
    clock.now = FRIDAY_NIGHT.replace(day=7, hour=6)
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 1}
    assert buyer.asked(order_id).eligible_ids == ["ana", "tom"]
    lines = [line.person.name for line in shown(world, clock)]
    assert lines == ["Tom"]


def shown(world: World, clock: TestClock) -> tuple[OnCallLine, ...]:
    with world.transactions.read() as uow:
        return on_call_lines(uow, at=clock())


def test_the_form_names_who_is_on_call_by_their_own_days(
    do: Do, buyer: Buyer, world: World
) -> None:
    """Tess reads it in UTC, six hours ahead of Rex."""
    do(SavePerson(code="rex", timezone="America/Chicago"), by="adm")
    do(on_call("rex", days=1), by="sue")

    def named(at: datetime) -> tuple[str, ...]:
        with world.transactions.read() as uow:
            tess = uow.get(Person, "tess")
            assert tess is not None
            lines = (part_line("seal", "3"),)
            (step,) = parts_form(uow, tess, work_order_id="WO-1", lines=lines, at=at).steps
            return step.deciders.on_call

    assert set(named(FRIDAY_NIGHT)) == {"Tom"}
    assert set(named(FRIDAY_NIGHT.replace(hour=6))) == {"Tom", "Rex"}
    assert set(named(FRIDAY_NIGHT.replace(day=7, hour=5))) == {"Tom", "Rex"}


def test_whoever_is_on_call_today_is_shown_before_all_that_is_far_off(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    row = world.all(OnCall)[0].model_dump()
    for week in range(1, SHOWN + 1):
        far = {day: row[day] + timedelta(weeks=week) for day in ("starts", "ends")}
        world.add(OnCall(**row | far | {"id": f"far{week}"}))
    lines = shown(world, clock)
    assert (len(lines), lines[0].starts) == (SHOWN, FRIDAY_NIGHT.date())


def test_weekends_are_no_working_days() -> None:
    assert next_working_day(date(2026, 3, 5)) == date(2026, 3, 6)
    assert next_working_day(date(2026, 3, 6)) == date(2026, 3, 9)
