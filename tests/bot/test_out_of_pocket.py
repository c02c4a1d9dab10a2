"""Paid from one's own pocket: declared on a phone, decided by somebody else, paid back once."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.courier import Courier
from bot.ids import Action, Callback, SlashCommand
from tests.conftest import TestClock
from tests.factories.jobs import Company, Do, row, rows
from tests.factories.shop import Shop, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack, Trouble
from wopo.config import Settings
from wopo.db.uow import SqlTransactions
from wopo.domain.budgets import Budget
from wopo.domain.errors import DomainError
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.out_of_pocket import OutOfPocket, PocketState
from wopo.domain.people import Role
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.attachments import FileFacts
from wopo.usecases.budgets import SetBudget
from wopo.usecases.counter_purchases import BuyAtCounter
from wopo.usecases.out_of_pocket import DeclareOutOfPocket, WithdrawOutOfPocket
from wopo.usecases.out_of_pocket_decisions import ApproveOutOfPocket, RejectOutOfPocket
from wopo.usecases.out_of_pocket_paybacks import MOST, PayBack
from wopo.usecases.people import SavePerson, SetAuthority
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.out_of_pocket import payback_view
from wopo.usecases.work_orders import ChangeWorkOrder
from wopo.writers.payback_csv import write_payback_csv

Json = dict[str, Any]
Send = Callable[[Json], Json]
D = Decimal
PHOTO = {"id": "F1", "name": "till.jpg", "mimetype": "image/jpeg", "size": 1000, "mode": "hosted"}
WHY = "The job could not wait"


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"files_dir": tmp_path / "files"})


@pytest.fixture
def told(deliver: Callable[[], int], courier: Courier, clock: TestClock) -> Callable[[], None]:
    def run() -> None:
        while courier.deliver_next(tasks=True):
            pass
        while deliver():
            clock.forward(seconds=2)

    return run


@pytest.fixture
def declare(do: Do, company: Company, shop: Shop) -> Callable[..., str]:
    """``declare("40", file="F2")``: Tess declares a hose for her job; the purchase's id."""

    def run(amount: str = "40", *, file: str = "F1", by: str = company.tess, **more: Any) -> str:
        command = DeclareOutOfPocket(
            work_order_id=shop.job,
            amount=D(amount),
            reason=WHY,
            files=(FileFacts(name="till.jpg", slack_file_id=file, sha256=f"of {file}"),),
            **{"description": "Hose", **more},
        )
        return str(do(command, by=by).subject_id)

    return run


def refused(do: Do, command: object, by: str) -> DomainError:
    with pytest.raises(DomainError) as error:
        do(command, by=by)
    return error.value


