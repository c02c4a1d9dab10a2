"""Cost centres and projects: whom a cost belongs to."""

from typing import Any

from wopo.domain.budget_tree import ancestry
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import (
    CURRENCY_FIXED,
    PARENT_BUDGETED,
    PARENT_CYCLE,
    CostCentre,
    CostCentreAdded,
    CostCentreChanged,
    CostCentreOwner,
    CostCentreOwnerSet,
    Project,
    ProjectAdded,
    ProjectChanged,
)
from wopo.domain.errors import REQUIRED
from wopo.domain.lookup import Kind
from wopo.domain.money import minor_digits
from wopo.domain.people import Person, Role
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.people import active_person
from wopo.usecases.ports.budgets import BudgetStore
from wopo.usecases.settings import company
from wopo.usecases.upsert import Save, by_code, references, save

silent(CostCentreAdded, "it concerns nobody until something is charged to it")
silent(CostCentreChanged, "it is shown wherever the cost centre is")
silent(CostCentreOwnerSet, "the next order that the policy asks them about is sent to them")
silent(ProjectAdded, "it concerns nobody until a job belongs to it")
silent(ProjectChanged, "it is shown wherever the project is")


class SaveCostCentre(Save):
    """Add a cost centre, or change the given fields; the currency defaults to the company's."""

    code: str
    name: str = ""
    currency: str = ""
    parent: str = ""


class SetCostCentreOwner(Command):
    """Who (by their code) answers for what a cost centre spends."""

    cost_centre: str
    person: str


class SaveProject(Save):
    """Add a project, or change its name."""

    code: str
    name: str = ""


@use_case(
    SaveCostCentre,
    roles={Role.ADMIN, Role.FINANCE},
    action="add and change cost centres",
    system=True,
)
def save_cost_centre(command: SaveCostCentre, ctx: Context) -> Answer:
    """Add or change a cost centre; unchanged data records nothing."""
    known = ctx.uow.find(CostCentre, code=command.code.strip())
    if known is None and not command.name:
        raise REQUIRED(field="name", label="The name")
    values = command.given("name")
    values |= references(ctx, command, parent=(Kind.COST_CENTRE, "parent_id"))
    currency = command.currency.strip().upper()
    if currency:
        minor_digits(currency)
        values["currency"] = currency
    if known is None:
        values.setdefault("currency", company(ctx.uow).currency)
    else:
        _keeps_currency(ctx, known, currency)
        _no_cycle(ctx, known, values.get("parent_id"))
        _keeps_place(ctx, known, values)
    saved = save(ctx, Kind.COST_CENTRE, command.code, values, command)
    centre: CostCentre = saved.row
    if saved.added:
        ctx.record(
            CostCentreAdded(
                subject_id=centre.id, code=centre.code, called=centre.name, currency=centre.currency
            )
        )
    elif saved.changed:
        ctx.record(
            CostCentreChanged(
                subject_id=centre.id, code=centre.code, before=saved.before, after=saved.after
            )
        )
    return saved.answer(centre.code)


def _keeps_currency(ctx: Context, centre: CostCentre, wanted: str) -> None:
    """Amounts already kept in the old currency would change their meaning."""
    if not wanted or wanted == centre.currency:
        return
    uses = (
        (Budget, "a budget"),
        (WorkOrder, "a work order"),
        (PurchaseOrderLine, "a purchase order"),
    )
    for kind, used in uses:
        if ctx.uow.find(kind, cost_centre_id=centre.id) is not None:
            raise CURRENCY_FIXED(
                field="currency",
                code=centre.code,
                currency=centre.currency,
                used=used,
                wanted=wanted,
            )


def _no_cycle(ctx: Context, centre: CostCentre, parent_id: str | None) -> None:
    above = ctx.uow.get(CostCentre, parent_id) if parent_id else None
    parent = above
    while above is not None:
        if above.id == centre.id:
            raise PARENT_CYCLE(
                field="parent", parent=parent.code if parent else "", code=centre.code
            )
        above = ctx.uow.get(CostCentre, above.parent_id) if above.parent_id else None


def _keeps_place(ctx: Context, centre: CostCentre, values: dict[str, Any]) -> None:
    """Budgets count by the tree: a cost centre stays where it is while one above its old or new
    place, its own, or one below it is not over."""
    if values.get("parent_id", centre.parent_id) == centre.parent_id:
        return
    ctx.uow.store(BudgetStore).hold_below(centre.id)
    if values["parent_id"]:
        ctx.require_locked(CostCentre, values["parent_id"], label="cost centre")
    centres = {row.id: row for row in ctx.uow.all(CostCentre)}
    ends = [centres[id] for id in (centre.id, values["parent_id"]) if id]
    touched = {level.id for end in ends for level in ancestry(end, centres)}
    touched |= {row.id for row in centres.values() if centre in ancestry(row, centres)}
    for budget in ctx.uow.all(Budget, cost_centre_id=sorted(touched), order="id"):
        if budget.ends >= ctx.at.date():
            whose = centres[str(budget.cost_centre_id)].code
            raise PARENT_BUDGETED(field="parent", budget=whose, ends=budget.ends, code=centre.code)


@use_case(
    SetCostCentreOwner,
    roles={Role.ADMIN, Role.FINANCE},
    action="name owners of cost centres",
    system=True,
)
def set_owner(command: SetCostCentreOwner, ctx: Context) -> Answer:
    """Name or replace the owner; the same one again records nothing."""
    centre: CostCentre = by_code(
        ctx.uow, Kind.COST_CENTRE, command.cost_centre, field="cost_centre"
    )
    found: Person = by_code(ctx.uow, Kind.PERSON, command.person, field="person")
    person = active_person(ctx, found.id, field="person")
    row = ctx.uow.get(CostCentreOwner, centre.id)
    before = row.person_id if row else None
    said = f"{person.name} answers for {centre.code}"
    if before == person.id:
        return Answer(
            subject_id=centre.id, message=f"{said} already.", facts={"outcome": "unchanged"}
        )
    if row is None:
        row = CostCentreOwner(cost_centre_id=centre.id, person_id=person.id)
        ctx.uow.add(row)
    row.person_id = person.id
    ctx.record(
        CostCentreOwnerSet(
            subject_id=centre.id, code=centre.code, person_id=person.id, before=before
        )
    )
    outcome = "changed" if before else "added"
    return Answer(subject_id=centre.id, message=f"{said}.", facts={"outcome": outcome})


@use_case(
    SaveProject,
    roles={Role.ADMIN, Role.FINANCE, Role.SUPERVISOR},
    action="add and change projects",
    system=True,
)
def save_project(command: SaveProject, ctx: Context) -> Answer:
    """Add or change a project; unchanged data records nothing."""
    if ctx.uow.find(Project, code=command.code.strip()) is None and not command.name:
        raise REQUIRED(field="name", label="The name")
    saved = save(ctx, Kind.PROJECT, command.code, command.given("name"), command)
    project: Project = saved.row
    if saved.added:
        ctx.record(ProjectAdded(subject_id=project.id, code=project.code, called=project.name))
    elif saved.changed:
        ctx.record(
            ProjectChanged(
                subject_id=project.id, code=project.code, before=saved.before, after=saved.after
            )
        )
    return saved.answer(project.code)
