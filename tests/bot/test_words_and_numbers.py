"""What people type: numbers by their locale, texts made harmless, forms within Slack's limits."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import blocks
from bot.metadata import MAX_VALUE, Question, Target
from bot.parse import Form, FormError, money, number, price, quantity
from bot.reader import Reader, known_locale
from slack_sandbox.blockkit import validate_message, validate_view
from wopo.domain.errors import DomainError
from wopo.domain.money import Money


@pytest.mark.parametrize(
    ("typed", "locale", "value"),
    [
        ("1,234.56", "en", "1234.56"),
        ("1.234,56", "de", "1234.56"),
        ("1 234,56", "fr", "1234.56"),
        ("1\u202f234,56", "fr", "1234.56"),
        ("1'234.56", "de_CH", "1234.56"),
        (" 12 ", "en", "12"),
        ("+3", "en", "3"),
        ("-3", "en", "-3"),
        ("0.000001", "en", "0.000001"),
    ],
)
def test_a_number_is_read_by_the_readers_own_format(typed: str, locale: str, value: str) -> None:
    assert number(typed, field="f", label="It", locale=locale, places=6) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "locale"),
    [
        ("1.234,56", "en"),
        ("12.5", "de"),
        ("12 000", "en"),
        ("1,23", "en"),
        ("NaN", "en"),
        ("Infinity", "en"),
        ("1e30", "en"),
        ("1_000", "en"),
        ("１２", "en"),
        ("٣", "en"),
        ("0x10", "en"),
        ("--3", "en"),
        ("3-", "en"),
        ("1.2.3", "en"),
        (".", "en"),
        ("", "en"),
        ("12 kg", "en"),
        ("½", "en"),
    ],
)
def test_anything_else_is_refused_at_its_field_with_an_example(typed: str, locale: str) -> None:
    with pytest.raises(DomainError) as refused:
        number(typed, field="amount", label="Amount", locale=locale, places=2)
    assert refused.value.field == "amount"
    wanted = "1.234,56" if locale == "de" else "1,234.56"
    assert f"must be a number like {wanted}" in refused.value.message


@given(st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_no_text_is_read_as_a_number_that_is_not_finite(typed: str) -> None:
    try:
        value = number(typed, field="f", label="It", locale="en", places=6)
    except DomainError:
        return
    assert value.is_finite()


@pytest.mark.parametrize(
    ("read", "typed", "said"),
    [
        (quantity, "0", "more than zero"),
        (quantity, "-3", "more than zero"),
        (quantity, "0.0000001", "at most 6 decimals"),
        (quantity, "99999999999", "exceeds the allowed maximum"),
        (price, "-1", "zero or more"),
        (price, "1.1234567", "at most 6 decimals"),
    ],
)
def test_bounds_are_named(read: Any, typed: str, said: str) -> None:
    with pytest.raises(DomainError, match=said):
        read(typed, field="f", label="It", locale="en")


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("1,250.50", "EUR", 125050), ("1250", "JPY", 1250), ("1.234", "KWD", 1234), ("0", "EUR", 0)],
)
def test_money_has_the_currencys_own_decimals(typed: str, currency: str, minor: int) -> None:
    assert money(typed, currency, field="f", label="It", locale="en") == Money(minor, currency)


@pytest.mark.parametrize(("typed", "currency", "places"), [("1.005", "EUR", 2), ("5.5", "JPY", 0)])
def test_too_many_decimals_name_the_currency(typed: str, currency: str, places: int) -> None:
    with pytest.raises(DomainError, match=f"at most {places} decimals for {currency}"):
        money(typed, currency, field="f", label="It", locale="en")


def test_a_form_shows_all_its_refusals_at_once() -> None:
    state = {
        "title": {"input": {"value": "  "}},
        "qty": {"input": {"value": "x"}},
        "day": {"input": {"selected_date": "2026-02-30"}},
    }
    form = Form(state, "en")
    form.text("title", label="The title", required=True)
    form.quantity("qty", label="Quantity")
    form.day("day", label="The day")
    with pytest.raises(FormError) as refused:
        form.check()
    assert set(refused.value.errors) == {"title", "qty", "day"}


HOSTILE = [
    "<!channel> <@U123> <#C1|x> <http://bank.example|your bank>",
    "\u202eevil\u202c \u200b\ufeff NUL\x00BEL\x07",
    "*bold* _it_ ~no~ `code` ```block```",
    "&lt;!here&gt; <!date^1^{date}|x>",
    "x" * 40_000,
    "",
    "\n\n\n",
    "\ud800",
]


def everything(text: str) -> dict[str, Any]:
    """A message with a person's text in every place where one may stand."""
    return blocks.message(
        text,
        [
            blocks.header(text),
            blocks.section(blocks.safe(text)),
            blocks.paragraph(text),
            *blocks.facts([(f"L{i}", text) for i in range(13)]),
            blocks.context(blocks.safe(text)),
            *blocks.actions(
                [blocks.button(text, blocks.Action.JOB_DETAILS, Target(id="1"))] * 3, block_id="b"
            ),
        ],
    )


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in strings(item)]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_mentions_nobody_and_fits(text: str) -> None:
    message = everything(text)
    assert validate_message(message) == []
    check_inert(message)


