"""The purchasing policy in Slack: read by anybody, asked about a line, and said in the form."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Callback, Options, SlashCommand
from bot.metadata import Target
from tests.factories.jobs import Company, Do, rows
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.out_of_pocket import OutOfPocket
from wopo.domain.part_requests import Allocation, PartRequestLine
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.out_of_pocket import WithdrawOutOfPocket
from wopo.usecases.part_request_changes import CancelPartLine
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.purchasing_policy import ImportPolicy

Json = dict[str, Any]
Send = Callable[[Json], Json]


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def say(send: Send, payloads: Payloads) -> Callable[..., Json]:
    """``say("policy")``: what ``/wopo policy`` answers."""

    def run(text: str, user: str = "U-tess") -> Json:
        return send(payloads.command(SlashCommand.WOPO, text, user=user))

    return run


def test_anybody_reads_the_policy_in_plain_words(say: Callable[..., Json], shop: Shop) -> None:
    answer = say("policy")
    assert answer["response_type"] == "ephemeral"
    text = str(answer["blocks"])
    assert "1. from-stock: what lies in stock → from stock" in text
    assert "The first rule" not in text
    assert "More than the company limit needs an approved purchase order." in text
    named = [b["text"]["text"] for row in answer["blocks"] for b in row.get("elements", ())
             if b["type"] == "button"]  # fmt: skip
    assert named[:2] == ["Ask about a line", "What an invoice may differ in"]
    assert "Goods are matched" in str(say("policy matching")["blocks"])


def test_a_line_is_asked_about_by_its_facts(
    say: Callable[..., Json],
    send: Send,
    slack: RecordingSlack,
    payloads: Payloads,
    shop: Shop,
) -> None:
    assert "blocks" not in say("policy explain")
    form = slack.of("views.open")[-1]["view"]
    answer = send(payloads.submit(form, {"quantity": "2"}, user="U-tess"))
    assert "Choose a part" in str(answer["errors"])
    values = {"part_id": shop.seal, "quantity": "30"}
    answer = send(payloads.submit(form, values, user="U-tess"))
    text = str(answer["view"]["blocks"])
    assert "*30 pcs Seal*\\n→ *purchase order*" in text
    assert "✗ service: asks for a service\\n✓ over-250" in text
    assert "375" not in text, "a technician sees no price"
    answer = send(payloads.submit(form, values | {"amount": "12.50"}, user="U-bea"))
    assert "under-contract" in str(answer["view"]["blocks"])
    assert "12.50 EUR" in str(answer["view"]["blocks"])


def test_the_lines_of_a_request_are_explained(
    say: Callable[..., Json], do: Do, company: Company, shop: Shop
) -> None:
    asked(do, company, shop, shop.belt, 3)
    text = str(say("policy explain PR-1")["blocks"])
    assert "*PR-1 line 1: 3 pcs Belt*\\n→ *buyer*" in text
    assert "Decided when it was asked for: no-agreed-price → buyer" in text


def test_a_long_request_is_explained_as_far_as_a_message_goes(
    say: Callable[..., Json], do: Do, company: Company, shop: Shop
) -> None:
    lines = tuple(LineInput(part_id=shop.belt, quantity=Decimal(1)) for _ in range(15))
    do(RequestParts(work_order_id=shop.job, lines=lines), by=company.tess)
    blocks = say("policy explain PR-1")["blocks"]
    assert len(blocks) <= 50
    assert "3 more lines of PR-1." in str(blocks[-1])


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"route": "counter purchase"}, "You buy it at the counter at Grainger (rule “mine”)"),
        ({"route": "out of pocket", "allowed_up_to": 400}, "out of pocket up to 400.00 EUR"),
        ({"route": "no order"}, "No order is needed (rule “mine”). It is mine."),
        ({"route": "call-off"}, "Called off (rule “mine”). On contract C-7 with Grainger"),
    ],
)
def test_the_form_says_where_a_line_goes_before_it_is_sent(
    rule: Json, told: str, do: Do, send: Send, slack: RecordingSlack, payloads: Payloads, shop: Shop
) -> None:
    set_policy(do, rule)
    send(payloads.command(SlashCommand.PARTS, "WO-1", user="U-tess"))
    form = slack.of("views.open")[-1]["view"]
    body = payloads.click_in_view(Options.PART, "", form, user="U-tess")
    option = {"text": {"type": "plain_text", "text": "x"}, "value": shop.seal}
    body["actions"][0] |= {"type": "external_select", "selected_option": option}
    values = body["view"]["state"]["values"]
    values["part_id"] = {str(Options.PART): {"selected_option": option}}
    values["quantity"] = {str(Action.PARTS_QUANTITY): {"value": "10"}}
    send(body)
    assert told in str(slack.of("views.update")[-1]["view"]["blocks"])


def set_policy(do: Do, rule: Json, category: str = "seals") -> None:
    """One rule about seals above the rest; what lies in stock stays there."""
    mine = {"name": "mine", "sentence": "It is mine.", "when": {"category": category}, **rule}
    rest = {"name": "rest", "sentence": "The rest.", "route": "purchase order"}
    document = {"title": "Ours", "routes": {"rules": [mine, rest]}}
    do(ImportPolicy(document=PolicyDocument.model_validate(document)))


def test_what_is_bought_at_a_counter_is_one_tap_away_and_filled_in(
    do: Do,
    company: Company,
    send: Send,
    slack: RecordingSlack,
    payloads: Payloads,
    shop: Shop,
    transactions: SqlTransactions,
) -> None:
    set_policy(do, {"route": "counter purchase"})
    line = asked(do, company, shop, shop.seal, 2)
    listed = send(payloads.command(SlashCommand.PARTS, "list WO-1", user="U-tess"))
    assert "Buy at a counter" in str(listed)
    send(payloads.click(Action.PART_COUNTER, Target(id=line).pack(2000), user="U-tess"))
    form = slack.of("views.open")[-1]["view"]
    assert form["callback_id"] == Callback.COUNTER
    assert "2 pcs Seal" in str(form["blocks"])
    assert "Grainger" in str(form["blocks"])
    values = {
        "work_order_id": shop.job,
        "vendor_id": shop.grainger,
        "amount": "24",
        "description": "2 pcs Seal",
    }
    answer = send(payloads.submit(form, values, user="U-tess"))
    assert "is your number" in str(answer) or "PO-1" in str(answer)
    (share,) = rows(transactions, Allocation)
    assert (share.part_request_line_id, share.quantity) == (line, Decimal(2))
    assert [row.state for row in rows(transactions, PartRequestLine)] == ["ordered"]


def test_what_was_paid_oneself_is_declared_for_its_line_up_to_what_the_rule_allows(
    do: Do,
    company: Company,
    send: Send,
    slack: RecordingSlack,
    payloads: Payloads,
    shop: Shop,
    transactions: SqlTransactions,
) -> None:
    set_policy(do, {"route": "out of pocket", "allowed_up_to": 60})
    line = asked(do, company, shop, shop.seal, 2)
    listed = send(payloads.command(SlashCommand.PARTS, "list WO-1", user="U-tess"))
    assert "I paid it myself" in str(listed)
    send(payloads.click(Action.PART_POCKET, Target(id=line).pack(2000), user="U-tess"))
    form = slack.of("views.open")[-1]["view"]
    assert "For more than 60.00 EUR better get a number first" in str(form["blocks"])
    assert "quantity" not in {block.get("block_id") for block in form["blocks"]}
    photo = {"id": "F1", "name": "till.jpg", "mimetype": "image/jpeg", "size": 1000}
    values = {
        "amount": "55",
        "description": "2 pcs Seal",
        "reason": "No vendor's shop was near",
        "files": [photo | {"mode": "hosted"}],
    }
    answer = send(payloads.submit(form, values, user="U-tess"))
    assert "OOP-1 waits for" in str(answer)
    (purchase,) = rows(transactions, OutOfPocket)
    assert (purchase.part_request_line_id, purchase.quantity, purchase.flags) == (line, 2, [])
    (row,) = rows(transactions, PartRequestLine)
    assert (row.state, row.pocketed) == ("received", 2)
    with pytest.raises(DomainError, match="2 pcs of Seal are handed out, bought"):
        do(CancelPartLine(line_id=line), by=company.tess)
    do(WithdrawOutOfPocket(purchase_id=purchase.id), by=company.tess)
    (row,) = rows(transactions, PartRequestLine)
    assert (row.state, row.pocketed, row.unsourced) == ("to_buy", 0, 0)


def test_what_may_not_be_paid_oneself_at_all_is_not_taken_for_no_limit(
    say: Callable[..., Json],
    do: Do,
    company: Company,
    send: Send,
    slack: RecordingSlack,
    payloads: Payloads,
    shop: Shop,
) -> None:
    set_policy(do, {"route": "out of pocket", "allowed_up_to": 0}, category="belts")
    line = asked(do, company, shop, shop.belt, 2)
    assert "*out of pocket* up to 0.00 EUR" in str(say("policy explain PR-1")["blocks"])
    send(payloads.click(Action.PART_POCKET, Target(id=line).pack(2000), user="U-tess"))
    form = slack.of("views.open")[-1]["view"]
    assert "For more than 0.00 EUR better get a number first" in str(form["blocks"])
