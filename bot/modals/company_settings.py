"""The company's settings: one screen of what stands now, and a small form for each group."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bot.blocks import (
    Block,
    button,
    checkboxes,
    context,
    field,
    modal,
    option,
    safe,
    section,
    select,
    text_input,
)
from bot.ids import Action, Callback
from bot.metadata import MAX_METADATA, UNREADABLE, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.money import Money
from wopo.domain.settings import KEPT_APART, OVERRIDE_ROLES, CompanySettings, Duty, Strictness
from wopo.usecases.settings import ChangeCompanySettings


class Kind(StrEnum):
    """What is typed or picked for a setting."""

    MONEY = "money"
    WHOLE = "whole"
    YES_NO = "yes_no"
    STRICTNESS = "strictness"
    HOURS = "hours"
    DUTIES = "duties"
    ROLE = "role"
    YEAR_END = "year_end"


@dataclass(frozen=True)
class Item:
    """One setting: its label, what it means, and for whole numbers its unit and bounds."""

    name: str
    label: str
    meaning: str
    kind: Kind
    unit: str = ""
    least: int = 0
    most: int = 3650


GROUPS: dict[str, tuple[str, tuple[Item, ...]]] = {
    "approvals": (
        "Approvals",
        (
            Item("order_needed_above_minor", "An order is needed above",
                 "What costs more needs an approved order first", Kind.MONEY),
            Item("confirm_approval_above_minor", "Ask once more above",
                 "Approve asks “are you sure?” for larger amounts", Kind.MONEY),
            Item("remind_approvers_after_hours", "Remind approvers after",
                 "How long a decision waits before it is called to mind", Kind.WHOLE,
                 "hours", 1, 720),
            Item("escalate_approvals_after_hours", "Tell their manager after",
                 "How long a decision waits before who is above hears of it; 0: never",
                 Kind.WHOLE, "hours", 0, 720),
            Item("approval_expires_after_days", "A decision goes on after",
                 "Then the next authority is asked; 0: it waits for ever", Kind.WHOLE, "days"),
            Item("working_hours", "Working hours",
                 "People are reminded between these hours of their own day, like 8-18",
                 Kind.HOURS),
        ),
    ),
    "budgets": (
        "Budgets",
        (
            Item("budget_on_request", "A request over its budget",
                 "What happens when a request would, with all others that wait", Kind.STRICTNESS),
            Item("budget_on_approval", "An order over its budget",
                 "What happens when an approval would overdraw a budget", Kind.STRICTNESS),
            Item("budget_on_receipt", "A delivery over its budget",
                 "What happens when what arrives would overdraw a budget", Kind.STRICTNESS),
            Item("budget_on_invoice", "An invoice over its budget",
                 "What happens when a price difference would overdraw a budget",
                 Kind.STRICTNESS),
            Item("budget_counts_requests", "Requests count as spent",
                 "Whether what is only asked for takes from the budget already", Kind.YES_NO),
            Item("budgets_gross", "Budgets include tax",
                 "No: budgets are compared with amounts before tax", Kind.YES_NO),
        ),
    ),
    "nte": (
        "Not-to-exceed amounts of jobs",
        (
            Item("nte_on_request", "A request over it",
                 "What happens when a job would cost more with what is asked for",
                 Kind.STRICTNESS),
            Item("nte_on_approval", "An order over it",
                 "What happens when a job would cost more with an approved order",
                 Kind.STRICTNESS),
            Item("nte_on_receipt", "A delivery over it",
                 "What happens when a job would cost more with what arrives", Kind.STRICTNESS),
            Item("nte_on_invoice", "An invoice over it",
                 "What happens when a job would cost more with a price difference",
                 Kind.STRICTNESS),
        ),
    ),
    "people": (
        "Who may do and see what",
        (
            Item("technicians_see_costs", "Technicians see costs",
                 "Whether prices and amounts are shown to technicians", Kind.YES_NO),
            Item("requester_may_receive_up_to_minor", "Requesters receive up to",
                 "Who asked for an order may receive it up to this total; each time it is flagged",
                 Kind.MONEY),
            Item("budget_year_end", "At a budget's end, promises",
                 "What orders still promise: it burdens the next period, or they are closed short",
                 Kind.YEAR_END),
            Item("budget_override_role", "Lets orders exceed a budget",
                 "Who may, with a reason that stands on the card and in the report", Kind.ROLE),
            Item("waived_pairs", "One person may be both",
                 "Duties that a small team lets one person do; each use is logged and reported",
                 Kind.DUTIES),
        ),
    ),
    "counter": (
        "Purchases at the counter",
        (
            Item("counter_cap_minor", "A day's limit per person",
                 "Bought without asking, for people without a limit of their own", Kind.MONEY),
            Item("counter_photo_after_hours", "Ask for the receipt's photo after",
                 "When a missing photo is asked for", Kind.WHOLE, "hours", 1, 720),
        ),
    ),
    "vendors": (
        "Vendors",
        (
            Item("contract_reminder_days", "Tell of contracts that end",
                 "How long before its end a contract that nothing follows is told to its buyer; "
                 "0: never", Kind.WHOLE, "days", 0, 365),
        ),
    ),
    "exceptions": (
        "Invoices that do not match",
        (
            Item("grace_days_not_received", "Wait for missing receipts",
                 "How long “not received yet” is kept quiet; the invoice is on hold at once",
                 Kind.WHOLE, "days", 0, 365),
            Item("exception_due_days", "Answer exceptions within",
                 "After this an exception is overdue", Kind.WHOLE, "days", 0, 365),
            Item("remind_owners_after_hours", "Remind owners after",
                 "How long an exception is open before its owner is reminded, once a day",
                 Kind.WHOLE, "hours", 1, 720),
            Item("escalate_after_days", "Tell the manager after",
                 "How long one is overdue before its owner's manager, or finance, is told; "
                 "0: never", Kind.WHOLE, "days", 0, 365),
        ),
    ),
}  # fmt: skip
"""Groups by their key; the letterhead and the channels have forms of their own."""

_STRICT = {
    Strictness.STOP: "Refuse it",
    Strictness.WARN: "Let it pass with a warning",
    Strictness.IGNORE: "Say nothing",
}
_YEAR_END = {"roll_over": "Roll over", "lapse": "Lapse"}
_DUTY = {
    Duty.REQUESTER: "requester",
    Duty.APPROVER: "approver",
    Duty.RECEIVER: "receiver",
    Duty.INVOICE_APPROVER: "invoice approver",
    Duty.INVOICE_ENTERER: "who entered an invoice",
    Duty.BANK_CONFIRMER: "who confirms its vendor's bank details",
}
_PAIRS = {f"{a.value}+{b.value}": (a, b) for a, b in KEPT_APART}


def build_index(now: CompanySettings, reader: Reader) -> Block:
    """What stands now, each group with its button; the channels and the letterhead below."""
    blocks: list[Block] = [context(f"Amounts are in {safe(now.currency)}.")]
    for key, (title, items) in GROUPS.items():
        lines = [f"{item.label}: *{safe(shown(item, now, reader))}*" for item in items]
        text = "\n".join([f"*{title}*", *lines])
        change = button("Change", Action.CHANGE_SETTINGS, Target(id=key))
        blocks.append(section(text, accessory=change))
    channels = button("Change", Action.HOME_SETTINGS, "settings")
    blocks.append(section("*Channels*\nWhich channel is for what", accessory=channels))
    blocks.append(
        context(
            "`/wopo letterhead` changes what stands on orders to vendors.",
            "`/wopo people` sets what one person may do, approve, and buy at the counter.",
        )
    )
    return modal(Callback.COMPANY_SETTINGS, "Company settings", blocks)


def shown(item: Item, now: CompanySettings, reader: Reader) -> str:
    """A setting's value in words."""
    value = getattr(now, item.name)
    match item.kind:
        case Kind.MONEY:
            return Money(value, now.currency).format(reader.locale)
        case Kind.WHOLE:
            return f"{value} {item.unit}"
        case Kind.YES_NO:
            return "yes" if value else "no"
        case Kind.STRICTNESS:
            return _STRICT[value].lower()
        case Kind.ROLE:
            return str(value)
        case Kind.YEAR_END:
            return _YEAR_END[value].lower()
        case Kind.HOURS:
            return f"{value[0]}-{value[1]}"
        case Kind.DUTIES:
            return ", ".join(_PAIR_WORDS[name] for name in _waived(now)) or "nobody"


