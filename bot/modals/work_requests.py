"""New work: the form, and turning a request down."""

from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    actions,
    button,
    context,
    cut,
    date_input,
    field,
    modal,
    option,
    paragraph,
    photos,
    safe,
    search,
    select,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, Carried, Target
from bot.parse import Form
from wopo.domain.errors import INVALID
from wopo.domain.work_requests import Priority
from wopo.usecases.attachments import FileFacts
from wopo.usecases.ports.choices import Choice
from wopo.usecases.views.new_work import NewWorkView, NextStep
from wopo.usecases.work_requests import RejectWorkRequest, ReportWork

NEXT = "next"
"""Block id of the line that says what happens next."""
_PRIORITIES = [
    option("Emergency", Priority.EMERGENCY, description="Danger or standstill: now"),
    option("High", Priority.HIGH),
    option("Normal", Priority.NORMAL),
    option("Low", Priority.LOW, description="When there is time"),
]


class Origin(Carried):
    """What a form for new work grew out of: the message and its files (facts only, the files stay
    in Slack), or App Home. ``more``: the rarer inputs are shown."""

    channel: str = ""
    ts: str = ""
    files: tuple[FileFacts, ...] = ()
    home: bool = False
    more: bool = False

    def packed(self) -> str:
        """As private metadata; files that do not fit are left out, which the form says."""
        kept = self
        while len(kept.model_dump_json(exclude_defaults=True)) > MAX_METADATA and kept.files:
            kept = kept.model_copy(update={"files": kept.files[:-1]})
        return kept.pack(MAX_METADATA)


def build(
    view: NewWorkView,
    origin: Origin,
    *,
    title: str = "",
    explanation: str = "",
    asset: Choice | None = None,
) -> Block:
    """Six inputs, of which only the title and the place must be filled."""
    place = option(view.location, view.location_id) if view.location_id else None
    inputs = [
        field(
            "title",
            "What is wrong, or what is to be done?",
            text_input(initial=cut(title, 150), longest=150, focus=True),
        ),
        field("location_id", "Where?", search(Options.LOCATION, initial=place))
        | {"dispatch_action": True},
        field(
            "asset_id",
            "Which machine?",
            search(Options.ASSET, initial=option(asset.label, asset.id) if asset else None),
            optional=True,
        ),
        field("priority", "How soon?", select(_PRIORITIES, initial=Priority.NORMAL)),
        field(
            "explanation",
            "Details",
            text_input(initial=cut(explanation, 3000), multiline=True),
            optional=True,
        ),
        *(_more() if origin.more else []),
        photos(),
    ]
    notes = [] if origin.more else actions([button("More fields", Action.MORE_FIELDS, "more")])
    if origin.files:
        names = ", ".join(file.name for file in origin.files)
        notes.append(context(f"📎 From the message: {safe(cut(names, 500))}"))
    notes.append(next_line(view))
    return modal(
        Callback.NEW_WORK,
        "New work order",
        [*inputs, *notes],
        submit="Send",
        metadata=origin.packed(),
    )


def _more() -> list[Block]:
    return [
        field("required_by", "Required by", date_input(), optional=True),
        field("exact_spot", "Exact spot", text_input(longest=200), optional=True),
        field("client_id", "For a client", search(Options.CLIENT), optional=True),
        field(
            "requester_id",
            "In the name of",
            search(Options.PERSON),
            optional=True,
            hint="Leave empty when you ask yourself",
        ),
        field("department", "Department", text_input(longest=80), optional=True),
    ]


def next_line(view: NewWorkView) -> Block:
    """What happens next, before anything is sent."""
    site = safe(view.site)
    match view.step:
        case NextStep.OWN:
            text = f"*What happens next:* you supervise {site}, so it is an approved job at once."
        case NextStep.QUEUE:
            text = (
                f"*What happens next:* it joins the queue of {site} at once; who is free takes it."
            )
        case NextStep.REVIEW:
            who = safe(" or ".join(view.reviewers[:3])) or "an administrator"
            text = f"*What happens next:* {who} decides about it."
        case _:
            text = "*What happens next:* choose a place to see it."
    return context(text) | {"block_id": f"{NEXT}.{view.location_id or 'none'}"}


def parse(view: dict[str, Any], locale: str) -> ReportWork:
    """The command, or ``FormError``."""
    origin = Origin.parse(view.get("private_metadata") or "{}")
    form = Form(view["state"]["values"], locale)
    title = form.text("title", label="The title", required=True)
    place = form.choice("location_id", label="The place")
    asset = form.choice("asset_id")
    if not place and not asset:
        form.refuse("location_id", "The place is missing. Choose a place or a machine.")
    required_by = form.day("required_by", label="The day")
    uploads = tuple(file_facts(file) for file in form.files("files"))
    form.check()
    return ReportWork(
        title=title,
        explanation=form.text("explanation"),
        location_id=place,
        asset_id=asset or None,
        priority=Priority(form.choice("priority") or Priority.NORMAL),
        required_by=required_by,
        exact_spot=form.text("exact_spot"),
        client_id=form.choice("client_id") or None,
        requester_id=form.choice("requester_id") or None,
        department=form.text("department"),
        files=(*origin.files, *uploads),
        source_channel=origin.channel or None,
        source_ts=origin.ts or None,
        acknowledged=acknowledged(view),
    )


def file_facts(file: dict[str, Any]) -> FileFacts:
    """A file object of Slack's as the use cases know files. A remote file, which can name any
    address, is refused (A53)."""
    if file.get("is_external") or file.get("mode") in {"external", "tombstone"}:
        raise INVALID(
            field="files",
            label="Files",
            problem=f"{file.get('name', 'a file')} does not lie in Slack itself",
            accepted="upload the file to Slack",
        )
    return FileFacts(
        name=str(file.get("name") or file.get("title") or "file")[:255],
        mimetype=str(file.get("mimetype") or ""),
        size=int(file.get("size") or 0),
        slack_file_id=str(file["id"]),
    )


def build_reject(target: Target, number: str, title: str) -> Block:
    """Why a request is turned down: picked, or written."""
    return modal(
        Callback.REJECT_REQUEST,
        "Reject request",
        [
            paragraph(f"{number} {title}"),
            field("pick", "Why?", select(_REASONS, initial=_REASONS[0]["value"])),
            field(
                "reason",
                "In your words",
                text_input(multiline=True, longest=1000),
                optional=True,
                hint="Whoever asked reads this",
            ),
        ],
        submit="Reject",
        metadata=target.pack(MAX_METADATA),
    )


_REASONS = [
    option("Already reported", "Already reported"),
    option("Not for maintenance", "Not for maintenance"),
    option("Not worth the effort", "Not worth the effort"),
    option("Too little is said about it", "Too little is said about it"),
    option("Another reason", "other"),
]


def parse_reject(view: dict[str, Any], locale: str) -> RejectWorkRequest:
    """The command, or ``FormError``: "another reason" needs words."""
    target = Target.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    picked = form.choice("pick", label="The reason", required=True)
    written = form.text("reason", label="The reason", required=picked == "other")
    form.check()
    reason = written if picked == "other" else ". ".join(p for p in (picked, written) if p)
    return RejectWorkRequest(work_request_id=target.id, reason=reason)
