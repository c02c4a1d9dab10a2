"""The approval card: one decision, in the direct message of everybody who may make it."""

from decimal import Decimal

from bot.blocks import (
    Block,
    actions,
    button,
    confirm,
    context,
    facts,
    given,
    message,
    moment,
    safe,
    section,
)
from bot.cards import Asked, Card
from bot.cards.after_the_fact import late_blocks
from bot.cards.split_orders import together_blocks
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from bot.sellers import seller_text
from wopo.domain.approvals import ApprovalState
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.people import Person
from wopo.domain.workflow import words
from wopo.usecases.budgets_after import BudgetAfter
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.approval_lines import ApprovalLine, JobRef
from wopo.usecases.views.approval_steps import StepView
from wopo.usecases.views.approvals import ApprovalListLine, ApprovalView, approval_view

NAME = "approval"
QUESTION = "question"
LINES = 8
CHANGES = 8
BUDGETS = 4
_SAID = {
    ApprovalState.APPROVED: "approved",
    ApprovalState.REJECTED: "rejected",
    ApprovalState.RETURNED: "returned with a question",
    ApprovalState.REASSIGNED: "handed on",
    ApprovalState.EXPIRED: "not decided in time",
    ApprovalState.VOID: "no longer asked for",
}


def load(uow: UnitOfWork, asked: Asked) -> ApprovalView | None:
    """The decision for whoever reads the card; it is only ever sent to people."""
    person = uow.get(Person, asked.reader.me.id) if asked.reader.me else None
    if person is None:
        return None
    return approval_view(uow, asked.subject_id, reader=person, today=asked.reader.today)


def build(view: ApprovalView, reader: Reader) -> Block:
    """Open: all that is needed to decide, and three buttons. Decided: one line, who and when."""
    if view.state is not ApprovalState.WAITING:
        return message(
            _ended(view, reader), [section(_headline(view, reader)), *_decision(view, reader)]
        )
    if not view.open:
        who = ", ".join(person.name for person in view.asked_of) or "nobody yet"
        text = f"This waits for {who} now; there is nothing for you to do."
        return message(
            _ended(view, reader),
            [section(_headline(view, reader)), context(safe(text)), *_steps(view)],
        )
    return message(
        _notification(view, reader),
        [
            section(_headline(view, reader)),
            *facts(given(_facts(view, reader))),
            *_changes(view),
            *_why(view),
            *late_blocks(view, reader),
            *together_blocks(view, reader),
            *_lines(view, reader),
            *_steps(view),
            *actions(buttons(view, reader)),
        ],
    )


def buttons(view: ApprovalView | ApprovalListLine, reader: Reader) -> list[Block]:
    """Approve with one tap (asked once more above the company's limit), reject, ask, and look."""
    target = Target(id=view.id, rev=view.revision, card=NAME, seen=view.content_hash)
    ask = None
    if view.ask_first:
        text = f"{short(view.order.name)} at {view.vendor.name}: {reader.money(view.amount)}."
        ask = confirm("Approve this amount?", text, "Approve")
    return [
        button("Approve", Action.ORDER_APPROVE, target, style="primary", ask=ask),
        button("Reject", Action.ORDER_REJECT, target),
        button("Ask", Action.ORDER_ASK, target),
        button("Details", Action.ORDER_DETAILS, Target(id=view.order.id)),
    ]


def summary(view: ApprovalView | ApprovalListLine, reader: Reader) -> str:
    """``PO-42 · Grainger · 1,240.00 EUR · WO-88 pump``."""
    parts = [short(view.order.name), view.vendor.name, reader.money(view.amount)]
    return " · ".join([*parts, *([jobs_text(view.jobs)] if view.jobs else ["no job"])])


def jobs_text(jobs: tuple[JobRef, ...], most: int = 2) -> str:
    """The jobs by number, each with its asset or its title."""
    named = [f"{short(job.number)} {job.asset or job.title}" for job in jobs[:most]]
    left = len(jobs) - most
    return ", ".join([*named, *([f"{left} more"] if left > 0 else [])])


def _notification(view: ApprovalView, reader: Reader) -> str:
    return f"{summary(view, reader)} · needs you"


def _ended(view: ApprovalView, reader: Reader) -> str:
    said = _SAID.get(view.state, words(view.state.value))
    if view.state is ApprovalState.WAITING:
        said = "waits for somebody else"
    decided = view.decided_by if view.state is not ApprovalState.VOID else None
    by = f" by {decided.name}{reader.until(view.place_until)}" if decided else ""
    return f"{summary(view, reader)} · {said}{by}"


