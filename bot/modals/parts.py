"""Requesting parts: one need at a time, with what happens next said before it is sent."""

import re
from collections.abc import Sequence
from typing import Any

from bot.blocks import (
    Block,
    actions,
    button,
    checkboxes,
    context,
    date_input,
    field,
    modal,
    option,
    paragraph,
    safe,
    search,
    section,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, Carried, Target
from bot.parse import Form, FormError, quantity
from bot.reader import Reader
from wopo.domain.errors import DomainError
from wopo.domain.numbers import short
from wopo.domain.part_requests import LineKind, Route
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.ports.demand import OpenLine
from wopo.usecases.views.need_deciders import Deciders
from wopo.usecases.views.part_requests import NextStep, PartsForm

NEXT = "next"
"""Block id of the line that says what happens next."""
MOST_LINES = 10
NOTHING = "Choose a part, or write what is needed."
TOO_MANY = "These are many things for one request: send them, then ask for the others."
_NAMES = ("work_order_id", "part_id", "description", "service", "quantity", "needed_by")
_AMOUNT = re.compile(r"^(?P<number>.*\d)\s*(?P<unit>[^\W\d_][^\d]{0,19})?$", re.DOTALL)


class Joined(Carried):
    """The place of a line in the form, and the order line that it is to come with."""

    line: int
    order_line: str


class PartsOrigin(Carried):
    """The form's memory: the job, the lines that were added, how many times the inputs were
    cleared (their block ids carry it, so that Slack shows them empty), and App Home."""

    job: str = ""
    lines: tuple[LineInput, ...] = ()
    turn: int = 0
    home: bool = False

    def block(self, name: str) -> str:
        """The block id of an input: its field, and the turn after the first. The job is asked
        only once, so its input stays."""
        return name if self.turn == 0 or name == "work_order_id" else f"{name}.{self.turn}"


def build(
    form: PartsForm,
    origin: PartsOrigin,
    reader: Reader,
    *,
    job: Block | None = None,
    trouble: str = "",
) -> Block:
    """At most six inputs; the lines added before stand above them."""
    about = f"{short(form.job.name)} {form.title}" if form.job else "Which job needs something?"
    blocks = [*([section(f":warning: {safe(trouble)}")] if trouble else []), paragraph(about)]
    if not origin.job:
        element = search(Options.JOB)
        blocks.append(field("work_order_id", "For which job?", element) | {"dispatch_action": True})
    blocks += _added(origin, reader)
    blocks += _inputs(origin, reader)
    more = [button("Add another", Action.PARTS_ADD_ANOTHER, "add")]
    if origin.job:
        more.append(button("Asked so far", Action.PARTS_SHOW, Target(id=origin.job)))
    blocks += actions(more)
    blocks += next_lines(form.steps, reader)
    return modal(
        Callback.REQUEST_PARTS,
        "Request parts",
        blocks,
        submit="Send",
        metadata=origin.pack(MAX_METADATA),
    )


def _added(origin: PartsOrigin, reader: Reader) -> list[Block]:
    return [
        section(
            f"{number}. {safe(line_text(line, reader))}",
            accessory=button("Remove", Action.PARTS_DROP_LINE, str(number - 1)),
        )
        for number, line in enumerate(origin.lines, start=1)
    ]


def line_text(line: LineInput, reader: Reader) -> str:
    """``2 pcs Seal``."""
    unit = f" {line.unit}" if line.unit else ""
    return f"{reader.number(line.quantity)}{unit} {line.description}"


def own_words() -> list[Block]:
    """What is needed where the catalogue does not have it: a thing or a service, in one's words."""
    return [
        field(
            "description",
            "Or in your words",
            text_input(longest=300),
            optional=True,
            hint="For what the catalogue does not have, and for services",
        ),
        field(
            "service",
            "Is it work by somebody from outside?",
            checkboxes([option("Yes, a service", "yes")]),
            optional=True,
        ),
    ]


def _inputs(origin: PartsOrigin, reader: Reader) -> list[Block]:
    needed = not origin.lines
    part = search(Options.PART, placeholder="Type a name or number") | {"min_query_length": 1}
    quantity_input = text_input(placeholder="2", longest=40) | {
        "action_id": str(Action.PARTS_QUANTITY),
        # Phones have no Enter here, and a quantity is a few characters.
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    made = [
        field("part_id", "Which part?", part, optional=True) | {"dispatch_action": True},
        *own_words(),
        field(
            "quantity",
            "How many?",
            quantity_input,
            optional=not needed,
            hint="With a unit where it isn't pieces, like 2.5 m",
        )
        | {"dispatch_action": True},
        field("needed_by", "Needed by", date_input(), optional=True),
    ]
    return [block | {"block_id": origin.block(block["block_id"])} for block in made]


def next_lines(steps: Sequence[NextStep], reader: Reader) -> list[Block]:
    """What happens next with each line, before anything is sent."""
    if not steps:
        text = "*What happens next:* choose a part and a quantity to see it."
        return [context(text) | {"block_id": NEXT}]
    made = []
    for number, step in enumerate(steps):
        name = f"{safe(step.description)}: " if len(steps) > 1 else ""
        text = f"*What happens next:* {name}{next_text(step, reader)}"
        made.append(context(text) | {"block_id": f"{NEXT}.{number}"})
        if step.on_order:
            made += _join(number, step, step.on_order, reader)
    return made


def _join(number: int, step: NextStep, line: OpenLine, reader: Reader) -> list[Block]:
    """One tap joins; sending goes on without."""
    much = f"{reader.number(line.quantity - line.accepted)} {safe(step.unit)}"
    whose = f"for {safe(short(line.job))}" if line.job else "for stock"
    when = f", arriving {reader.day(line.promised_on)}" if line.promised_on else ""
    order = safe(short(line.order))
    there = f"{much} of these are already on order {whose} ({order}){when}"
    text = f":warning: {there}: join that order?"
    label = f"Join {short(line.order)}"
    accessory = button(label, Action.PARTS_JOIN, Joined(line=number, order_line=line.id))
    return [section(text, accessory=accessory) | {"block_id": f"join.{number}"}]


def _joining(step: NextStep, line: OpenLine, reader: Reader) -> str:
    much = f"{reader.number(step.to_buy)} {safe(step.unit)}"
    when = f", arriving {reader.day(line.promised_on)}" if line.promised_on else ""
    return f"{much} come with {safe(short(line.order))}{when}, once the larger order is approved"


def next_text(step: NextStep, reader: Reader) -> str:
    """One line's way: from stock, on an order by which rule and approver, or to procurement.
    Figures only for people with the right to costs; others read the rule and the approver."""
    parts = [
        f"From stock: {'ready now' if pick.here else 'comes from another site'} "
        f"({reader.number(pick.quantity)} {safe(step.unit)}, {safe(pick.place)})"
        for pick in step.picks
    ]
    if step.to_buy:
        much = f"{reader.number(step.to_buy)} {safe(step.unit)}: " if step.picks else ""
        joins = _joining(step, step.joins, reader) if step.joins else ""
        parts.append(joins or f"{much}{_buying(step, reader)}")
    return ". ".join(parts) + "."


TOGETHER = "Small things asked for one after the other count together"


def _buying(step: NextStep, reader: Reader) -> str:
    rule, vendor = f"(rule “{safe(step.rule)}”)", safe(step.vendor)
    match step.route:
        case Route.BUYER:
            at = f" (preferred: {vendor})" if vendor else ""
            why = TOGETHER if step.together else "No agreed price"
            return f"{why}, so procurement chooses vendor and price first{at}"
        case Route.COUNTER:
            at = f" at {vendor}" if vendor else ""
            return f"You buy it at the counter{at} {rule}: send this, then *Buy at a counter*"
        case Route.OUT_OF_POCKET:
            much = "" if step.allowed is None else f" up to {step.allowed.format(reader.locale)}"
            return f"You may pay it out of pocket{much} {rule}; keep the receipt"
        case Route.NO_ORDER:
            return f"No order is needed {rule}. {safe(step.sentence.rstrip('.'))}"
        case Route.CALL_OFF:
            said = [f"Called off {rule}"]
        case _:
            said = [f"Needs a purchase order {rule}"]
    if step.agreement:
        said.append(f"On contract {safe(step.agreement)} with {vendor}")
    elif vendor:
        said.append(f"From {vendor} at the last price paid")
    if step.amount is not None and reader.costs:
        said.append(safe(reader.money(step.amount)))
    if step.together:
        said.append(TOGETHER)
    at_once = safe(_either(step.deciders.on_call))
    said.append(
        f"Approver: {safe(deciders_text(step.deciders))}"
        f"{f'; on call, at any hour: {at_once}' if at_once else ''}"
    )
    return ". ".join(said)


def deciders_text(deciders: Deciders) -> str:
    """``Mia, then Fay and Abe or Ben``: who decides first, and who afterwards; of whom one decision
    is asked, one is enough."""
    told: list[str] = []
    for step in deciders.steps:
        text = " and ".join(dict.fromkeys(_either(one) or NOBODY for one in step))
        # Whoever is asked twice in a row decides with one click.
        told += [text] if text not in told[-1:] else []
    return ", then ".join(told)


NOBODY = "nobody has the authority yet; finance is told"


def _either(names: Sequence[str]) -> str:
    return " or ".join(names[:3])


def parse_line(
    view: dict[str, Any], origin: PartsOrigin, locale: str, *, strict: bool = True
) -> LineInput | None:
    """The need in the inputs; none when they are all empty. Raises ``FormError`` by block id; not
    ``strict``: what is not yet complete is no need."""
    form = Form(view["state"]["values"], locale)
    names = {name: origin.block(name) for name in _NAMES}
    part, text = form.choice(names["part_id"]), form.text(names["description"])
    service, much = bool(form.choices(names["service"])), form.text(names["quantity"])
    needed_by = form.day(names["needed_by"], label="Needed by")
    if not (part or text or much):
        return None
    if not part and not text:
        form.refuse(names["part_id"], NOTHING)
    number, unit = _amount(form, names["quantity"], much)
    if form.errors or number is None:
        if strict:
            form.check()
        return None
    kind = LineKind.SERVICE if service else LineKind.PART if part else LineKind.FREE_TEXT
    return LineInput(
        kind=kind,
        part_id=part or None,
        description=text,
        quantity=number,
        unit="" if part else unit,
        needed_by=needed_by,
    )


def _amount(form: Form, name: str, typed: str) -> tuple[Any, str]:
    """``2.5 m`` as number and unit; the number is read in the person's format."""
    match = _AMOUNT.match(typed.strip())
    number, unit = (match["number"], match["unit"] or "") if match else (typed, "")
    try:
        return quantity(number, field=name, label="The quantity", locale=form.locale), unit.strip()
    except DomainError as error:
        form.refuse(name, error.message)
        return None, ""


def parse(view: dict[str, Any], locale: str) -> RequestParts:
    """The whole request, or ``FormError``."""
    origin = PartsOrigin.parse(view.get("private_metadata") or "{}")
    form = Form(view["state"]["values"], locale)
    job = origin.job or form.choice("work_order_id", label="The job", required=True)
    errors, line = dict(form.errors), None
    try:
        line = parse_line(view, origin, locale)
    except FormError as error:
        errors |= error.errors
    lines = (*origin.lines, *([line] if line else []))
    if not lines and not errors:
        errors[origin.block("part_id")] = NOTHING
    if errors:
        raise FormError(errors)
    return RequestParts(work_order_id=job, lines=lines, submit=True)


def with_line(origin: PartsOrigin, line: LineInput) -> PartsOrigin:
    """The memory with one line more and empty inputs. Raises ``FormError`` when it is full."""
    kept = origin.model_copy(update={"lines": (*origin.lines, line), "turn": origin.turn + 1})
    text = kept.model_dump_json(exclude_defaults=True)
    if len(kept.lines) >= MOST_LINES or len(text) > MAX_METADATA:
        raise FormError({origin.block("part_id"): TOO_MANY})
    return kept
