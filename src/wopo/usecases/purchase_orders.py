"""Purchase orders up to the request for approval: drafting, editing, submitting, withdrawing."""

from collections.abc import Iterable

from wopo.domain.errors import NOT_ALLOWED, STALE
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.order_content import OrderContent, changed, check_content
from wopo.domain.order_life import (
    PURCHASE_ORDER,
    SAME_CONTENT,
    SHARED_DRAFT,
    move,
    refresh_progress,
    withdraw,
)
from wopo.domain.people import Person, Role
from wopo.domain.purchase_order_events import OrderDrafted, OrderEdited, OrderSubmitted
from wopo.domain.purchase_orders import (
    OrderRevision,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
    RevisionState,
)
from wopo.domain.vendors import Vendor
from wopo.domain.work_order_rights import may
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.after_the_fact_dates import check_in_time
from wopo.usecases.approval_routing import ask_approvals, void_approvals
from wopo.usecases.blanket_orders import check_called_off
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.order_documents import (
    OrderDocument,
    add_revision,
    check_ready,
    checked,
    hold_order,
    identified,
    write_content,
)
from wopo.usecases.people import team_ids
from wopo.usecases.ports.approvals import ApprovalStore

BUYERS = frozenset({Role.BUYER, Role.ADMIN})


class DraftOrder(Command):
    """Begin an order; ``content`` is all of it, new lines without id. ``rule`` and
    ``rule_sentence`` say why an order is needed."""

    content: OrderContent
    rule: str = ""
    rule_sentence: str = ""


class EditOrder(Command):
    """Put another content in place of a draft's (or a rejected order's, which becomes a draft)."""

    order_id: str
    content: OrderContent
    version: int | None = None


class SubmitOrder(Command):
    """Ask for approval of a draft."""

    order_id: str


class WithdrawOrder(Command):
    """Take back a revision that waits for approval."""

    order_id: str
    reason: str = ""


@use_case(DraftOrder, roles=BUYERS, action="draft purchase orders")
def draft_order(command: DraftOrder, ctx: Context) -> Answer:
    """Begin a draft of its own; its maker counts as having asked for it."""
    content = command.content
    if content.buyer_id is None:
        content = content.model_copy(update={"buyer_id": ctx.actor_id})
    checked(ctx, content)
    document = new_order(
        ctx, content, rule=command.rule, sentence=command.rule_sentence, asked=[ctx.actor_id]
    )
    return answer(document.order, "drafted")


def new_order(
    ctx: Context,
    content: OrderContent,
    *,
    rule: str,
    sentence: str,
    asked: Iterable[str | None] = (),
) -> OrderDocument:
    """A new draft with this content, numbered and recorded; ``asked`` are who asked for it."""
    order = PurchaseOrder(
        id=ctx.new_id(),
        number=ctx.uow.next_number("PO", ctx.at.year),
        vendor_id=content.vendor_id,
        currency=content.currency,
        rule=rule,
        rule_sentence=sentence,
        created_at=ctx.at,
    )
    for person_id in asked:
        asked_by(order, person_id)
    ctx.uow.add(order)
    document = OrderDocument(order, [], [])
    write_content(ctx, document, identified(ctx, document, content))
    record_drafted(ctx, document, [line.id for line in document.lines], joined=False)
    return document


def record_drafted(
    ctx: Context, document: OrderDocument, line_ids: list[str], *, joined: bool
) -> None:
    """Say that lines came onto a draft."""
    order = document.order
    ctx.record(
        OrderDrafted(
            subject_id=order.id,
            number=order.number,
            vendor_id=order.vendor_id,
            line_ids=line_ids,
            joined=joined,
        )
    )


def asked_by(order: PurchaseOrder, person_id: str | None) -> None:
    """Remember who asked for what is on the order: they never approve it."""
    if person_id and person_id not in order.requested_by_ids:
        order.requested_by_ids = [*order.requested_by_ids, person_id]


@use_case(EditOrder, roles=BUYERS, action="edit purchase orders")
def edit_order(command: EditOrder, ctx: Context) -> Answer:
    """Change a draft as a whole. Raises ``SAME_CONTENT`` when nothing differs."""
    document = hold_order(ctx, command.order_id)
    order = document.order
    PURCHASE_ORDER.move(order.state, "edit", subject=short(order.number))
    not_stale(order, command.version)
    before = document.content()
    content = identified(ctx, document, command.content)
    checked(ctx, content, before)
    difference = changed(before, content)
    if not difference and order.state is OrderState.DRAFT:
        raise SAME_CONTENT(number=short(order.number))
    if order.state is OrderState.REJECTED:
        order.revision += 1
    move(order, "edit")
    write_content(ctx, document, content)
    asked_by(order, ctx.actor_id)
    ctx.record(
        OrderEdited(
            subject_id=order.id,
            number=order.number,
            before={name: value[0] for name, value in difference.items() if name != "lines"},
            after={
                name: value if name == "lines" else value[1] for name, value in difference.items()
            },
        )
    )
    return answer(order, "changed")


def not_stale(order: PurchaseOrder, version: int | None) -> None:
    """Refuse a form that was opened on an older version, ``STALE``."""
    if version is not None and version != order.version:
        raise STALE(subject=short(order.number))