_PAIR_WORDS = {name: f"{_DUTY[a]} and {_DUTY[b]}" for name, (a, b) in _PAIRS.items()}


def _waived(now: CompanySettings) -> list[str]:
    pairs = {frozenset(pair) for pair in now.waived_pairs}
    return [name for name, pair in _PAIRS.items() if frozenset(pair) in pairs]


def group_of(key: str) -> tuple[str, Sequence[Item]]:
    """A group's title and settings. Raises ``UNREADABLE`` for none of ours."""
    if key not in GROUPS:
        raise UNREADABLE()
    return GROUPS[key]


def build(key: str, now: CompanySettings, reader: Reader) -> Block:
    """The group's form, filled with what stands now."""
    title, items = group_of(key)
    inputs = [
        field(
            item.name,
            item.label + _unit(item, now),
            _element(item, now, reader),
            optional=item.kind is Kind.DUTIES,
            hint=item.meaning,
        )
        for item in items
    ]
    head = section(f"*{title}*")
    target = Target(id=key).pack(MAX_METADATA)
    return modal(
        Callback.CHANGE_SETTINGS, "Change settings", [head, *inputs], submit="Save", metadata=target
    )


def _unit(item: Item, now: CompanySettings) -> str:
    unit = now.currency if item.kind is Kind.MONEY else item.unit
    return f" ({unit})" if unit else ""


