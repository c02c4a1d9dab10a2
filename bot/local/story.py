"""The story the local start opens with: jobs already moving, told through the door."""

from wopo.cli.opening import Opened, new_id
from wopo.domain.assets import Asset
from wopo.domain.people import Person
from wopo.domain.work_orders import AssigneeKind
from wopo.domain.work_requests import Priority
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import execute
from wopo.usecases.work_order_assignment import AssignWorkOrder, TakeJob
from wopo.usecases.work_order_moves import StartWork
from wopo.usecases.work_requests import ApproveWorkRequest, ReportWork


class Teller:
    """Gives commands in people's names, and knows things by their codes."""

    def __init__(self, database: Opened) -> None:
        self.door = database.door
        with database.transactions.read() as uow:
            self.people = {person.code: person.id for person in uow.all(Person)}
            self.assets = {asset.tag: asset for asset in uow.all(Asset)}

    def by(self, code: str, command: Command) -> Answer:
        """Carry out a command as the person with this code."""
        actor = ActorRef(self.people[code], "console")
        return execute(self.door, command, actor=actor, key=f"story:{new_id()}")

    def report(self, code: str, title: str, tag: str, priority: Priority, spot: str = "") -> Answer:
        """Report a need at an asset."""
        asset = self.assets[tag]
        command = ReportWork(
            title=title,
            asset_id=asset.id,
            location_id=asset.location_id,
            exact_spot=spot,
            priority=priority,
        )
        return self.by(code, command)


def tell(database: Opened) -> None:
    """Two sites in the middle of a working day."""
    teller = Teller(database)
    _a_pump_that_vibrates(teller)
    _a_queue_at_the_dock(teller)
    teller.report("ann", "Compressor runs hot", "AC-03", Priority.NORMAL, "behind the packer")


def _a_pump_that_vibrates(teller: Teller) -> None:
    request = teller.report("ann", "Feed pump vibrates", "P-101", Priority.HIGH, "drive end")
    job = teller.by("sue", ApproveWorkRequest(work_request_id=request.subject_id))
    job_id = job.facts["work_order_id"]
    assign = AssignWorkOrder(
        work_order_id=job_id, kind=AssigneeKind.PERSON, assignee_id=teller.people["ann"]
    )
    teller.by("sue", assign)
    teller.by("ann", StartWork(work_order_id=job_id))


def _a_queue_at_the_dock(teller: Teller) -> None:
    taken = teller.report("tom", "Dock leveller sinks", "D-11", Priority.HIGH)
    teller.by("tom", TakeJob(work_order_id=taken.facts["work_order_id"]))
    teller.report("tom", "Replace warning light", "FL-05", Priority.LOW)
    teller.report("rita", "Ice on the evaporator", "CR-02", Priority.NORMAL)
