"""A small company to test with: two sites, people of every role, an asset, a cost centre."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlmodel import SQLModel

from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.locations import Intake
from wopo.domain.people import Role
from wopo.usecases.assets import SaveAsset
from wopo.usecases.clients import SaveClient
from wopo.usecases.cost_centres import SaveCostCentre, SaveProject
from wopo.usecases.door import Answer
from wopo.usecases.locations import SaveLocation
from wopo.usecases.people import SavePerson, SetLabourRate
from wopo.usecases.teams import SaveTeam

Do = Callable[..., Answer]
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
