"""Details of a job: every field, the labour, the money for those who may see it, and the files."""

from bot.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    facts,
    given,
    header,
    modal,
    moment,
    paragraph,
    safe,
    section,
)
from bot.cards.work_orders import (
    MORE_VERBS,
    VERBS,
    parts_text,
    place_text,
    requester_text,
    state_text,
)
from bot.files import file_block
from bot.ids import Action, Callback
from bot.metadata import MAX_METADATA, Target
from bot.modals.job_corrections import EntryTarget
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.workflow import words
from wopo.usecases.views.work_orders import CostView, LabourView, NeedView, WorkOrderView

LABOUR_LINES = 8
NEEDS_SHOWN = 12
FILES_SHOWN = 8


def build(view: WorkOrderView, reader: Reader) -> Block:
    """The whole job on one screen, and every verb that the reader may use now."""
    target = Target(id=view.id, rev=view.version)
    blocks = [
        section(f"*{short(view.number)}* {safe(view.title)}"),
        *_texts(view),
        *facts(given(_what(view, reader))),
        *_verbs(view, target),
        *_needs(view, target),
        *_people(view, reader),
        *_labour(view, reader),
        *(_costs(view, view.costs, reader) if view.costs else []),
        *_files(view),
        *_history(view),
        *_change(view, target),
    ]
    return modal(
        Callback.JOB_DETAILS, short(view.number), blocks, metadata=target.pack(MAX_METADATA)
    )


def _texts(view: WorkOrderView) -> list[Block]:
    made = []
    if view.explanation:
        made.append(paragraph(view.explanation))
    if view.instructions:
        made += [section("*Instructions*"), paragraph(view.instructions)]
    if view.contract_flag:
        text = f":warning: {safe(view.contract_flag)}"
        if view.contract_override:
            by = f" ({safe(view.contract_override_by.name)})" if view.contract_override_by else ""
            text += f" – let through{by}: {safe(view.contract_override)}"
        made.append(section(text))
    return made


def _what(view: WorkOrderView, reader: Reader) -> list[tuple[str, str]]:
    due = reader.day(view.required_by)
    hours = reader.number(view.estimated_hours) if view.estimated_hours is not None else ""
    return [
        ("State", state_text(view)),
        ("Waits for", view.hold_note),
        ("Type", view.type.value),
        ("Priority", view.priority.value),
        ("With", view.assignee.name if view.assignee else "nobody yet"),
        ("Required by", f"{due} – overdue" if view.overdue else due),
        ("Estimated completion", reader.day(view.estimated_completion)),
        ("Where", place_text(view.places, view.exact_spot)),
        ("Asset", f"{view.asset.name} ({view.asset_tag})" if view.asset else ""),
        ("Parts", parts_text(view)),
        ("Orders", ", ".join(f"{short(o.number)} {words(o.state)}" for o in view.orders)),
        ("Hours estimated", hours),
        ("Hours worked", reader.number(view.actual_hours) if view.actual_hours else ""),
        ("Project", view.project.name if view.project else ""),
        ("Cost centre", view.cost_centre.name),
    ]


def _verbs(view: WorkOrderView, target: Target) -> list[Block]:
    known = {**VERBS, **MORE_VERBS}
    made = [button(*known[verb], target) for verb in view.verbs if verb in known]
    if made:
        made[0]["style"] = "primary"
    if view.part_states:
        made.append(button("Parts", Action.PARTS_SHOW, Target(id=view.id)))
    if {"log_labour", "request_parts"} & set(view.verbs):
        made.append(button("Paid from my pocket", Action.POCKET_DECLARE, Target(id=view.id)))
    return actions(made)


def _needs(view: WorkOrderView, target: Target) -> list[Block]:
    changeable = "change" in view.verbs or "request_parts" in view.verbs
    made = [_need(need, changeable) for need in view.needs[:NEEDS_SHOWN]]
    if len(view.needs) > NEEDS_SHOWN:
        made.append(context(f"… and {len(view.needs) - NEEDS_SHOWN} more needs"))
    if changeable:
        buttons = [button("Add a need", Action.JOB_ADD_NEED, target)]
        if view.needs:
            buttons.append(button("Strike one out", Action.JOB_STRIKE_NEED, target))
        made += actions(buttons)
    return [section("*Tools, documents, permits*"), *made] if made else []


