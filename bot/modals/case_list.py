"""The lists of finance: open exceptions and invoices on hold; and accepting several at once."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from bot.blocks import (
    Block,
    actions,
    button,
    checkboxes,
    context,
    field,
    modal,
    option,
    paragraph,
    safe,
    section,
    select,
    text_input,
)
from bot.ids import Action, Callback
from bot.metadata import MAX_METADATA, Carried, FormTarget, Target
from bot.parse import Form
from bot.reader import Reader
from bot.sections.exception_cases import accept_button, case_text, own_lines
from wopo.domain.money import Money, by_currency
from wopo.domain.numbers import short
from wopo.usecases.views.exception_cards import CaseLine, CaseList
from wopo.usecases.views.finance_lists import CasePlace, HeldInvoice, HeldList

PAGE = 15
ALL, TICKED = "all", "ticked"
BOTH = (
    "Some are ticked, but all are chosen here. Nothing was changed; choose only those ticked, or "
    "untick them to accept all."
)
MOST_AT_ONCE = 10
"""Boxes that Slack takes in one input."""


class Page(Carried):
    """A place in one of the lists: how many are before it; of exceptions also the last of them, and
    whether that is the reader's own."""

    held: bool = False
    offset: int = 0
    own: bool = False
    raised_at: datetime | None = None
    last: str = ""

    @property
    def behind(self) -> CasePlace | None:
        """The place behind which the page begins; none for the first page."""
        return CasePlace(self.own, self.raised_at, self.last) if self.raised_at else None


def build_cases(cases: CaseList, page: Page, reader: Reader, *, accepts: bool) -> Block:
    """Open exceptions; mine first, with the way to accept several of them."""
    mine = reader.me.id if reader.me else ""
    own = own_lines(cases, mine)
    blocks: list[Block] = []
    if accepts and any(line.acceptable for line in own):
        blocks += actions([accept_button("list")])
    for line in cases.lines:
        look = button("Show", Action.CASE_SHOW, Target(id=line.id))
        blocks.append(section(case_text(line, reader), accessory=look))
    if not cases.lines:
        blocks.append(paragraph("No other is open." if page.last else "No exception is open."))
    further = None
    if cases.more:
        last = cases.lines[-1]
        further = Page(own=last in own, raised_at=last.raised_at, last=last.id)
    turning = _turn(page, len(cases.lines), further)
    return modal(Callback.CASE_LIST, "All exceptions", [*blocks, *turning])


def build_held(held: HeldList, page: Page, reader: Reader) -> Block:
    """Invoices on hold."""
    blocks = [_held(line, reader) for line in held.lines]
    if not blocks:
        blocks.append(
            paragraph("No other is on hold." if page.offset else "No invoice is on hold.")
        )
    turning = _turn(page, len(held.lines), Page(held=True) if held.more else None)
    return modal(Callback.CASE_LIST, "Invoices on hold", [*blocks, *turning])


def _held(line: HeldInvoice, reader: Reader) -> Block:
    kind = "Credit note" if line.credit else "Invoice"
    due = f"\ndue {reader.day(line.due)}" if line.due else ""
    text = f"*{kind} {safe(line.number)}* · {safe(line.vendor.name)}"
    look = button("Show", Action.INVOICE_SHOW, Target(id=line.id))
    return section(f"{text} · {safe(reader.money(line.total))}{due}", accessory=look)


def _turn(page: Page, shown: int, further: Page | None) -> list[Block]:
    row = []
    if page.offset:
        row.append(button("To the first", Action.CASE_LIST_FIRST, Page(held=page.held)))
    if further is not None:
        behind = further.model_copy(update={"offset": page.offset + shown})
        row.append(button("Next", Action.CASE_LIST_NEXT, behind))
    place = [context(f"{page.offset + 1} to {page.offset + shown}")] if row and shown else []
    return [*place, *actions(row)]


class Several(FormTarget):
    """What the form counted: how many, and a hash of each with its difference."""

    count: int = 0


def several(lines: Sequence[CaseLine]) -> Several:
    """All of these, as a form carries them."""
    text = "\n".join(sorted(f"{line.id}|{line.seen}" for line in lines))
    return Several(id="several", count=len(lines), seen=sha256(text.encode()).hexdigest()[:16])


def build_accept(lines: Sequence[CaseLine], reader: Reader) -> Block:
    """Which of mine, and why; the reason holds for each of them. More than fit in boxes can be
    taken all together."""
    picks = [
        option(
            f"{short(line.number)} {line.title}",
            f"{line.id}|{line.seen}",
            description=" · ".join(
                [line.vendor.name if line.vendor else "no vendor", reader.money(line.amount)]
            ),
        )
        for line in lines[:MOST_AT_ONCE]
    ]
    whole = len(lines) > MOST_AT_ONCE
    which = [field("cases", "Which?", checkboxes(picks))]
    if whole:
        totals = ", ".join(reader.money(one) for one in _totals(lines))
        both = [option(f"All {len(lines)} ({totals})", ALL), option("Only those ticked", TICKED)]
        which = [
            field(
                "which", "Which?", select(both, initial=TICKED), hint="All are within your limit"
            ),
            field("cases", "The oldest", checkboxes(picks), optional=True),
        ]
    inputs = [
        *which,
        field(
            "reason",
            "Why?",
            text_input(multiline=True, longest=900),
            hint="Each is judged by itself; what you may not accept stays open and is named",
        ),
    ]
    target = several(lines).pack(MAX_METADATA)
    return modal(Callback.ACCEPT_CASES, "Accept several", inputs, submit="Accept", metadata=target)


def _totals(lines: Sequence[CaseLine]) -> list[Money]:
    return by_currency(line.amount for line in lines)


class Chosen(NamedTuple):
    """Each case with the difference that was shown, or ``all`` that the form counted; and why."""

    pairs: list[tuple[str, str]]
    all: Several | None
    reason: str


def parse_accept(view: dict[str, Any], locale: str) -> Chosen:
    """What was chosen; or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    every = form.choice("which", label="Which") == ALL
    chosen = form.choices("cases")
    reason = form.text("reason", label="The reason", required=True)
    if not chosen and not every:
        form.refuse("cases", "Nothing is chosen. Nothing was changed; tick what you accept.")
    if chosen and every:
        form.refuse("which", BOTH)
    form.check()
    pairs = [value.partition("|") for value in chosen]
    counted = Several.parse(view.get("private_metadata")) if every else None
    return Chosen([(case_id, seen) for case_id, _, seen in pairs], counted, reason)
