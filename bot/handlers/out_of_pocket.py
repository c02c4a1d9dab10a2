"""``/po pocket``: what was paid out of one's own pocket, the decision, and the file for payroll."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block, actions, button, message, paragraph
from bot.cards.out_of_pocket import summary
from bot.clicks import quietly, register_clicks
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import out_of_pocket as forms
from bot.pocket_photos import read_photos
from bot.services import Services
from bot.sharing import direct_channel, upload
from bot.visit import Body, Visit
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind
from wopo.domain.money import Money
from wopo.domain.outbox import OutboxRow
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.lookup import resolve
from wopo.usecases.out_of_pocket import WithdrawOutOfPocket
from wopo.usecases.out_of_pocket_decisions import ApproveOutOfPocket
from wopo.usecases.out_of_pocket_paybacks import ATTACH_PAYBACK, PayBack
from wopo.usecases.out_of_pocket_photos import READ_PHOTOS
from wopo.usecases.purchasing_policy import policy_on
from wopo.usecases.settings import company
from wopo.usecases.views.counter_purchases import counter_form, counter_form_for
from wopo.usecases.views.names import Ref
from wopo.usecases.views.out_of_pocket import PocketView, payback_view, pocket_view
from wopo.writers.payback_csv import write_payback_csv

WHICH_JOB = (
    "For which job? Type it along, like /po pocket WO-12, or open it from the job's Details."
)


def register(app: App, services: Services) -> None:
    """Listen to the form, the card's buttons and finance's button."""
    services.tasks[ATTACH_PAYBACK] = attach_payback
    services.tasks[READ_PHOTOS] = read_photos
    app.action(Action.POCKET_DECLARE)(declare_clicked)
    app.action(Action.PART_POCKET)(need_clicked)
    app.view(Callback.OUT_OF_POCKET)(declare)
    register_clicks(
        app,
        services,
        {
            Action.POCKET_APPROVE: lambda t, yes: ApproveOutOfPocket(
                purchase_id=t.id, version=t.rev, acknowledged=yes
            ),
            Action.POCKET_WITHDRAW: lambda t, _: WithdrawOutOfPocket(purchase_id=t.id),
            Action.POCKETS_PAY_BACK: lambda _, yes: PayBack(acknowledged=yes),
        },
    )
    app.action(Action.POCKET_REJECT)(open_reject)
    app.view(Callback.REJECT_POCKET)(reject)


def open_form(visit: Visit, body: Body, job: str = "") -> Block | None:
    """Open the form for a job by its number, or for the one the person works on; what is no job is
    said."""
    try:
        with visit.read() as uow:
            job_id = resolve(uow, job, kinds=(Kind.WORK_ORDER,)).id if job else ""
            form = counter_form(
                uow, visit.person(uow), work_order_id=job_id, today=visit.reader.today
            )
    except DomainError as error:
        return message(error.message, [paragraph(error.message)])
    if form.job is None:
        return message(WHICH_JOB, [paragraph(WHICH_JOB)])
    _show(visit, body, (form.job.id, form.job.name, form.title))
    return None


def _show(
    visit: Visit,
    body: Body,
    job: tuple[str, str, str],
    need: Ref | None = None,
    allowed: Money | None = None,
) -> None:
    with visit.read() as uow:
        section = policy_on(uow, visit.reader.today).document.pocket
        limit = Money.of(section.up_to, company(uow).currency) if allowed is None else allowed
    show(visit.services, body, forms.build(job, section.reasons, limit, visit.reader, need))


def need_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form about a need of a job, with what its rule allows."""
    with visit.read() as uow:
        person, line_id = visit.person(uow), Target.parse(action.get("value")).id
        form = counter_form_for(uow, person, line_id)
    if form.job is not None:
        _show(visit, body, (form.job.id, form.job.name, form.title), form.need, form.allowed)
    ack()


def declare_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The same form from a job's Details."""
    with visit.read() as uow:
        job = uow.get(WorkOrder, Target.parse(action.get("value")).id)
    if job is not None:
        _show(visit, body, (job.id, job.number, job.title))
    ack()


def declare(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Say who decides; the card in the DM tells what becomes of it."""
    job_id = forms.PocketTarget.parse(view.get("private_metadata")).id
    with visit.read() as uow:
        job = uow.get(WorkOrder, job_id)
        centre = uow.get(CostCentre, job.cost_centre_id) if job else None
        currency = centre.currency if centre else company(uow).currency
    answer = visit.do(forms.parse(view, visit.reader.locale, currency))
    ack(response_action="update", view=notice(answer.message, title="Paid from my pocket"))


def _load(visit: Visit, purchase_id: str) -> PocketView:
    with visit.read() as uow:
        return pocket_view(uow, purchase_id, reader=visit.person(uow))


def open_reject(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for the reason."""
    target = Target.parse(action.get("value"))
    about = summary(_load(visit, target.id), visit.reader)
    show(visit.services, body, forms.build_reject(target, about))
    ack()


def reject(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """The card tells the rest."""
    visit.do(forms.parse_reject(view, visit.reader.locale))
    ack()
    with quietly(visit.services):
        visit.publish_home()


def pay_back_button() -> list[Block]:
    """For finance: one file of all that is to be paid back."""
    return actions([button("Pay back: make the file", Action.POCKETS_PAY_BACK, Target(id="all"))])


def attach_payback(services: Services, row: OutboxRow) -> None:
    """Bring the file to whoever in finance made it."""
    channel = direct_channel(services, str(row.facts["person_id"]))
    if not channel:
        return
    with services.read() as uow:
        payback = payback_view(uow, row.subject_id)
    files = {f"{payback.number}.csv": write_payback_csv(payback)}
    upload(services, channel, files, f"{payback.number}: to pay back with the wages, as a table.")
