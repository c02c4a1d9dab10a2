"""Changing a job: every field of it, on pages of at most six inputs.

Only what the person changed is sent, so two people who change different fields do not undo each
other; where both changed the same field, the second is asked (A54).
"""

from collections.abc import Callable
from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    checkboxes,
    date_input,
    field,
    modal,
    option,
    search,
    select,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.errors import Refusal, Soft
from wopo.domain.numbers import short
from wopo.domain.work_orders import WorkType
from wopo.domain.work_requests import Priority
from wopo.usecases.views.names import Ref
from wopo.usecases.views.work_orders import WorkOrderView
from wopo.usecases.work_orders import ChangeWorkOrder

CHANGED_MEANWHILE = Soft(
    Refusal(
        "work_order.field_changed",
        "Somebody changed {label} meanwhile, from {before} to {now}. Nothing of yours was "
        "changed; go on to put {yours} in its place.",
    )
)
OVERWRITE = "overwrite"


class ChangeTarget(Target):
    """The job, the page, and the version that the inputs were filled from."""

    page: str = "work"


PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "work": (
        "The work",
        ("title", "explanation", "type", "instructions", "priority", "required_by"),
    ),
    "place": (
        "Place and time",
        ("location_id", "exact_spot", "asset_id", "estimated_completion", "estimated_hours"),
    ),
    "money": ("Who pays", ("cost_centre_id", "project_id", "nte", "charge_back_client_id")),
    "people": ("Who asked", ("requester_id", "client_id", "department")),
    "compliance": ("Compliance", ("finding_reference", "compliance_deadline", "mandatory")),
}
Make = Callable[[WorkOrderView, Reader], Block]


def _ref(ref: Ref | None) -> Block | None:
    return option(ref.name, ref.id) if ref else None


def _day(name: str, label: str) -> Make:
    def make(view: WorkOrderView, _reader: Reader) -> Block:
        day = getattr(view, name)
        return field(name, label, date_input(day.isoformat() if day else None), optional=True)

    return make


def _text(name: str, label: str, *, longest: int, multiline: bool = False) -> Make:
    def make(view: WorkOrderView, _reader: Reader) -> Block:
        element = text_input(initial=getattr(view, name), longest=longest, multiline=multiline)
        return field(name, label, element, optional=name != "title")

    return make


def _reference(
    name: str, label: str, options: Options, get: Callable[[WorkOrderView], Ref | None]
) -> Make:
    def make(view: WorkOrderView, _reader: Reader) -> Block:
        optional = name not in {"location_id", "cost_centre_id"}
        return field(name, label, search(options, initial=_ref(get(view))), optional=optional)

    return make


def _type(view: WorkOrderView, _reader: Reader) -> Block:
    kinds = [option(kind.value.capitalize(), kind.value) for kind in WorkType]
    return field("type", "Type", select(kinds, initial=view.type))


def _priority(view: WorkOrderView, _reader: Reader) -> Block:
    steps = [option(step.value.capitalize(), step.value) for step in Priority]
    return field("priority", "Priority", select(steps, initial=view.priority))


def _hours(view: WorkOrderView, reader: Reader) -> Block:
    shown = reader.number(view.estimated_hours) if view.estimated_hours is not None else ""
    element = text_input(initial=shown, longest=20)
    return field("estimated_hours", "Estimated hours", element, optional=True)


def _nte(view: WorkOrderView, reader: Reader) -> Block:
    amount = view.costs.nte if view.costs else None
    shown = reader.number(amount.amount) if amount is not None else ""
    hint = "In the cost centre's currency"
    element = text_input(initial=shown, longest=30)
    return field("nte", "Not to exceed", element, optional=True, hint=hint)


def _mandatory(view: WorkOrderView, _reader: Reader) -> Block:
    box = checkboxes([option("Mandatory", "yes")], chosen=["yes"] if view.mandatory else [])
    return field("mandatory", "Must it be done?", box, optional=True)


