"""``/parts``, the form that requests them, and the buttons of a job's list of parts."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, replace, show
from bot.blocks import MAX_OPTIONS, Block, actions, button, message, option, paragraph
from bot.cards.parts import build_list
from bot.cards.work_orders import MORE_VERBS
from bot.clicks import quietly, redraw, register_clicks
from bot.handlers import stock
from bot.handlers.options import searcher, typed
from bot.ids import Action, Callback, Options, Shortcut, SlashCommand
from bot.metadata import Target
from bot.modals import part_lines
from bot.modals import parts as forms
from bot.parse import FormError
from bot.reader import Reader
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind
from wopo.domain.numbers import short
from wopo.domain.parts import Part
from wopo.usecases.door import Command
from wopo.usecases.lookup import find_jobs, offered, resolve
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.choices import ChoiceStore
from wopo.usecases.stock_issues import IssueParts
from wopo.usecases.views.job_lists import my_jobs
from wopo.usecases.views.names import Ref
from wopo.usecases.views.part_requests import (
    JobPartsView,
    PartLineView,
    PartsForm,
    job_parts,
    part_line,
    parts_form,
    recent_parts,
)

JOBS = 20
MORE_VERBS["request_parts"] = ("Request parts", Action.PARTS_REQUEST)
Parse = Callable[[dict[str, Any], str], Command]
Build = Callable[[Ref, PartLineView, Reader], Block]

FORMS: dict[Action, Build] = {
    Action.PART_RETURN: part_lines.build_return,
    Action.PART_CHANGE: part_lines.build_change,
    Action.PART_CANCEL: part_lines.build_cancel,
}
"""Buttons that open a form about a line."""

SENT: dict[Callback, Parse] = {
    Callback.RETURN_PART: part_lines.parse_return,
    Callback.CHANGE_PART_LINE: part_lines.parse_change,
    Callback.CANCEL_PART_LINE: part_lines.parse_cancel,
}
"""Forms that are one command."""


def register(app: App, services: Services) -> None:
    """Listen to everything about requesting parts and handing them out."""
    app.command(SlashCommand.PARTS)(command)
    app.shortcut(Shortcut.REQUEST_PART)(request_part)
    app.action(Action.PARTS_REQUEST)(request_clicked)
    app.action(Action.PARTS_SHOW)(show_clicked)
    app.action(Action.PARTS_LIST)(list_clicked)
    for action in (Options.JOB, Options.PART, Action.PARTS_QUANTITY):
        app.action(str(action))(changed)
    app.action(Action.PARTS_ADD_ANOTHER)(add_another)
    app.action(Action.PARTS_DROP_LINE)(drop_line)
    app.action(Action.PARTS_JOIN)(join)
    app.view(Callback.REQUEST_PARTS)(send)
    app.options(Options.JOB)(jobs)
    app.options(Options.PART)(parts)
    app.options(Options.STORE)(searcher(Kind.LOCATION, holds_stock=True))
    services.redraw[Callback.PART_LINES] = redraw_list
    register_clicks(
        app,
        services,
        {Action.PART_ISSUE: lambda t, yes: IssueParts(line_id=t.id, acknowledged=yes)},
    )
    for action, build in FORMS.items():
        app.action(action)(_opener(build))
    for callback, parse in SENT.items():
        app.view(callback)(_sender(parse))


def command(ack: Ack, visit: Visit, body: Body) -> None:
    """With a job's number the form for it; without one the form that asks for the job. What is no
    job is answered with my jobs, each with its button."""
    text = str(body.get("text") or "").strip()
    if not text:
        open_form(visit, body, forms.PartsOrigin())
        ack()
        return
    word, _, rest = text.partition(" ")
    if word.lower() == "stock":
        ack(response_type="ephemeral", **stock.answer(visit, rest.strip()))
        return
    wanted = rest if word.lower() in {"list", "show"} and rest else text
    try:
        with visit.read() as uow:
            found = resolve(uow, wanted, kinds=(Kind.WORK_ORDER,))
    except DomainError as error:
        ack(response_type="ephemeral", **_nearest(visit, error))
        return
    if wanted is rest:
        ack(response_type="ephemeral", **build_list(load_list(visit, found.id), visit.reader))
        return
    open_form(visit, body, forms.PartsOrigin(job=found.id))
    ack()


def _nearest(visit: Visit, refusal: DomainError) -> Block:
    offers = offered(refusal)[:2]
    with visit.read() as uow:
        mine = my_jobs(uow, visit.person(uow), today=visit.reader.today, limit=4)
        named = {number: resolve(uow, number, kinds=(Kind.WORK_ORDER,)).id for number in offers}
    named |= {short(line.number): line.id for line in mine.lines}
    blocks = [paragraph(refusal.message)]
    for number, job_id in list(named.items())[:4]:
        # Not shortened: jobs of two years may have the same short number.
        blocks += actions([button(f"Parts for {number}", Action.PARTS_REQUEST, Target(id=job_id))])
    return message(refusal.message, blocks)


def open_form(visit: Visit, body: Body, origin: forms.PartsOrigin) -> None:
    """Open the form at once."""
    form, _ = _form(visit, origin, [])
    show(visit.services, body, forms.build(form, origin, visit.reader))


def request_part(ack: Ack, visit: Visit, body: Body) -> None:
    """The global shortcut."""
    open_form(visit, body, forms.PartsOrigin())
    ack()


def request_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The button on a job's card, in lists, in Details and in App Home."""
    at_home = (body.get("view") or {}).get("type") == "home"
    job_id = Target.parse(action.get("value")).id
    open_form(visit, body, forms.PartsOrigin(job=job_id, home=at_home))
    ack()