@use_case(SubmitOrder, action="submit purchase orders")
def submit_order(command: SubmitOrder, ctx: Context) -> Answer:
    """Ask for approval; a buyer, the job's supervisor, or who asked for it may do so.

    Who is no buyer is asked first (softly) where lines of jobs that are not theirs would go along
    (ADR 7)."""
    document = hold_order(ctx, command.order_id)
    may_submit(ctx, document)
    check_in_time(ctx, document.order)
    _ask_shared(ctx, document)
    submit(ctx, document)
    return answer(document.order, "sent for approval")


def may_submit(ctx: Context, document: OrderDocument) -> None:
    """Refuse who neither buys, nor asked for something on the order, nor supervises its job."""
    person, order = ctx.person(), document.order
    if person.has(*BUYERS) or person.id in order.requested_by_ids:
        return
    if person.id in ctx.uow.store(ApprovalStore).requesters(order.id):
        return
    if not _supervises(ctx, person, document.live):
        raise NOT_ALLOWED(
            action=f"submit {short(order.number)}",
            who="a buyer, the requester or the job's supervisor",
        )


def _ask_shared(ctx: Context, document: OrderDocument) -> None:
    person, name = ctx.person(), f"shared_draft:{document.order.id}"
    if person.has(*BUYERS) or name in ctx.acknowledged:
        return
    ids = {line.work_order_id for line in document.live if line.work_order_id}
    teams = team_ids(ctx.uow, person.id)
    jobs = {job.id: job for job in ctx.uow.all(WorkOrder, id=ids)} if ids else {}
    mine = {id for id, job in jobs.items() if may(job, person, "request_parts", teams=teams)}
    others = [line for line in document.live if line.work_order_id not in mine]
    if others:
        told = [
            f"{line.description} for {short(jobs[line.work_order_id].number)}"
            if line.work_order_id
            else line.description
            for line in others
        ]
        raise SHARED_DRAFT(name, number=short(document.order.number), lines=", ".join(told))


def _supervises(ctx: Context, person: Person, lines: list[PurchaseOrderLine]) -> bool:
    job_ids = {line.work_order_id for line in lines if line.work_order_id}
    if not (job_ids and person.has(Role.SUPERVISOR)):
        return False
    return any(person.supervises(job.site_id) for job in ctx.uow.all(WorkOrder, id=job_ids))


def submit(ctx: Context, document: OrderDocument) -> None:
    """Write down the draft's revision and ask for its approval. What it names was checked when it
    was kept."""
    order = document.order
    revision = revise_ready(ctx, document)
    record_submitted(ctx, order, revision, first=True)
    ask_approvals(ctx, order, revision, document.content())


def revise_ready(ctx: Context, document: OrderDocument) -> OrderRevision:
    """Write down the draft's revision, which is ready for a decision from now on."""
    order = document.order
    PURCHASE_ORDER.move(order.state, "submit", subject=short(order.number))
    if order.order_date is None:
        order.order_date = ctx.at.date()
    ctx.require(Vendor, order.vendor_id, label="vendor").check_orderable(field="vendor_id")
    for person_id in sorted(ctx.uow.store(ApprovalStore).requesters(order.id)):
        asked_by(order, person_id)
    content = document.content()
    figures = check_content(content)
    check_ready(ctx, content)
    check_called_off(ctx, order, content)
    move(order, "submit")
    return add_revision(ctx, order, content, figures)


def record_submitted(
    ctx: Context, order: PurchaseOrder, revision: OrderRevision, *, first: bool
) -> None:
    """Say that a revision waits for approval."""
    ctx.record(
        OrderSubmitted(
            subject_id=order.id,
            number=order.number,
            revision=revision.revision,
            content_hash=revision.content_hash,
            total=Money(revision.total_minor, order.currency),
            vendor_id=order.vendor_id,
            first=first,
        )
    )


@use_case(WithdrawOrder, action="withdraw purchase orders")
def withdraw_order(command: WithdrawOrder, ctx: Context) -> Answer:
    """Take back what waits: a first revision becomes a draft again, a later one is dropped."""
    document = hold_order(ctx, command.order_id)
    order = document.order
    may_submit(ctx, document)
    event = withdraw(order, command.reason.strip())
    void_approvals(ctx, order, decided=False)
    supersede(ctx, order, event.revision)
    if order.state is OrderState.DRAFT:
        order.revision += 1
    ctx.record(event)
    return answer(order, "withdrawn")


def supersede(ctx: Context, order: PurchaseOrder, number: int) -> None:
    """Mark one revision as overtaken."""
    row = ctx.uow.find(OrderRevision, purchase_order_id=order.id, revision=number)
    if row is not None:
        row.state = RevisionState.SUPERSEDED


def answer(order: PurchaseOrder, done: str) -> Answer:
    """The order was ... ."""
    return Answer(
        subject_id=order.id, number=order.number, message=f"{short(order.number)} is {done}."
    )


def refresh_order(ctx: Context, order_id: str) -> PurchaseOrder:
    """Derive the order's receipt and billing progress again from its lines' running sums.

    Call it after changing those sums. It never closes an order: an invoice judged again after a
    closing of its own making would read as billed on a closed order, so closing stays a decision
    (``CloseOrder``), offered as soon as both are full.
    """
    order = ctx.require_locked(PurchaseOrder, order_id, label="purchase order")
    ctx.uow.flush()
    refresh_progress(order, ctx.uow.all(PurchaseOrderLine, purchase_order_id=order_id))
    return order