FIELDS: dict[str, Make] = {
    "title": _text("title", "Title", longest=150),
    "explanation": _text("explanation", "Explanation", longest=3000, multiline=True),
    "type": _type,
    "instructions": _text("instructions", "Instructions", longest=3000, multiline=True),
    "priority": _priority,
    "required_by": _day("required_by", "Required by"),
    "location_id": _reference("location_id", "Place", Options.LOCATION, lambda v: v.places[-1]),
    "exact_spot": _text("exact_spot", "Exact spot", longest=200),
    "asset_id": _reference("asset_id", "Asset", Options.ASSET, lambda v: v.asset),
    "estimated_completion": _day("estimated_completion", "Estimated completion"),
    "estimated_hours": _hours,
    "cost_centre_id": _reference(
        "cost_centre_id", "Cost centre", Options.COST_CENTRE, lambda v: v.cost_centre
    ),
    "project_id": _reference("project_id", "Project", Options.PROJECT, lambda v: v.project),
    "nte": _nte,
    "charge_back_client_id": _reference(
        "charge_back_client_id", "Charge back to", Options.CLIENT, lambda v: v.charge_back_client
    ),
    "requester_id": _reference("requester_id", "Requester", Options.PERSON, lambda v: v.requester),
    "client_id": _reference("client_id", "Client", Options.CLIENT, lambda v: v.client),
    "department": _text("department", "Department", longest=80),
    "finding_reference": _text("finding_reference", "Audit finding", longest=80),
    "compliance_deadline": _day("compliance_deadline", "Compliance deadline"),
    "mandatory": _mandatory,
}


def build(view: WorkOrderView, reader: Reader, page: str = "work") -> Block:
    """One page, filled with what stands now; the list on top leads to the others."""
    pages = [option(title, name) for name, (title, _) in PAGES.items()]
    chooser = select(pages, initial=page) | {"action_id": str(Action.JOB_CHANGE_PAGE)}
    target = ChangeTarget(id=view.id, rev=view.version, page=page)
    return modal(
        Callback.CHANGE_JOB,
        f"Change {short(view.number)}",
        [
            {"type": "actions", "block_id": f"page.{page}", "elements": [chooser]},
            *(FIELDS[name](view, reader) for name in PAGES[page][1]),
        ],
        submit="Save",
        metadata=target.pack(MAX_METADATA),
    )


def changed_fields(view: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What the person changed: field -> (as it opened, as it was sent), in raw values."""
    state = view["state"]["values"]
    found: dict[str, tuple[str, str]] = {}
    for name, (before, given) in _raw(view["blocks"], state).items():
        if before != given:
            found[name] = (before, given)
    return found


def _raw(blocks: list[Block], state: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        block["block_id"]: (
            _opened(block["element"]),
            _sent(next(iter(state.get(block["block_id"], {}).values()), {})),
        )
        for block in blocks
        if block["type"] == "input" and block["block_id"] in FIELDS
    }


def _opened(element: Block) -> str:
    option_ = element.get("initial_option") or {}
    ticked = [choice["value"] for choice in element.get("initial_options") or ()]
    return (
        element.get("initial_value")
        or element.get("initial_date")
        or option_.get("value")
        or ",".join(ticked)
    )


def _sent(given: dict[str, Any]) -> str:
    option_ = given.get("selected_option") or {}
    ticked = [choice["value"] for choice in given.get("selected_options") or ()]
    value = given.get("value") or given.get("selected_date") or option_.get("value")
    return str(value or ",".join(ticked))


def check_conflicts(view: dict[str, Any], now: Block) -> None:
    """Ask, with both values, when somebody else changed a field that the person changed too.
    ``now`` is the same page built from what stands now."""
    if OVERWRITE in acknowledged(view):
        return
    inputs = {b["block_id"]: b for b in now["blocks"] if b["type"] == "input"}
    for name, (before, given) in changed_fields(view).items():
        current = _opened(inputs[name]["element"]) if name in inputs else before
        if current not in (before, given):
            raise CHANGED_MEANWHILE(
                OVERWRITE,
                field=name,
                label=inputs[name]["label"]["text"],
                before=before[:100] or "nothing",
                now=current[:100] or "nothing",
                yours=given[:100] or "nothing",
            )


def parse(view: dict[str, Any], locale: str) -> ChangeWorkOrder:
    """The command with only what was changed; or ``FormError``."""
    target = ChangeTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    values = {name: _value(form, name) for name in changed_fields(view)}
    form.check()
    return ChangeWorkOrder(work_order_id=target.id, acknowledged=acknowledged(view), **values)


def _value(form: Form, name: str) -> Any:
    match name:
        case "estimated_hours":
            return form.hours(name, label="Estimated hours")
        case "nte":
            return form.price(name, label="The not-to-exceed amount")
        case "mandatory":
            return bool(form.choices(name))
        case "required_by" | "estimated_completion" | "compliance_deadline":
            return form.day(name, label="The day")
        case "type" | "priority":
            return form.choice(name)
        case _ if name.endswith("_id"):
            required = name in {"location_id", "cost_centre_id"}
            return form.choice(name) or ("" if required else None)
        case _:
            return form.text(name)