def _need(need: NeedView, changeable: bool) -> Block:
    mark = "☑" if need.ready else "☐"
    text = f"{mark} {need.kind.value}: {safe(need.text)}"
    if not changeable:
        return section(text)
    name = "Not ready" if need.ready else "Ready"
    action = Action.JOB_NEED_NOT_READY if need.ready else Action.JOB_NEED_READY
    return section(text, accessory=button(name, action, Target(id=need.id)))


def _people(view: WorkOrderView, reader: Reader) -> list[Block]:
    approved = view.approved_by.name if view.approved_by else ""
    if view.approved_at and not approved:
        approved = "the site takes all work"
    charge = view.charge_back_client.name if view.charge_back_client else ""
    pairs = [
        ("Asked by", requester_text(view)),
        ("From request", short(view.request.name) if view.request else ""),
        ("Approved by", approved),
        ("Charge back to", charge),
        ("Audit finding", view.finding_reference),
        ("Compliance deadline", reader.day(view.compliance_deadline)),
        ("Mandatory", "yes" if view.mandatory else ""),
    ]
    return facts(given(pairs))


def _labour(view: WorkOrderView, reader: Reader) -> list[Block]:
    if not view.labour:
        return []
    made = [_labour_line(view.id, entry, reader) for entry in view.labour[:LABOUR_LINES]]
    if len(view.labour) > LABOUR_LINES:
        made.append(context(f"… and {len(view.labour) - LABOUR_LINES} more"))
    return [section("*Labour*"), *made]


def _labour_line(job_id: str, entry: LabourView, reader: Reader) -> Block:
    target = EntryTarget(id=job_id, entry=entry.id)
    correct = button("Correct", Action.LABOUR_CORRECT, target) if entry.correctable else None
    return section(_labour_text(entry, reader), accessory=correct)


def _labour_text(entry: LabourView, reader: Reader) -> str:
    cost = f" · {reader.money(entry.amount)}" if entry.amount is not None else ""
    note = f" · {safe(entry.note)}" if entry.note else ""
    hours = reader.number(entry.hours)
    return f"{reader.day(entry.day)}: {safe(entry.person.name)} {hours} h{cost}{note}"


def _costs(view: WorkOrderView, costs: CostView, reader: Reader) -> list[Block]:
    by_kind = [(words(kind.value).capitalize(), reader.money(sum_)) for kind, sum_ in costs.by_kind]
    pairs = [
        ("So far", " + ".join(reader.money(amount) for amount in costs.so_far)),
        ("Still to come", " + ".join(reader.money(amount) for amount in costs.to_come)),
        ("Not to exceed", reader.money(costs.nte)),
        *by_kind,
    ]
    blocks = [divider(), header("Cost"), *facts(given(pairs))]
    if costs.over_nte:
        ask = button("Ask for more", Action.NTE_ASK, Target(id=view.id))
        blocks.append(section(":warning: *More than the not-to-exceed amount*", accessory=ask))
    return blocks


def _files(view: WorkOrderView) -> list[Block]:
    made: list[Block] = []
    for file in view.files[:FILES_SHOWN]:
        made.append(file_block(file.name, file.mimetype, file.slack_file_id))
    if len(view.files) > FILES_SHOWN:
        made.append(context(f"… and {len(view.files) - FILES_SHOWN} more files"))
    return made


def _history(view: WorkOrderView) -> list[Block]:
    happened = [
        ("opened", view.created_at),
        ("approved", view.approved_at),
        ("started", view.started_at),
        ("completed", view.completed_at),
        ("closed", view.closed_at),
        ("cancelled", view.cancelled_at),
    ]
    times = [f"{what} {moment(at)}" for what, at in happened if at]
    notes = [note for note in (view.completion_note, view.cancel_reason) if note]
    return [context(" · ".join(times)), *(paragraph(note) for note in notes)]


def _change(view: WorkOrderView, target: Target) -> list[Block]:
    if "change" not in view.verbs:
        return []
    row = actions([button("Change…", Action.JOB_CHANGE, target)])
    return [divider(), *row]
