"""A small company to test with: two sites, people of every role, an asset, a cost centre."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlmodel import SQLModel

from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.locations import Intake
from wopo.domain.people import Role
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.assets import SaveAsset
from wopo.usecases.clients import SaveClient
from wopo.usecases.cost_centres import SaveCostCentre, SaveProject
from wopo.usecases.door import Answer
from wopo.usecases.locations import SaveLocation
from wopo.usecases.people import SavePerson, SetLabourRate
from wopo.usecases.teams import SaveTeam
from wopo.usecases.work_order_assignment import TakeJob
from wopo.usecases.work_order_moves import StartWork
from wopo.usecases.work_requests import ReportWork

Do = Callable[..., Answer]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
M = TypeVar("M", bound=SQLModel)


@dataclass(frozen=True)
class Company:
    """Ids of the small company. The site ``north`` reviews its requests, ``harbour`` is first
    come, first served. ``sue`` supervises north only, ``max`` every site. ``rob`` has no role."""

    ops: str
    north: str
    boiler_room: str
    harbour: str
    pump: str
    crane: str
    tenant: str
    plan: str
    tess: str
    tom: str
    sue: str
    max: str
    bea: str
    app: str
    rec: str
    fin: str
    aud: str
    ann: str
    rob: str
    crew: str


PEOPLE: dict[str, tuple[str, set[Role], str]] = {
    "ann": ("Ann Admin", {Role.ADMIN}, ""),
    "sue": ("Sue Supervisor", {Role.SUPERVISOR}, "NORTH"),
    "max": ("Max Manager", {Role.SUPERVISOR}, ""),
    "tess": ("Tess Technician", {Role.TECHNICIAN}, ""),
    "tom": ("Tom Technician", {Role.TECHNICIAN}, ""),
    "bea": ("Bea Buyer", {Role.BUYER}, ""),
    "app": ("Abe Approver", {Role.APPROVER}, ""),
    "rec": ("Rex Receiver", {Role.RECEIVER}, ""),
    "fin": ("Fia Finance", {Role.FINANCE}, ""),
    "aud": ("Aud Auditor", {Role.AUDITOR}, ""),
    "rob": ("Rob Requester", set(), ""),
}


def make_company(do: Do) -> Company:
    """Build the company through the same commands an administrator uses."""
    ids = {
        "ops": do(SaveCostCentre(code="OPS", name="Operations", currency="EUR")),
        "north": do(SaveLocation(code="NORTH", name="North works", cost_centre="OPS")),
        "boiler_room": do(SaveLocation(code="NORTH-B", name="Boiler room", parent="NORTH")),
        "harbour": do(
            SaveLocation(
                code="HARBOUR", name="Harbour", intake=Intake.FIRST_COME, cost_centre="OPS"
            )
        ),
        "pump": do(SaveAsset(tag="PUMP-1", name="Feed pump", location="NORTH-B")),
        "crane": do(SaveAsset(tag="CRANE-7", name="Quay crane", location="HARBOUR")),
        "tenant": do(SaveClient(code="TEN", name="Tenant Ltd")),
        "plan": do(SaveProject(code="RETROFIT", name="Retrofit")),
    }
    for code, (name, roles, site) in PEOPLE.items():
        ids[code] = do(
            SavePerson(
                code=code,
                name=name,
                roles=frozenset(roles),
                site=site,
                cost_centre="OPS",
                email=f"{code}@example.org",
            )
        )
    for code in ("tess", "tom"):
        do(SetLabourRate(person=code, per_hour="40", currency="EUR", valid_from=date(2026, 1, 1)))
    ids["crew"] = do(SaveTeam(code="CREW", name="Night crew", members=("tess",)))
    return Company(**{name: answer.subject_id for name, answer in ids.items()})


def rows(transactions: SqlTransactions, kind: type[M], **wanted: Any) -> list[M]:
    """Rows as ``uow.all`` finds them, readable after the transaction."""
    with transactions.read() as uow:
        found = uow.all(kind, **wanted)
        uow.session.expunge_all()
    return found


def row(transactions: SqlTransactions, kind: type[M], id: Any) -> M:
    """The one row with this id, readable after the transaction."""
    with transactions.read() as uow:
        found = uow.get(kind, id)
        uow.session.expunge_all()
    assert found is not None
    return found


def audit(transactions: SqlTransactions) -> list[AuditEntry]:
    """The whole audit trail in order."""
    return rows(transactions, AuditEntry, order="seq")


def free_job(do: Do, firm: Company, **other: Any) -> str:
    """An approved job at north that nobody has; its id."""
    facts = {"title": "Pump leaks", "location_id": firm.boiler_room, "asset_id": firm.pump}
    answer = do(ReportWork(**{**facts, **other}), by=firm.sue)
    return str(answer.facts["work_order_id"])


def started_job(do: Do, firm: Company, **other: Any) -> str:
    """A job at north that Tess works on; its id."""
    job = free_job(do, firm, **other)
    do(TakeJob(work_order_id=job), by=firm.tess)
    do(StartWork(work_order_id=job), by=firm.tess)
    return job


def add(transactions: SqlTransactions, *entities: SQLModel) -> None:
    """Rows that belong to other concepts, written one after the other."""
    with transactions.write() as uow:
        for entity in entities:
            uow.add(entity)
            uow.flush()
        uow.commit()


def contractor(transactions: SqlTransactions, **other: Any) -> str:
    """A vendor who takes jobs; the id."""
    facts = {"id": "acme", "code": "ACME", "name": "Acme", "currency": "EUR", "contractor": True}
    add(transactions, Vendor(**{**facts, "created_at": NOW, **other}))
    return str(other.get("id", "acme"))


def contract(transactions: SqlTransactions, vendor_id: str, starts: date, ends: date) -> None:
    """A service contract between two days, at 48 EUR an hour."""
    add(
        transactions,
        PriceAgreement(
            id=f"contract-{vendor_id}",
            number=f"C-{vendor_id}",
            vendor_id=vendor_id,
            service_contract=True,
            currency="EUR",
            unit="h",
            valid_from=starts,
            valid_to=ends,
        ),
        PriceTier(
            id=f"rate-{vendor_id}", agreement_id=f"contract-{vendor_id}", unit_price=Decimal(48)
        ),
    )


def order_line(
    transactions: SqlTransactions, firm: Company, job: str, state: OrderState, **line: Any
) -> None:
    """A purchase order of one line for a job, as buying leaves it."""
    if not rows(transactions, Vendor, id="acme"):
        contractor(transactions)
    add(
        transactions,
        PurchaseOrder(
            id="po",
            number="PO-2026-000001",
            state=state,
            vendor_id="acme",
            currency="EUR",
            created_at=NOW,
        ),
        PurchaseOrderLine(
            **{
                "id": "pol",
                "purchase_order_id": "po",
                "position": 1,
                "description": "Seal",
                "quantity": Decimal(2),
                "unit": "pc",
                "unit_price": Decimal(5),
                "work_order_id": job,
                "cost_centre_id": firm.ops,
                **line,
            }
        ),
    )
