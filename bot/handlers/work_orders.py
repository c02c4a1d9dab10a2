"""A job's buttons and forms: on its card, in lists, in Details and in App Home."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.blocks import Block
from bot.clicks import quietly, redraw, register_clicks
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import change_job, job_corrections, job_details
from bot.modals import work_orders as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.people import Person
from wopo.usecases.door import Answer, Command
from wopo.usecases.views.work_orders import WorkOrderView, work_order_view
from wopo.usecases.work_order_assignment import TakeJob
from wopo.usecases.work_order_moves import CloseWorkOrder, ResumeWork, StartWork
from wopo.usecases.work_order_needs import SetNeedReady
from wopo.usecases.work_orders import ApproveWorkOrder

Build = Callable[[WorkOrderView, Visit], Block]
Parse = Callable[[dict[str, Any], str], Command]

FORMS: dict[Action, Build] = {
    Action.JOB_DETAILS: lambda view, visit: job_details.build(view, visit.reader),
    Action.JOB_CHANGE: lambda view, visit: change_job.build(view, visit.reader),
    Action.JOB_ASSIGN: lambda view, _visit: forms.build_assign(view),
    Action.JOB_RELEASE: lambda view, _visit: forms.build_release(view),
    Action.JOB_HOLD: lambda view, _visit: forms.build_hold(view),
    Action.JOB_COMPLETE: lambda view, visit: forms.build_complete(view, visit.reader),
    Action.JOB_CANCEL: lambda view, _visit: forms.build_cancel(view),
    Action.JOB_LOG_LABOUR: lambda view, visit: forms.build_labour(view, visit.reader),
    Action.JOB_ADD_NEED: lambda view, _visit: forms.build_need(view),
    Action.JOB_STRIKE_NEED: lambda view, _visit: job_corrections.build_strike(view),
}
"""Buttons that open a form about a job."""

SENT: dict[Callback, Parse] = {
    Callback.ASSIGN_JOB: forms.parse_assign,
    Callback.RELEASE_JOB: forms.parse_release,
    Callback.HOLD_JOB: forms.parse_hold,
    Callback.COMPLETE_JOB: forms.parse_complete,
    Callback.CANCEL_JOB: forms.parse_cancel,
    Callback.LOG_LABOUR: forms.parse_labour,
    Callback.ADD_NEED: forms.parse_need,
    Callback.STRIKE_NEED: job_corrections.parse_strike,
    Callback.CORRECT_LABOUR: job_corrections.parse_labour,
}
"""Forms that are one command."""


def register(app: App, services: Services) -> None:
    """Listen to everything about a job."""
    register_clicks(
        app,
        services,
        {
            Action.JOB_APPROVE: lambda t, yes: ApproveWorkOrder(
                work_order_id=t.id, acknowledged=yes
            ),
            Action.JOB_TAKE: lambda t, yes: TakeJob(work_order_id=t.id, acknowledged=yes),
            Action.JOB_START: lambda t, yes: StartWork(work_order_id=t.id, acknowledged=yes),
            Action.JOB_RESUME: lambda t, yes: ResumeWork(work_order_id=t.id, acknowledged=yes),
            Action.JOB_CLOSE: lambda t, yes: CloseWorkOrder(work_order_id=t.id, acknowledged=yes),
            Action.JOB_NEED_READY: lambda t, yes: SetNeedReady(need_id=t.id, acknowledged=yes),
            Action.JOB_NEED_NOT_READY: lambda t, yes: SetNeedReady(
                need_id=t.id, ready=False, acknowledged=yes
            ),
        },
    )
    services.redraw[Callback.JOB_DETAILS] = redraw_details
    for action, build in FORMS.items():
        app.action(action)(_opener(build))
    for callback, parse in SENT.items():
        app.view(callback)(_sender(parse))
    app.action(Action.LABOUR_CORRECT)(open_correction)
    app.view(Callback.CHANGE_JOB)(change)
    app.action(Action.JOB_CHANGE_PAGE)(turn_page)


def job(visit: Visit, work_order_id: str) -> WorkOrderView:
    """The job as the person may see it."""
    with visit.read() as uow:
        person = uow.get(Person, visit.me.id)
        return work_order_view(uow, work_order_id, reader=person, today=visit.reader.today)


def _opener(build: Build) -> Callable[..., None]:
    def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        target = Target.parse(action.get("value"))
        show(visit.services, body, build(job(visit, target.id), visit))
        ack()

    return open_form


def open_correction(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The right hours of one entry."""
    target = job_corrections.EntryTarget.parse(action.get("value"))
    view = job_corrections.build_labour(job(visit, target.id), target.entry, visit.reader)
    show(visit.services, body, view)
    ack()


def _sender(parse: Parse) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        ack()
        sent_after(visit, body, answer)

    return sent


def sent_after(visit: Visit, body: Body, answer: Answer) -> None:
    """After a form about a job: the Details under it and the person's Home are drawn anew."""
    view = body.get("view") or {}
    below = view.get("previous_view_id")
    with quietly(visit.services):
        if below and answer.subject_id:
            redraw_details(visit, below, answer.subject_id)
        visit.publish_home()


def redraw_details(visit: Visit, view_id: str, work_order_id: str) -> None:
    """Details as they are now."""
    view = job_details.build(job(visit, work_order_id), visit.reader)
    visit.services.slack.views_update(view_id=view_id, view=view)


def change(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
    """Only what the person changed; a field that somebody else changed too asks once (A54)."""
    target = change_job.ChangeTarget.parse(view.get("private_metadata"))
    current = job(visit, target.id)
    if current.version != target.rev:
        now = change_job.build(current, visit.reader, target.page)
        change_job.check_conflicts(view, now)
    answer = visit.do(change_job.parse(view, visit.reader.locale))
    ack()
    sent_after(visit, body, answer)


def turn_page(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Another page of the same job."""
    shown = body["view"]
    target = change_job.ChangeTarget.parse(shown.get("private_metadata"))
    page = (action.get("selected_option") or {}).get("value", target.page)
    view = change_job.build(job(visit, target.id), visit.reader, page)
    redraw(visit, body, view)
    ack()
