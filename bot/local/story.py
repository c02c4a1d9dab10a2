"""The story the local start opens with: jobs already moving, told through the door."""

from datetime import timedelta
from decimal import Decimal

from bot.local.company import CHANNELS
from wopo.cli.opening import Opened, new_id, utc_now
from wopo.domain.approvals import Approval
from wopo.domain.assets import Asset
from wopo.domain.part_requests import Allocation, PartRequestLine
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.work_orders import AssigneeKind
from wopo.domain.work_requests import Priority
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import execute
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.labour import EnterLabour
from wopo.usecases.order_changes import IssueOrder
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.purchase_orders import SubmitOrder
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.work_order_assignment import AssignWorkOrder, TakeJob
from wopo.usecases.work_order_moves import StartWork
from wopo.usecases.work_requests import ApproveWorkRequest, ReportWork

FINANCE_CHANNEL = "C0FINANCE1"


class Teller:
    """Gives commands in people's names, and knows things by their codes."""

    def __init__(self, database: Opened) -> None:
        self.database = database
        with database.transactions.read() as uow:
            self.people = {person.code: person.id for person in uow.all(Person)}
            self.assets = {asset.tag: asset for asset in uow.all(Asset)}
            self.parts = {part.number: part.id for part in uow.all(Part)}

    def by(self, code: str, command: Command) -> Answer:
        """Carry out a command as the person with this code."""
        actor = ActorRef(self.people[code], "console")
        return execute(self.database.door, command, actor=actor, key=f"story:{new_id()}")

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

    def request(self, code: str, job_id: str, needs: dict[str, int]) -> list[str]:
        """Request catalogue parts; the ids of the orders that they went on."""
        lines = tuple(
            LineInput(part_id=self.parts[number], quantity=Decimal(quantity))
            for number, quantity in needs.items()
        )
        answer = self.by(code, RequestParts(work_order_id=job_id, lines=lines))
        with self.database.transactions.read() as uow:
            asked = uow.all(PartRequestLine, part_request_id=answer.subject_id)
            bought = uow.all(Allocation, part_request_line_id=[line.id for line in asked])
            ordered = uow.all(PurchaseOrderLine, id=[one.purchase_order_line_id for one in bought])
        return sorted({line.purchase_order_id for line in ordered})

    def approve(self, order_id: str, approver: str) -> None:
        """Submit and approve a draft."""
        self.by("ben", SubmitOrder(order_id=order_id))
        with self.database.transactions.read() as uow:
            asked = uow.all(Approval, purchase_order_id=order_id, order="-asked_at")[0]
        approve = ApproveOrder(
            approval_id=asked.id, revision=asked.revision, content_hash=asked.content_hash
        )
        self.by(approver, approve)

    def order(self, order_id: str, approver: str) -> list[PurchaseOrderLine]:
        """Submit, approve and issue a draft; its lines."""
        self.approve(order_id, approver)
        self.by("ben", IssueOrder(order_id=order_id))
        with self.database.transactions.read() as uow:
            return uow.all(PurchaseOrderLine, purchase_order_id=order_id, order="position")


def tell(database: Opened) -> None:
    """Two sites in the middle of a working day."""
    teller = Teller(database)
    _finance_listens(teller)
    _a_pump_that_vibrates(teller)
    _a_queue_at_the_dock(teller)
    teller.report("ann", "Compressor runs hot", "AC-03", Priority.NORMAL, "behind the packer")


def _finance_listens(teller: Teller) -> None:
    name = CHANNELS[FINANCE_CHANNEL][0]
    teller.by("fay", Subscribe(channel=FINANCE_CHANNEL, channel_name=name))


def _a_pump_that_vibrates(teller: Teller) -> None:
    """Bearings come from the store, a seal and an impeller are bought from two vendors: the seals
    are delivered one short and billed in full, the impeller waits for its approval."""
    request = teller.report("ann", "Feed pump vibrates", "P-101", Priority.HIGH, "drive end")
    job = teller.by("sue", ApproveWorkRequest(work_request_id=request.subject_id))
    job_id = job.facts["work_order_id"]
    ann = teller.people["ann"]
    assign = AssignWorkOrder(work_order_id=job_id, kind=AssigneeKind.PERSON, assignee_id=ann)
    teller.by("sue", assign)
    teller.by("ann", StartWork(work_order_id=job_id))
    teller.by("ann", EnterLabour(work_order_id=job_id, hours=Decimal("1.5"), note="Taken apart"))
    for order_id in teller.request("ann", job_id, {"BRG-6204": 2, "SEAL-M25": 4}):
        _seals_come_one_short(teller, order_id)
    for order_id in teller.request("ann", job_id, {"IMP-101": 1}):
        teller.by("ben", SubmitOrder(order_id=order_id))


def _seals_come_one_short(teller: Teller, order_id: str) -> None:
    (line,) = teller.order(order_id, "mira")
    counted = CountedLine(line_id=line.id, accepted=line.quantity - 1)
    teller.by("rita", PostReceipt(order_id=order_id, lines=(counted,), delivery_note="DN-4711"))
    billed = BilledLine(
        order_line_id=line.id, quantity=line.quantity, unit=line.unit, unit_price=line.unit_price
    )
    today = utc_now().date()
    invoice = EnterInvoice(
        number="RE-20417",
        invoice_date=today,
        due_date=today + timedelta(days=30),
        order_id=order_id,
        lines=(billed,),
        tax=line.tax_minor / Decimal(100),
    )
    teller.by("fay", invoice)


def _a_queue_at_the_dock(teller: Teller) -> None:
    taken = teller.report("tom", "Dock leveller sinks", "D-11", Priority.HIGH)
    teller.by("tom", TakeJob(work_order_id=taken.facts["work_order_id"]))
    teller.report("tom", "Replace warning light", "FL-05", Priority.LOW)
    teller.report("rita", "Ice on the evaporator", "CR-02", Priority.NORMAL)