@given(st.text(alphabet=st.sampled_from("<>!@#&|*`~_ abc\u202e\u200b\x00\n"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_text_becomes_markup(text: str) -> None:
    check_inert(everything(text))


def check_inert(message: dict[str, Any]) -> None:
    """Nothing active in markup, and nothing invisible anywhere."""
    for block in strings_of_type(message, "mrkdwn"):
        assert "<" not in block and ">" not in block
    assert "<" not in message["text"]
    for text in strings(message):
        assert not set(text) & {"\u202e", "\u200b", "\ufeff", "\x00", "\x07"}
    json.dumps(message).encode()


def strings_of_type(value: Any, kind: str) -> list[str]:
    if isinstance(value, dict):
        if value.get("type") == kind:
            return [value["text"]]
        return [t for item in value.values() for t in strings_of_type(item, kind)]
    if isinstance(value, list):
        return [t for item in value for t in strings_of_type(item, kind)]
    return []


def test_too_many_blocks_and_options_are_cut_with_a_word() -> None:
    message = blocks.message("x", [blocks.paragraph(str(i)) for i in range(70)])
    assert len(message["blocks"]) == 50
    assert "21 more lines" in str(message["blocks"][-1])
    options = [blocks.option(str(i), str(i)) for i in range(150)]
    view = blocks.modal(
        "x", "Long " * 20, [blocks.field("f", "F", blocks.select(options))], submit="Ok"
    )
    assert validate_view(view) == []
    assert len(view["blocks"][0]["element"]["options"]) == 100


def test_a_long_note_is_cut_and_says_so() -> None:
    shown = blocks.paragraph("x" * 3001)["text"]["text"]
    assert len(shown) <= 3000
    assert shown.endswith("the full text is in Details)")


def test_what_travels_is_small_and_checked() -> None:
    target = Target(id="x" * 40, rev=7, card="work_order")
    assert Target.parse(target.pack()) == target
    with pytest.raises(ValueError, match="limit"):
        Target(id="x" * MAX_VALUE).pack()
    for broken in (None, "", "{}", '{"id": "x", "price": 5}', "[]", '{"id": 5}'):
        with pytest.raises(DomainError, match="older wopo"):
            Target.parse(broken)
    question = Question(action="a", target=target, acknowledge=("permits",))
    assert Question.parse(question.pack()) == question


def test_readers_see_their_own_format_and_a_dash_instead_of_costs() -> None:
    amount = Money(124_050, "EUR")
    assert Reader(locale="de", costs=True).money(amount) == "1.240,50 EUR"
    assert Reader(locale="en", costs=True).money(amount) == "1,240.50 EUR"
    assert Reader(locale="en", costs=False).money(amount) == "–"
    assert Reader(locale="de").number(Decimal("1234.5")) == "1.234,5"
    assert [known_locale(code) for code in ("de-DE", "xx-YY", "", "en_GB")] == [
        "de_DE",
        "en",
        "en",
        "en_GB",
    ]