def _headline(view: ApprovalView, reader: Reader) -> str:
    number = f"*{short(view.order.name)}* · {safe(view.vendor.name)}"
    return f"{number} · *{safe(reader.money(view.amount))}*"


def _decision(view: ApprovalView, reader: Reader) -> list[Block]:
    said = _SAID.get(view.state, words(view.state.value)).capitalize()
    place = reader.until(view.place_until)
    by = f" by {safe(view.decided_by.name)}{place}" if view.decided_by else ""
    when = f", {moment(view.decided_at)}" if view.decided_at else ""
    why = view.reason or (view.question if view.state is ApprovalState.RETURNED else "") or ""
    made = [context(f"{said}{by}{when}. {safe(why)}".strip())]
    if view.state is ApprovalState.VOID:
        made = [context("The order changed or was taken back, so this is no longer asked for.")]
    if view.state is ApprovalState.VOID and view.answer:
        made = [context(f"It was asked for again with an answer: {safe(view.answer)}")]
    look = actions([button("Details", Action.ORDER_DETAILS, Target(id=view.order.id))])
    return [*made, *_steps(view), *look]


def _steps(view: ApprovalView) -> list[Block]:
    """Every decision that this needs, in order; nothing where it needs but one."""
    if not view.steps:
        return []
    rule = f" (rule “{safe(view.matrix_rule)}”)" if view.matrix_rule else ""
    lines = [f"*Who approves*{rule}", *(step_text(step) for step in view.steps)]
    return [section("\n".join(lines))]


def step_text(step: StepView) -> str:
    """``2. finance: Fia, waits`` or ``1. manager: Sue, approved 24 Nov 10:12``."""
    who = safe(", ".join(step.people) or "nobody yet")
    when = f" {moment(step.at)}" if step.at else ""
    when += f", stands from version {step.stands_from}" if step.stands_from else ""
    return f"{step.step}. {safe(step.wanted)}: {who}, {_STANDS[step.state]}{when}"


_STANDS = {
    ApprovalState.PLANNED: "then",
    ApprovalState.WAITING: "asked now",
    ApprovalState.RETURNED: "asked a question",
    ApprovalState.APPROVED: "approved",
    ApprovalState.REJECTED: "rejected",
}


def _place(view: ApprovalView, reader: Reader) -> str:
    return f"{view.in_place_of.name}{reader.until(view.place_until)}" if view.in_place_of else ""


def _facts(view: ApprovalView, reader: Reader) -> list[tuple[str, str]]:
    before = reader.money(view.total_before) if view.total_before else ""
    return [
        ("For", jobs_text(view.jobs, 4) or "no job (stock or cost centre)"),
        ("Priority", "emergency" if any(job.emergency for job in view.jobs) else ""),
        ("You decide for", _place(view, reader)),
        ("You decide on call", _on_call(view, reader)),
        ("Vendor", seller_text(view.seller) if view.seller else ""),
        ("Asked by", ", ".join(person.name for person in view.requesters)),
        ("Handed on by", ": ".join(part for part in view.handed_on or () if part)),
        ("Not decided in time by", ", ".join(person.name for person in view.passed_over)),
        ("Needed by", reader.day(view.needed_by)),
        ("Approved before", before),
        ("Change", view.change_reason),
        *[(f"{safe(name)} this year", reader.money(cost)) for name, cost in view.spent[:3]],
        ("Charges", _amount(view.charges, reader)),
        ("Discount", _amount(view.discount, reader)),
        ("Tax", _amount(view.tax, reader)),
        *budget_facts(view, reader),
    ]


def _on_call(view: ApprovalView, reader: Reader) -> str:
    cap = view.on_call_cap
    return f"up to {reader.money(cap)}; others review it" if cap else ""


def budget_facts(view: ApprovalView, reader: Reader) -> list[tuple[str, str]]:
    """What it leaves of each budget and not-to-exceed amount, and who let it exceed."""
    left = [(_budget_name(budget), _left(budget, reader)) for budget in view.budgets[:BUDGETS]]
    return [*left, ("May exceed the budget", view.over_budget)]


def _budget_name(budget: BudgetAfter) -> str:
    if budget.nte:
        return f"{safe(budget.name)} may still cost after this"
    return f"Budget {safe(budget.name)} after this"