def _element(item: Item, now: CompanySettings, reader: Reader) -> Block:
    value = getattr(now, item.name)
    match item.kind:
        case Kind.MONEY:
            amount = reader.price(Money(value, now.currency).amount, now.currency)
            return text_input(initial=amount, longest=30)
        case Kind.WHOLE:
            return text_input(initial=reader.number(Decimal(value)), longest=10)
        case Kind.YES_NO:
            return select(
                [option("Yes", "yes"), option("No", "no")], initial=shown(item, now, reader)
            )
        case Kind.STRICTNESS:
            return select([option(text, name) for name, text in _STRICT.items()], initial=value)
        case Kind.YEAR_END:
            return select([option(text, name) for name, text in _YEAR_END.items()], initial=value)
        case Kind.ROLE:
            roles = [option(role.capitalize(), role) for role in OVERRIDE_ROLES]
            return select(roles, initial=value)
        case Kind.HOURS:
            return text_input(initial=shown(item, now, reader), longest=10)
        case Kind.DUTIES:
            picks = [option(text.capitalize(), name) for name, text in _PAIR_WORDS.items()]
            return checkboxes(picks, chosen=_waived(now))


def parse(view: dict[str, Any], locale: str, now: CompanySettings) -> ChangeCompanySettings:
    """The command with this group's settings, or ``FormError`` with each refusal at its input."""
    _, items = group_of(Target.parse(view.get("private_metadata")).id)
    form = Form(view["state"]["values"], locale)
    changes = {item.name: _read(form, item, now) for item in items}
    form.check()
    return ChangeCompanySettings(changes=changes)


def _read(form: Form, item: Item, now: CompanySettings) -> Any:
    match item.kind:
        case Kind.MONEY:
            amount = form.money(item.name, now.currency, label=item.label, required=True)
            return amount.minor if amount is not None else None
        case Kind.WHOLE:
            return form.whole(item.name, label=item.label, least=item.least, most=item.most)
        case Kind.YES_NO:
            return form.choice(item.name, label=item.label, required=True) == "yes"
        case Kind.STRICTNESS | Kind.ROLE | Kind.YEAR_END:
            return form.choice(item.name, label=item.label, required=True)
        case Kind.HOURS:
            return _hours(form, item)
        case Kind.DUTIES:
            return [list(_PAIRS[name]) for name in form.choices(item.name) if name in _PAIRS]


def _hours(form: Form, item: Item) -> list[int] | None:
    typed = form.text(item.name, label=item.label, required=True)
    parts = [part.strip() for part in typed.replace("–", "-").split("-")]
    hours = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= 2]
    if len(parts) == len(hours) == 2 and 0 <= hours[0] < hours[1] <= 24:
        return hours
    form.refuse(
        item.name,
        "The working hours are two full hours of one day. Nothing was changed; "
        "type them like 8-18.",
    )
    return None