def _form(
    visit: Visit, origin: forms.PartsOrigin, lines: list[LineInput], job_id: str = ""
) -> tuple[PartsForm, str]:
    """The form's view; a line that can't be asked for gives its sentence instead of a step."""
    job_id = origin.job or job_id
    at = visit.services.clock()
    with visit.read() as uow:
        reader = visit.person(uow)
        try:
            return parts_form(uow, reader, work_order_id=job_id, lines=lines, at=at), ""
        except DomainError as error:
            form = parts_form(uow, reader, work_order_id=job_id, at=at)
            return form, error.message


def _chosen_job(view: dict[str, Any]) -> str:
    state = view["state"]["values"].get("work_order_id", {}).get(str(Options.JOB), {})
    return str((state.get("selected_option") or {}).get("value", ""))


def changed(ack: Ack, visit: Visit, body: Body) -> None:
    """A job, a part or a quantity was chosen: what happens next may differ. What was typed stays,
    since block and action ids stay the same."""
    shown = body["view"]
    if shown.get("callback_id") == Callback.REQUEST_PARTS:
        origin = forms.PartsOrigin.parse(shown.get("private_metadata") or "{}")
        line = forms.parse_line(shown, origin, visit.reader.locale, strict=False)
        _redraw(visit, body, origin, [*origin.lines, *([line] if line else [])])
    ack()


def _redraw(
    visit: Visit,
    body: Body,
    origin: forms.PartsOrigin,
    lines: list[LineInput],
    trouble: str = "",
) -> None:
    form, refusal = _form(visit, origin, lines, _chosen_job(body["view"]))
    view = forms.build(form, origin, visit.reader, trouble=trouble or refusal)
    redraw(visit, body, view)


def add_another(ack: Ack, visit: Visit, body: Body) -> None:
    """Keep the line and show empty inputs. Slack takes no field errors here, so what is wrong
    stands on top of the form, which stays as it was typed."""
    shown = body["view"]
    origin = forms.PartsOrigin.parse(shown.get("private_metadata") or "{}")
    try:
        line = forms.parse_line(shown, origin, visit.reader.locale)
        if line is None:
            raise FormError({"": forms.NOTHING})
        kept = forms.with_line(origin, _named(visit, line))
    except FormError as error:
        sentence = " ".join(error.errors.values())
        _redraw(visit, body, origin, list(origin.lines), trouble=sentence)
    else:
        _, refusal = _form(visit, kept, list(kept.lines), _chosen_job(shown))
        if refusal:
            _redraw(visit, body, origin, list(origin.lines), trouble=refusal)
        else:
            _redraw(visit, body, kept, list(kept.lines))
    ack()


def _named(visit: Visit, line: LineInput) -> LineInput:
    """A catalogue part with its name, so that the list above the inputs can show it."""
    if not line.part_id or line.description:
        return line
    with visit.read() as uow:
        part = uow.get(Part, line.part_id)
        if part is None:
            return line
        return line.model_copy(update={"description": part.name, "unit": part.unit})


