"""Questions before a decision: the approver asks, whoever asked for the order answers.

A question returns the decision; its answer asks for the same revision again.
"""

from wopo.domain.approval_rights import NO_QUESTION, checked_reason
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.numbers import short
from wopo.domain.people import Role
from wopo.domain.purchase_order_events import OrderReturned, QuestionAnswered
from wopo.usecases.approval_deciders import requesters
from wopo.usecases.approval_routing import ask_again, revision_of
from wopo.usecases.approval_steps import decide
from wopo.usecases.approvals import answered, authorised, open_decision
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.order_documents import content_of_revision, hold_order


class AskAboutOrder(Command):
    """Ask a question before deciding; the decision waits for the answer."""

    approval_id: str
    revision: int
    question: str


class AnswerQuestion(Command):
    """Answer the approver's question; the same revision is asked for again."""

    approval_id: str
    answer: str


@use_case(AskAboutOrder, action="ask about purchase orders")
def ask_about_order(command: AskAboutOrder, ctx: Context) -> Answer:
    """Return the decision with a question."""
    question = checked_reason(command.question, field="question", label="The question")
    decision = open_decision(ctx, command.approval_id, command.revision, None)
    rerouted = authorised(ctx, decision)
    if rerouted is not None:
        return rerouted
    order, approval = decision.order, decision.approval
    decide(ctx, decision.circle(ctx), approval, ApprovalState.RETURNED)
    approval.question = question
    order.version += 1
    ctx.record(
        OrderReturned(
            subject_id=order.id,
            number=order.number,
            revision=approval.revision,
            approval_id=approval.id,
            by_id=ctx.actor_id,
            question=question,
        )
    )
    return answered(order, "returned with your question")


@use_case(AnswerQuestion, action="answer questions about purchase orders")
def answer_question(command: AnswerQuestion, ctx: Context) -> Answer:
    """Answer, and ask for the decision again; only who asked for the order, or a buyer."""
    answer = checked_reason(command.answer, field="answer", label="The answer")
    asked = ctx.require(Approval, command.approval_id, label="approval")
    document = hold_order(ctx, asked.purchase_order_id)
    order = document.order
    approval = ctx.require_locked(Approval, asked.id, label="approval")
    if approval.state is not ApprovalState.RETURNED:
        raise NO_QUESTION(number=short(order.number))
    revision = revision_of(ctx, approval)
    person = ctx.person()
    may = person.has(Role.BUYER, Role.ADMIN) or person.id in requesters(ctx.uow, order, revision)
    if not may:
        raise NOT_ALLOWED(action="answer this question", who="the requester or a buyer")
    approval.state, approval.answer = ApprovalState.VOID, answer
    content = content_of_revision(revision)
    again = ask_again(ctx, order, revision, content, approval, answer=answer)
    order.version += 1
    ctx.record(
        QuestionAnswered(
            subject_id=order.id,
            number=order.number,
            revision=revision.revision,
            returned_id=approval.id,
            approval_id=again.id,
            question=approval.question or "",
            answer=answer,
        )
    )
    return answered(order, "sent for approval again with your answer")
