"""Who may do what with a job: the workflow's table filtered by the reader's rights."""

from collections.abc import Collection

from wopo.domain.people import Person, Role
from wopo.domain.work_orders import WORK_ORDER, AssigneeKind, WorkOrder, WorkOrderState

WORKER_VERBS = frozenset({"start", "hold", "resume", "complete", "log_labour", "request_parts"})
"""What the assignee does; the supervisor of the site may do it too."""
CHANNEL_VERBS = frozenset({"take", "start", "resume", "complete", "request_parts", "log_labour"})
"""What a job's card in its site's channel offers to everybody; the click is checked."""


def verbs_for(
    order: WorkOrder, reader: Person, *, teams: Collection[str] = (), waiting: bool = False
) -> tuple[str, ...]:
    """What the reader may do with the job now, the main thing first: the workflow's table, less
    what the reader has no right to, less "start" while the job is kept back.

    ``teams`` are the ids of the reader's teams. While a started job waits for parts it is not
    done, so "complete" goes behind.
    """
    if reader.only_reads():
        return ()
    allowed = [v for v in WORK_ORDER.allowed(order.state) if may(order, reader, v, teams=teams)]
    if order.kept_back:
        allowed = [verb for verb in allowed if verb != "start"]
    if waiting and "complete" in allowed:
        allowed.sort(key=lambda verb: verb == "complete")
    return tuple(allowed)


def may(order: WorkOrder, reader: Person, verb: str, *, teams: Collection[str] = ()) -> bool:
    """Whether the reader has the right to this verb on this job, whatever its state."""
    if reader.supervises(order.site_id):
        return True
    match verb:
        case "close":
            return reader.has(Role.FINANCE, Role.ADMIN)
        case "assign" | "change" | "cancel" | "release" if reader.has(Role.ADMIN):
            return True
        case "release":
            return works_on(order, reader, teams)
        case "take":
            return reader.has(Role.TECHNICIAN) and reader.site_id in (None, order.site_id)
        case "cancel":
            return order.state is WorkOrderState.REQUESTED and order.requester_id == reader.id
        case "request_parts":
            return works_on(order, reader, teams) or reader.has(Role.BUYER)
        case "log_labour":
            helps = reader.has(Role.TECHNICIAN) and reader.site_id in (None, order.site_id)
            return works_on(order, reader, teams) or helps
        case _:
            return verb in WORKER_VERBS and works_on(order, reader, teams)


def works_on(order: WorkOrder, person: Person, teams: Collection[str]) -> bool:
    """Whether the job is given to the person or to one of their teams."""
    match order.assignee_kind:
        case AssigneeKind.PERSON:
            return order.assignee_id == person.id
        case AssigneeKind.TEAM:
            return order.assignee_id in teams
        case _:
            return False