def click_of(message: Json, action: Action) -> str:
    return str(
        next(
            element["value"]
            for block in message["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] == action
        )
    )


def test_from_the_shop_to_the_wages(
    do: Do,
    company: Company,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    told: Callable[[], None],
    transactions: SqlTransactions,
) -> None:
    slack.files["F1"] = b"a receipt"
    assert send(payloads.command(SlashCommand.PO, "pocket", user="U-tess")) == {}
    form = slack.of("views.open")[-1]["view"]
    assert form["callback_id"] == Callback.OUT_OF_POCKET
    assert "For WO-1" in str(form["blocks"])
    values = {
        "amount": "60", "description": "Seals at Hardware Store", "part_id": shop.seal,
        "quantity": "4", "reason": WHY, "files": [PHOTO],
    }  # fmt: skip
    answer = send(payloads.submit(form, values, user="U-tess"))
    assert "OOP-1 waits for Abe Approver" in str(answer["view"]["blocks"])
    told()
    card = next(m for m in slack.messages["DU-app"] if m["text"].startswith("OOP-1"))
    assert card["text"].endswith("· needs you")
    shown = str(card["blocks"])
    assert "Grainger (contract C-7): 50.00 EUR · paid: 60.00 EUR" in shown
    assert "More than the 50.00 EUR that may be paid out of pocket" in shown

    approve = click_of(card, Action.POCKET_APPROVE)
    send(payloads.click(Action.POCKET_APPROVE, approve, user="U-app", channel="DU-app"))
    told()
    (entry,) = rows(transactions, LedgerEntry, source="out_of_pocket")
    assert entry.kind is CostKind.OUT_OF_POCKET
    assert (entry.work_order_id, entry.amount_minor) == (shop.job, 6_000)
    assert any("out of pocket; it is approved" in m["text"] for m in slack.messages["C1"])
    assert not any("60.00" in str(m) for m in slack.messages["C1"])
    assert "Approved by Abe Approver" in slack.messages["DU-tess"][-1]["text"]

    home = [v for v in slack.of("views.publish") if v["user_id"] == "U-fin"][-1]["view"]
    assert "1 to pay back, 60.00 EUR" in str(home["blocks"])
    value = click_of(home, Action.POCKETS_PAY_BACK)
    send(payloads.click_in_view(Action.POCKETS_PAY_BACK, value, home, user="U-fin"))
    told()
    (purchase,) = rows(transactions, OutOfPocket)
    assert purchase.state is PocketState.PAID_BACK
    assert any("60.00 EUR is paid back to you" in m["text"] for m in slack.messages["DU-tess"])
    with transactions.read() as uow:
        written = write_payback_csv(payback_view(uow, "RB-2026-000001")).decode()
    (line,) = csv.DictReader(StringIO(written))
    assert (line["person"], line["amount"], line["approved_by"]) == (
        "tess",
        "60.00",
        "Abe Approver",
    )
    assert refused(do, PayBack(), company.fin).code == "out_of_pocket.nothing_to_pay"


def test_what_is_wrong_stands_at_its_input(
    shop: Shop, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    send(payloads.command(SlashCommand.PO, "pocket 1", user="U-tess"))
    form = slack.of("views.open")[-1]["view"]
    values = {"amount": "forty", "description": "", "quantity": "1", "reason": WHY}
    answer = send(payloads.submit(form, values, user="U-tess"))
    assert sorted(answer["errors"]) == ["amount", "description"]
    values |= {"amount": "40", "description": "Hose"}
    answer = send(payloads.submit(form, values, user="U-tess"))
    assert list(answer["errors"]) == ["files"]
    answer = send(
        payloads.submit(form, values | {"files": [PHOTO], "bought_on": "2026-03-03"}, user="U-tess")
    )
    assert "2026-03-03 is still to come" in answer["errors"]["bought_on"]


def test_it_was_bought_on_the_day_of_the_receipt(
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    send(payloads.command(SlashCommand.PO, "pocket 1", user="U-tess"))
    form = slack.of("views.open")[-1]["view"]
    picker = next(block for block in form["blocks"] if block.get("block_id") == "bought_on")
    assert picker["element"]["initial_date"] == "2026-03-02"
    values = {
        "amount": "40", "description": "Hose", "quantity": "1", "reason": WHY, "files": [PHOTO],
        "bought_on": "2026-02-27",
    }  # fmt: skip
    send(payloads.submit(form, values, user="U-tess"))
    (purchase,) = rows(transactions, OutOfPocket)
    assert purchase.bought_on == date(2026, 2, 27)


def test_the_same_receipt_is_never_declared_twice(
    do: Do, company: Company, shop: Shop, declare: Callable[..., str]
) -> None:
    first = declare("40")
    with pytest.raises(DomainError, match="declared already, as OOP-1 of Tess") as error:
        declare("41", by=company.max)
    assert error.value.field == "files"
    do(WithdrawOutOfPocket(purchase_id=first), by=company.tess)
    declare("41")


def test_the_same_photo_uploaded_again_is_flagged_before_anything_is_approved(
    do: Do,
    company: Company,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    told: Callable[[], None],
    transactions: SqlTransactions,
) -> None:
    """Another file, day and amount; only the contents are the same."""
    slack.files |= {"F1": b"a receipt", "F2": b"a receipt", "F3": b"another receipt"}
    photos = {f"F{n}": (FileFacts(name="till.jpg", slack_file_id=f"F{n}"),) for n in (1, 2, 3)}
    told_of = {"work_order_id": shop.job, "description": "Hose", "reason": WHY}

    def declared(file: str, amount: str, by: str) -> str:
        command = DeclareOutOfPocket(amount=D(amount), files=photos[file], **told_of)
        return str(do(command, by=by).subject_id)

    first = declared("F1", "21", company.tess)
    told()
    assert row(transactions, OutOfPocket, first).flags == []
    again = declared("F2", "22", company.max)
    card = slack.messages["DU-app"][-1]
    early = refused(do, ApproveOutOfPocket(purchase_id=again), company.app)
    assert early.code == "out_of_pocket.photo_unread"
    told()
    flags = row(transactions, OutOfPocket, again).flags
    assert flags == ["the photo of the receipt is that of OOP-1 of Tess Technician"]
    assert "is that of OOP-2 of Max Manager" in row(transactions, OutOfPocket, first).flags[0]
    assert ":warning: The photo of the receipt is that of OOP-1" in str(slack.messages["DU-app"])
    home = [v for v in slack.of("views.publish") if v["user_id"] == "U-app"][-1]["view"]
    assert ":warning: The photo of the receipt is that of OOP-1" in str(home["blocks"])
    stale = refused(do, ApproveOutOfPocket(purchase_id=again, version=0), company.app)
    assert stale.code == "stale", card["text"]
    do(ApproveOutOfPocket(purchase_id=again, version=1), by=company.app)
    third = declared("F3", "23", company.tess)
    told()
    assert "photo" not in str(row(transactions, OutOfPocket, third).flags)


def test_a_photo_that_slack_does_not_hand_out_is_told_and_keeps_nobody_waiting(
    do: Do,
    company: Company,
    shop: Shop,
    send: Send,
    slack: RecordingSlack,
    told: Callable[[], None],
    transactions: SqlTransactions,
) -> None:
    slack.trouble("files.info", Trouble(error="file_not_found"))
    photo = (FileFacts(name="till.jpg", slack_file_id="F-gone"),)
    told_of = {"work_order_id": shop.job, "description": "Hose", "reason": WHY}
    bought = do(DeclareOutOfPocket(amount=D(21), files=photo, **told_of), by=company.tess)
    told()
    (flag,) = row(transactions, OutOfPocket, str(bought.subject_id)).flags
    assert flag.startswith("nobody compared the photo with others: Slack did not hand out till.jpg")
    do(ApproveOutOfPocket(purchase_id=str(bought.subject_id)), by=company.app)


def test_the_steps_of_the_approval_rules_decide_one_after_the_other(
    do: Do,
    company: Company,
    declare: Callable[..., str],
    slack: RecordingSlack,
    told: Callable[[], None],
    transactions: SqlTransactions,
) -> None:
    rule = {
        "name": "paid already",
        "when": {"kind": "out_of_pocket", "above": 30},
        "steps": ["role finance", "authority"],
    }
    document = {"title": "Two", "approval": {"rules": [rule]}}
    do(ImportPolicy(document=PolicyDocument.model_validate(document)), by=company.fin)
    bought = declare("40")
    kept = row(transactions, OutOfPocket, bought)
    assert (kept.matrix_rule, kept.eligible_ids) == ("paid already", [company.fin])
    early = refused(do, ApproveOutOfPocket(purchase_id=bought), company.app)
    assert (early.code, early.facts["who"]) == ("out_of_pocket.no_authority", "Fia Finance")
    answer = do(ApproveOutOfPocket(purchase_id=bought), by=company.fin)
    assert answer.message == "Your part of OOP-1 is approved; it waits for Abe Approver."
    assert row(transactions, OutOfPocket, bought).state is PocketState.WAITING
    assert rows(transactions, LedgerEntry, source="out_of_pocket") == []
    told()
    assert "Fia Finance" in str(slack.messages["DU-app"][-1]["blocks"])
    do(ApproveOutOfPocket(purchase_id=bought), by=company.app)
    assert row(transactions, OutOfPocket, bought).state is PocketState.APPROVED
    small = declare("20", file="F2")
    assert row(transactions, OutOfPocket, small).eligible_ids == [company.fin], "40 and 20"
    do(RejectOutOfPocket(purchase_id=small, reason="No"), by=company.fin)
    back = declare("21", file="F3")
    do(WithdrawOutOfPocket(purchase_id=back), by=company.tess)
    for ended in (small, back):
        late = refused(do, ApproveOutOfPocket(purchase_id=ended), company.fin)
        assert late.code == "illegal_move", "its first step is asked of nobody any more"


def test_pieces_of_one_person_or_job_are_decided_by_their_sum(
    do: Do, company: Company, shop: Shop, declare: Callable[..., str], transactions: SqlTransactions
) -> None:
    """Each within the 50 that the policy allows, whoever pays for the job."""
    for place, by in enumerate((company.tess, company.max, company.tess, company.tess)):
        declare(str(40 + place), file=f"F{place}", by=by)
    (first, second, *_, last) = rows(transactions, OutOfPocket)
    assert (first.flags, first.together_minor) == ([], 0)
    assert (second.together_minor, last.together_minor) == (4_000, 12_300)
    assert last.flags == [
        "more than the 50.00 EUR that may be paid out of pocket, with OOP-3, OOP-2, OOP-1"
    ]
    whole = declare("49900", file="F9", by=company.max)
    assert row(transactions, OutOfPocket, whole).eligible_ids == [], "with the others over 50,000"
    beyond = refused(do, ApproveOutOfPocket(purchase_id=whole), company.app)
    assert beyond.code == "out_of_pocket.no_authority"


def test_the_same_amount_is_asked_about_and_flagged(
    do: Do,
    company: Company,
    shop: Shop,
    declare: Callable[..., str],
    transactions: SqlTransactions,
) -> None:
    """Declared before, or bought on an order as well."""
    declare("40")
    bought = BuyAtCounter(
        work_order_id=shop.job, vendor_id=shop.grainger, amount=D(30), description="Hose"
    )
    do(bought, by=company.tess)
    for amount, other in (("40", "OOP-1 of 2026-03-02"), ("30", "PO-1 of Grainger")):
        with pytest.raises(DomainError) as error:
            declare(amount, file=f"F-{amount}")
        assert other in error.value.message
        yes = frozenset({error.value.facts["acknowledge"]})
        again = declare(amount, file=f"F-{amount}", acknowledged=yes)
        assert row(transactions, OutOfPocket, again).flags[0] == f"may be {other} again"


def test_nobody_decides_about_their_own_nor_beyond_their_authority(
    do: Do, company: Company, shop: Shop, declare: Callable[..., str], transactions: SqlTransactions
) -> None:
    roles = frozenset({Role.TECHNICIAN, Role.APPROVER})
    do(SavePerson(code="tess", name="Tess Technician", roles=roles))
    start = date(2026, 1, 1)
    do(SetAuthority(person="tess", amount=D(50), currency="EUR", valid_from=start))
    mine = declare("40")
    assert row(transactions, OutOfPocket, mine).eligible_ids == [company.app]
    own = refused(do, ApproveOutOfPocket(purchase_id=mine), company.tess)
    assert (own.code, own.logged) == ("out_of_pocket.own", True)
    others = declare("60", file="F2", by=company.max)
    beyond = refused(do, ApproveOutOfPocket(purchase_id=others), company.tess)
    assert beyond.code == "out_of_pocket.no_authority"
    do(RejectOutOfPocket(purchase_id=mine, reason="Not for this job"), by=company.app)
    late = refused(do, ApproveOutOfPocket(purchase_id=mine), company.app)
    assert late.code == "illegal_move"
    assert rows(transactions, LedgerEntry, source="out_of_pocket") == []


def test_with_nobody_left_it_waits_and_is_asked_when_somebody_can(
    do: Do,
    company: Company,
    shop: Shop,
    declare: Callable[..., str],
    transactions: SqlTransactions,
) -> None:
    large = declare("60000")
    assert row(transactions, OutOfPocket, large).eligible_ids == []
    do(SetAuthority(person="app", amount=D(70_000), currency="EUR", valid_from=date(2026, 3, 1)))
    assert row(transactions, OutOfPocket, large).eligible_ids == [company.app]


def test_the_budget_and_the_jobs_limit_are_checked_at_the_decision(
    do: Do, company: Company, shop: Shop, declare: Callable[..., str], transactions: SqlTransactions
) -> None:
    year = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31)}
    do(SetBudget(cost_centre="OPS", amount=D(30), **year))
    bought = declare("40")
    over = refused(do, ApproveOutOfPocket(purchase_id=bought), company.app)
    assert over.code == "budget.over"
    do(SetBudget(cost_centre="OPS", amount=D(100), **year))
    do(ChangeWorkOrder(work_order_id=shop.job, nte=D(39)), by=company.max)
    beyond = refused(do, ApproveOutOfPocket(purchase_id=bought), company.app)
    assert "not-to-exceed amount of 39.00 EUR" in beyond.message
    yes = frozenset({beyond.facts["acknowledge"]})
    do(ApproveOutOfPocket(purchase_id=bought, acknowledged=yes), by=company.app)
    (budget,) = rows(transactions, Budget, work_order_id=None)
    assert budget.out_of_pocket_minor == 4_000


def test_a_file_has_a_limit_and_says_that_more_waits(
    do: Do, company: Company, declare: Callable[..., str], transactions: SqlTransactions
) -> None:
    first = declare("40")
    do(ApproveOutOfPocket(purchase_id=first), by=company.app)
    like = row(transactions, OutOfPocket, first).model_dump()
    with transactions.write() as uow:
        copies = [like | {"id": f"p{n}", "number": f"OOP-9-{n}"} for n in range(MOST)]
        uow.add(*(OutOfPocket(**facts) for facts in copies))
        uow.commit()
    assert do(PayBack(), by=company.fin).message.endswith("More wait: make another file.")
    assert len(rows(transactions, OutOfPocket, state=PocketState.APPROVED)) == 1
    assert "1 purchase, 40.00 EUR." in do(PayBack(), by=company.fin).message


def test_a_new_name_asks_nobody_anew_and_a_new_role_does(
    do: Do, company: Company, declare: Callable[..., str], transactions: SqlTransactions
) -> None:
    """Asked of nobody on purpose: who is asked tells whether it was looked at again."""
    waits = declare("40")
    with transactions.write() as uow:
        purchase = uow.get(OutOfPocket, waits)
        assert purchase is not None
        purchase.eligible_ids = []
        uow.commit()
    do(SavePerson(code="max", name="Max Renamed"))
    assert row(transactions, OutOfPocket, waits).eligible_ids == []
    do(SavePerson(code="max", roles=frozenset({Role.TECHNICIAN})))
    assert row(transactions, OutOfPocket, waits).eligible_ids == [company.app]