def _left(budget: BudgetAfter, reader: Reader) -> str:
    left = budget.left_after
    if left is None:
        return "no exchange rate" if budget.budgeted else "no budget"
    return f"{':warning: ' if left.minor < 0 else ''}{reader.money(left)}"


def _amount(amount: Money, reader: Reader) -> str:
    return reader.money(amount) if amount else ""


def _changes(view: ApprovalView) -> list[Block]:
    """What a changed order changes; another vendor stands out, it is where fraud begins (A30)."""
    if not view.changes:
        return []
    shown = [
        f"• {':warning: *another* ' if change.startswith('vendor ') else ''}{safe(change)}"
        for change in view.changes[:CHANGES]
    ]
    if len(view.changes) > CHANGES:
        shown.append(f"… and {len(view.changes) - CHANGES} more in Details")
    return [section("\n".join(["*What changes*", *shown]))]


def _why(view: ApprovalView) -> list[Block]:
    made = []
    if view.rule_sentence:
        rule = f" (rule “{safe(view.rule)}”)" if view.rule else ""
        made.append(context(f"Why an order: {safe(view.rule_sentence)}{rule}"))
    if view.question and view.answer:
        made.append(section(f"*Asked:* {safe(view.question)}\n*Answer:* {safe(view.answer)}"))
    return made


def _lines(view: ApprovalView, reader: Reader) -> list[Block]:
    made = [section(line_text(line, reader)) for line in view.lines[:LINES]]
    if len(view.lines) > LINES:
        made.append(context(f"… and {len(view.lines) - LINES} more lines in Details"))
    return made


def line_text(line: ApprovalLine, reader: Reader) -> str:
    """One line: how much of what at which price, and what speaks for or against that price."""
    price = "–"
    if reader.costs:
        price = reader.price(line.unit_price, line.net.currency, per=line.price_per)
    what = f"{reader.number(line.quantity)} {safe(line.unit)} *{safe(line.description)}*"
    text = f"{what} at {price} = {safe(reader.money(line.net))}"
    return "\n".join([text, " · ".join(_price_notes(line, reader))])


def _price_notes(line: ApprovalLine, reader: Reader) -> list[str]:
    notes = [_agreed(line, reader)]
    if line.last_price is not None and line.last_day is not None:
        price = reader.price(line.last_price, line.last_currency, per=line.last_price_per)
        notes.append(f"last paid {price} {line.last_currency} on {reader.day(line.last_day)}")
    if line.other_orders:
        others = ", ".join(short(number) for number in line.other_orders[:3])
        notes.append(f"also open on {safe(others)}")
    return notes


def _agreed(line: ApprovalLine, reader: Reader) -> str:
    if line.agreed_price is None:
        return ":warning: no agreed price"
    contract = f"contract {safe(line.agreement)}: " if line.agreement else "agreed: "
    text = f"{contract}{reader.price(line.agreed_price, line.net.currency)}"
    if not line.deviation:
        return f"{text}, as agreed"
    way = "above" if line.deviation > Decimal(0) else "below"
    mark = ":warning: " if line.deviation > Decimal(0) else ""
    return f"{mark}{text}, {reader.number(abs(line.deviation))} % {way}"


def build_question(view: ApprovalView, _reader: Reader) -> Block:
    """The approver's question for who can answer it; answered or overtaken: what became of it."""
    who = view.decided_by.name if view.decided_by else "The approver"
    asked = f"{short(view.order.name)} waits: {who} asks: {view.question}"
    about = section(
        f"*{short(view.order.name)}* · {safe(view.vendor.name)}\n"
        f"{safe(who)} asks: {safe(view.question or '')}"
    )
    look = button("Details", Action.ORDER_DETAILS, Target(id=view.order.id))
    if view.state is ApprovalState.RETURNED:
        target = Target(id=view.id, rev=view.revision, card=QUESTION)
        reply = button("Answer", Action.ORDER_ANSWER, target, style="primary")
        waits = context("The decision waits until this is answered.")
        return message(asked, [about, waits, *actions([reply, look])])
    ended = question_ended(view)
    said = f"{short(view.order.name)}: {ended}"
    return message(said, [about, context(safe(ended)), *actions([look])])


def question_ended(view: ApprovalView) -> str:
    """What became of a question that is open no more."""
    if view.answer:
        return f"Answered: {view.answer}"
    return "The order changed or was taken back, so no answer is needed."


CARDS = {NAME: Card(load, build), QUESTION: Card(load, build_question)}
