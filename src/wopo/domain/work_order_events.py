"""What can happen to a work order, as events; ``subject_id`` is the work order's id."""

from typing import Any

from wopo.domain.events import Event, event


@event("work_order:opened")
class WorkOrderOpened(Event):
    """A job exists, out of a request or by itself."""

    number: str
    title: str
    state: str
    site_id: str
    cost_centre_id: str
    work_request_id: str | None
    requester_id: str | None


@event("work_order:changed")
class WorkOrderChanged(Event):
    """Fields of a job are different now; only those that changed are named."""

    number: str
    before: dict[str, Any]
    after: dict[str, Any]


@event("work_order:approved")
class WorkOrderApproved(Event):
    """Management approved the job, which is now free to be given to somebody."""

    number: str
    by_id: str | None
    same_commit: bool
    """Whether the approval came with the opening, so that nobody was asked twice."""


@event("work_order:assigned")
class WorkOrderAssigned(Event):
    """The job was given to (or taken by) a person, a team or a contractor."""

    number: str
    kind: str
    assignee_id: str
    assignee: str
    taken: bool
    before_id: str | None
    override_reason: str | None


@event("work_order:released")
class WorkOrderReleased(Event):
    """The job went back into the queue of free jobs."""

    number: str
    before_id: str | None
    reason: str


@event("work_order:contract_missing")
class ContractMissing(Event):
    """A contractor was chosen who has no service contract on the job's day: the job is kept back
    and procurement is told."""

    number: str
    vendor_id: str
    vendor: str
    problem: str


@event("work_order:started")
class WorkOrderStarted(Event):
    """Somebody began to work."""

    number: str


@event("work_order:held")
class WorkOrderHeld(Event):
    """Work stopped for a reason."""

    number: str
    reason: str
    note: str


@event("work_order:resumed")
class WorkOrderResumed(Event):
    """Work goes on."""

    number: str
    reason: str


@event("work_order:completed")
class WorkOrderCompleted(Event):
    """The work is done."""

    number: str
    note: str


@event("work_order:closed")
class WorkOrderClosed(Event):
    """The money is done."""

    number: str


@event("work_order:cancelled")
class WorkOrderCancelled(Event):
    """The job will not be done."""

    number: str
    reason: str
    before: str


@event("work_order:need_added")
class NeedAdded(Event):
    """A needed part, tool, equipment, document or permit was written down."""

    number: str
    need_id: str
    kind: str
    text: str


@event("work_order:need_changed")
class NeedChanged(Event):
    """A need is ready, or not ready after all."""

    number: str
    need_id: str
    text: str
    ready: bool


@event("work_order:need_removed")
class NeedRemoved(Event):
    """A need was struck out."""

    number: str
    need_id: str
    text: str
