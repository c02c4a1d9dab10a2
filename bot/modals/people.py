"""People, for administrators: the list, one person, and the forms that add and change them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.blocks import (
    Block,
    actions,
    button,
    checkboxes,
    context,
    date_input,
    facts,
    field,
    given,
    modal,
    option,
    paragraph,
    safe,
    search,
    section,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.people import Role
from wopo.usecases.people import SavePerson, SetAuthority
from wopo.usecases.views.person_cards import LimitLine, PersonLine, PersonList, PersonView

ROLES: dict[Role, tuple[str, str]] = {
    Role.TECHNICIAN: ("Technician", "Does jobs and asks for parts"),
    Role.SUPERVISOR: ("Supervisor", "Reviews requests, approves and gives jobs at their site"),
    Role.BUYER: ("Buyer", "Chooses vendors and prices, issues orders"),
    Role.APPROVER: ("Approver", "Approves orders up to their limit"),
    Role.RECEIVER: ("Receiver", "Books what arrives, looks after stock"),
    Role.FINANCE: ("Finance", "Invoices, exceptions, budgets and payments"),
    Role.AUDITOR: ("Auditor", "Reads everything, changes nothing"),
    Role.ADMIN: ("Administrator", "People, settings and channels"),
}


def build_list(people: PersonList, typed: str) -> Block:
    """Each with what they may do; the way to add another."""
    blocks: list[Block] = [section(_line(line), accessory=_show(line)) for line in people.lines]
    if not people.lines:
        blocks.append(paragraph(f"Nobody is called {typed}."))
    if people.more:
        blocks.append(context("There are more. `/wopo people name` finds a certain one."))
    blocks += actions([button("Add a person", Action.PERSON_ADD, "people", style="primary")])
    return modal(Callback.PEOPLE, "People", blocks)


def _line(line: PersonLine) -> str:
    left = "" if line.active else " · deactivated"
    return f"*{safe(line.name)}* ({safe(line.code)}){left}\n{_roles(line.roles)}"


def _roles(roles: tuple[Role, ...]) -> str:
    return ", ".join(ROLES[role][0].lower() for role in roles) or "may report problems"


def _show(line: PersonLine) -> Block:
    return button("Show", Action.PERSON_SHOW, Target(id=line.id))


def build_person(person: PersonView, reader: Reader) -> Block:
    """What stands for one person, and what may be changed."""
    cap = person.counter_cap
    counter = (
        reader.money(cap) if cap is not None else f"{reader.money(person.company_cap)}, as for all"
    )
    accounts = {0: "none yet; matched by e-mail", 1: "connected"}
    pairs = given(
        (
            ("May", _roles(person.roles)),
            ("Slack", accounts.get(person.accounts, f"{person.accounts} accounts")),
            ("Department", person.department),
            ("Site", person.site.name if person.site else "every site"),
            ("Cost centre", person.cost_centre.name if person.cost_centre else ""),
            ("Manager", person.manager.name if person.manager else ""),
            ("A day at the counter", counter),
        )
    )
    left = "" if person.active else " · deactivated"
    head = f"*{safe(person.name)}* ({safe(person.code)}){left}\n{safe(person.email)}"
    return modal(
        Callback.PERSON,
        "Person",
        [section(head), *facts(pairs), section(_limits(person, reader)), *_buttons(person)],
        metadata=Target(id=person.id).pack(MAX_METADATA),
    )


def _limits(person: PersonView, reader: Reader) -> str:
    lines = [_limit(limit, reader) for limit in person.limits]
    if Role.APPROVER in person.roles and not lines:
        lines = ["nothing yet: an approver needs a limit"]
    return "\n".join(["*May approve*", *(lines or ["nothing"])])


def _limit(limit: LimitLine, reader: Reader) -> str:
    scope = safe(limit.cost_centre.name) if limit.cost_centre else "every cost centre"
    days = f"from {reader.day(limit.valid_from)}"
    if limit.valid_to:
        days += f" to {reader.day(limit.valid_to)}"
    return f"{reader.money(limit.amount)}, {scope}, {days}"


def _buttons(person: PersonView) -> list[Block]:
    target = Target(id=person.id)
    if not person.active:
        return actions([button("Make active again", Action.PERSON_BACK, target, style="primary")])
    return actions(
        [
            button("Change", Action.PERSON_CHANGE, target, style="primary"),
            button("Limit", Action.PERSON_LIMIT, target),
            button("Deactivate", Action.PERSON_LEAVES, target, style="danger"),
        ]
    )


def build_change(person: PersonView | None, reader: Reader) -> Block:
    """A new person (none), or what may change of one."""
    start: list[Block] = []
    if person is None:
        start = [
            field("code", "Code", text_input(longest=40, focus=True), hint="Like a staff number"),
            field("name", "Name", text_input(longest=120)),
        ]
    email = person.email if person else ""
    roles = [option(name, role, description=what) for role, (name, what) in ROLES.items()]
    inputs = [
        *start,
        field(
            "email",
            "E-mail",
            text_input(initial=email, longest=200),
            optional=True,
            hint="Their account in Slack is found by it",
        ),
        field(
            "roles",
            "May work as",
            checkboxes(roles, chosen=[role.value for role in person.roles] if person else ()),
            optional=True,
        ),
        *_places(person),
        _cap(person, reader),
    ]
    head = [section(f"*{safe(person.name)}*")] if person else []
    return modal(
        Callback.CHANGE_PERSON,
        "Change person" if person else "Add a person",
        [*head, *inputs],
        submit="Save",
        metadata=Target(id=person.id if person else "", seen=person.code if person else "").pack(
            MAX_METADATA
        ),
    )


def _places(person: PersonView | None) -> list[Block]:
    known = (person.site, person.cost_centre, person.manager) if person else (None, None, None)
    asked = (
        ("site", "Site", Options.SITE, "Empty: every site"),
        ("cost_centre", "Cost centre", Options.COST_CENTRE, ""),
        ("manager", "Manager", Options.PERSON, ""),
    )
    return [
        field(
            name,
            label,
            search(options, initial=option(now.name, now.id) if now else None),
            optional=True,
            hint=hint,
        )
        for (name, label, options, hint), now in zip(asked, known, strict=True)
    ]


def _cap(person: PersonView | None, reader: Reader) -> Block:
    cap = person.counter_cap if person else None
    return field(
        "counter_cap",
        "A day at the counter" + (f" ({person.company_cap.currency})" if person else ""),
        text_input(initial=reader.number(cap.amount) if cap is not None else "", longest=30),
        optional=True,
        hint="Bought without asking; 0: always ask; empty: the company's limit",
    )


def parse_change(
    view: dict[str, Any], locale: str, currency: str, codes: Mapping[str, str]
) -> SavePerson:
    """The command, or ``FormError``. ``codes``: those of the chosen things by their ids."""
    form = Form(view["state"]["values"], locale)
    target = Target.parse(view.get("private_metadata"))
    who: dict[str, Any] = {"code": target.seen}
    if not target.id:
        code = form.text("code", label="The code", required=True)
        name = form.text("name", label="The name", required=True)
        who = {"code": code, "name": name, "must_be_new": True}
    cap = form.money("counter_cap", currency, label="A day at the counter")
    form.check()
    return SavePerson(
        **who,
        email=form.text("email"),
        roles=frozenset(Role(name) for name in form.choices("roles")),
        **{name: codes.get(form.choice(name), "") for name in ("site", "cost_centre", "manager")},
        counter_cap=cap.amount if cap is not None else None,
    )


def build_limit(person: PersonView, reader: Reader) -> Block:
    """How much the person may approve from a day on."""
    blocks = [
        section(f"*{safe(person.name)}*\n{_limits(person, reader)}"),
        field(
            "amount", f"Up to ({person.company_cap.currency})", text_input(longest=30, focus=True)
        ),
        field(
            "cost_centre",
            "For cost centre",
            search(Options.COST_CENTRE),
            optional=True,
            hint="Empty: for every cost centre that has no limit of its own",
        ),
        field("valid_from", "From", date_input(reader.today.isoformat())),
        field("valid_to", "To", date_input(), optional=True),
    ]
    return modal(
        Callback.PERSON_LIMIT,
        "May approve",
        blocks,
        submit="Save",
        metadata=Target(id=person.id, seen=person.code).pack(MAX_METADATA),
    )


def parse_limit(
    view: dict[str, Any], reader: Reader, currency: str, codes: Mapping[str, str]
) -> SetAuthority:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], reader.locale)
    amount = form.money("amount", currency, label="The amount", required=True)
    start, end = form.day("valid_from", label="The day"), form.day("valid_to", label="The day")
    form.check()
    return SetAuthority(
        person=Target.parse(view.get("private_metadata")).seen,
        amount=amount.amount if amount is not None else Decimal(0),
        currency=currency,
        cost_centre=codes.get(form.choice("cost_centre"), ""),
        valid_from=start or reader.today,
        valid_to=end,
    )


def build_leave(person: PersonView) -> Block:
    """Why the person leaves; what that does."""
    said = f"{person.name} can do nothing in wopo any more. History stays; what waits for them is "
    return modal(
        Callback.PERSON_LEAVES,
        "Deactivate",
        [
            paragraph(said + "asked of others."),
            field("reason", "Why?", text_input(longest=500, focus=True), optional=True),
        ],
        submit="Deactivate",
        metadata=Target(id=person.id, seen=person.code).pack(MAX_METADATA),
    )