def drop_line(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Take one of the added lines away again."""
    shown = body["view"]
    origin = forms.PartsOrigin.parse(shown.get("private_metadata") or "{}")
    place = str(action.get("value"))
    left = tuple(line for n, line in enumerate(origin.lines) if str(n) != place)
    _redraw(visit, body, origin.model_copy(update={"lines": left}), list(left))
    ack()


def join(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """One tap: the line comes with the order that was offered; what is in the inputs is kept above
    them like any added line."""
    shown, chosen = body["view"], forms.Joined.parse(action.get("value"))
    origin = forms.PartsOrigin.parse(shown.get("private_metadata") or "{}")
    try:
        if chosen.line >= len(origin.lines):
            line = forms.parse_line(shown, origin, visit.reader.locale)
            origin = forms.with_line(origin, _named(visit, line)) if line else origin
    except FormError as error:
        _redraw(visit, body, origin, list(origin.lines), trouble=" ".join(error.errors.values()))
    else:
        lines = tuple(
            line.model_copy(update={"join": chosen.order_line}) if n == chosen.line else line
            for n, line in enumerate(origin.lines)
        )
        _redraw(visit, body, origin.model_copy(update={"lines": lines}), list(lines))
    ack()


def send(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Send the request and show where each line stands now."""
    origin = forms.PartsOrigin.parse(view.get("private_metadata") or "{}")
    asked = forms.parse(view, visit.reader.locale)
    try:
        answer = visit.do(asked)
    except DomainError as error:
        if "acknowledge" in error.facts or not error.field:
            raise
        raise FormError({origin.block(error.field): error.message}) from error
    if origin.home:
        with quietly(visit.services):
            visit.publish_home()
    shown = part_lines.build_list(load_list(visit, asked.work_order_id), visit.reader)
    shown["blocks"].insert(0, paragraph(answer.message))
    ack(response_action="update", view=shown)


def load_list(visit: Visit, job_id: str) -> JobPartsView:
    """What a job asked for, as the person may see it."""
    with visit.read() as uow:
        return job_parts(uow, job_id, reader=visit.person(uow))


def show_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """A job's parts as a screen."""
    target = Target.parse(action.get("value"))
    show(visit.services, body, part_lines.build_list(load_list(visit, target.id), visit.reader))
    ack()


def list_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """A job's parts in place of the answer that offered them."""
    target = Target.parse(action.get("value"))
    replace(body, build_list(load_list(visit, target.id), visit.reader))
    ack()


def redraw_list(visit: Visit, view_id: str, job_id: str) -> None:
    """The screen as it is now."""
    view = part_lines.build_list(load_list(visit, job_id), visit.reader)
    visit.services.slack.views_update(view_id=view_id, view=view)


def _opener(build: Build) -> Callable[..., None]:
    """A small form about one line."""

    def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        target = Target.parse(action.get("value"))
        with visit.read() as uow:
            job, line = part_line(uow, target.id, reader=visit.person(uow))
        show(visit.services, body, build(job, line, visit.reader))
        ack()

    return open_form


def _sender(parse: Parse) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        below = view.get("previous_view_id")
        if below:
            ack()
        else:
            ack(response_action="update", view=notice(answer.message, title="Parts"))
        job_id = part_lines.LineTarget.parse(view.get("private_metadata")).job
        with quietly(visit.services):
            if below:
                redraw_list(visit, below, job_id)
            visit.publish_home()

    return sent


def jobs(ack: Ack, visit: Visit, body: Body) -> None:
    """My jobs first; while typing, open jobs by number or words."""
    text = typed(body)
    with visit.read() as uow:
        mine = my_jobs(uow, visit.person(uow), today=visit.reader.today, limit=JOBS)
        found = {line.id: f"{short(line.number)} {line.title}" for line in mine.lines}
        if text:
            fold = text.casefold()
            found = {id: label for id, label in found.items() if fold in label.casefold()}
            for job in find_jobs(uow, text, limit=JOBS, open_only=True):
                found.setdefault(job.id, f"{short(job.number)} {job.title}")
            found |= {id: label for id, label in _by_number(uow, text) if id not in found}
    ack(options=[option(label, id) for id, label in list(found.items())[:MAX_OPTIONS]])


def _by_number(uow: UnitOfWork, text: str) -> list[tuple[str, str]]:
    if not any(c.isdigit() for c in text):
        return []
    try:
        one = resolve(uow, text, kinds=(Kind.WORK_ORDER,))
    except DomainError:
        return []
    return [(one.id, short(one.number))]


def parts(ack: Ack, visit: Visit, body: Body) -> None:
    """Catalogue parts by what was typed; those that were asked for last come first."""
    text = typed(body)
    fold = text.casefold()
    with visit.read() as uow:
        recent = [
            (part.id, f"{part.name} ({part.number})")
            for part in recent_parts(uow)
            if fold in f"{part.name} {part.number}".casefold()
        ]
        store = uow.store(ChoiceStore)
        found = store.search(Kind.PART, text, limit=MAX_OPTIONS, active=True)
    named = dict(recent) | {choice.id: choice.label for choice in found}
    ack(options=[option(label, id) for id, label in list(named.items())[:MAX_OPTIONS]])
