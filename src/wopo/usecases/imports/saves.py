"""Kinds of records that have a command of their own: a row becomes the command."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from wopo.domain.errors import INVALID, DomainError
from wopo.domain.lookup import Kind
from wopo.domain.people import Person
from wopo.domain.work_orders import WorkType
from wopo.domain.work_requests import WorkRequest
from wopo.usecases.assets import SaveAsset
from wopo.usecases.bank_details import EnterBankDetails
from wopo.usecases.budgets import SetBudget
from wopo.usecases.clients import SaveClient
from wopo.usecases.cost_centres import SaveCostCentre, SaveProject, SetCostCentreOwner
from wopo.usecases.door import Answer, Command, Context, Registry
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.imports.rows import Problem, Row, Sourced
from wopo.usecases.imports.shapes import BankDetailsRow, ChannelRow, FindingRow
from wopo.usecases.imports.taking import Taking, quietly, sentence_of
from wopo.usecases.locations import SaveLocation
from wopo.usecases.parts import SavePart
from wopo.usecases.people import (
    DeactivatePerson,
    ReactivatePerson,
    SavePerson,
    SetAuthority,
    SetLabourRate,
)
from wopo.usecases.settings import SetChannels
from wopo.usecases.teams import SaveTeam
from wopo.usecases.unit_conversions import SetUnitConversion
from wopo.usecases.upsert import by_code
from wopo.usecases.vendors import SaveVendor, SetPreferredVendor
from wopo.usecases.work_requests import Need, ReportFindings


def run(command: Command, ctx: Context) -> Answer:
    """Carry the command out in the import's own transaction."""
    return Registry.use_cases[type(command)].run(command, ctx)


def _given(row: Row, *but: str) -> dict[str, Any]:
    """The fields that were filled, so that what a file does not say stays as it is; an empty
    reference is an empty text."""
    said = {name: getattr(row, name) for name in row.model_fields_set if name not in but}
    return {name: "" if value is None else value for name, value in said.items()}


def _plain(command: type[Command]) -> Callable[[Any, Context], Answer]:
    def save(row: Row, ctx: Context) -> Answer:
        given = {name: value for name, value in _given(row).items() if value != ""}
        return run(command.model_validate(given), ctx)

    return save


def _person(row: Any, ctx: Context) -> Answer:
    given = _given(row, "active")
    if "roles" in given:
        given["roles"] = frozenset(given["roles"])
    answer = run(SavePerson.model_validate(given), ctx)
    person = ctx.uow.get(Person, answer.subject_id)
    if person is not None and "active" in row.model_fields_set and person.active != row.active:
        change = ReactivatePerson if row.active else DeactivatePerson
        run(change(code=row.code), ctx)
    return answer


PURPOSES = ("invoices", "finance", "audit", "fallback")
"""What a channel may be for, besides a site (``site:`` and its code)."""


def _channel(row: ChannelRow, ctx: Context) -> Answer:
    """Files name a site by its code, the settings by its id."""
    kind, _, code = row.purpose.partition(":")
    if kind == "site" and code:
        place = by_code(ctx.uow, Kind.LOCATION, code, field="purpose")
        purpose = f"site:{place.site_id}"
    elif row.purpose in PURPOSES:
        purpose = row.purpose
    else:
        raise INVALID(
            field="purpose",
            label=f"'{row.purpose}'",
            problem="no channel serves that",
            accepted=f"use site:CODE, {', '.join(PURPOSES)}",
        )
    return run(SetChannels(channels={purpose: row.channel}), ctx)


def _bank_details(row: BankDetailsRow, ctx: Context) -> Answer:
    vendor = by_code(ctx.uow, Kind.VENDOR, row.vendor, field="vendor")
    given = _given(row, "vendor")
    return run(EnterBankDetails(vendor_id=vendor.id, **given), ctx)


def _finding(row: FindingRow, ctx: Context) -> Answer:
    """A finding that was reported already is left to the people who work on it."""
    earlier = ctx.uow.find(WorkRequest, finding_reference=f"{row.audit} {row.reference}")
    if earlier is not None:
        return Answer(subject_id=earlier.id, facts={"outcome": "unchanged"})
    place = by_code(ctx.uow, Kind.LOCATION, row.location, field="location")
    asset = by_code(ctx.uow, Kind.ASSET, row.asset, field="asset") if row.asset else None
    client = by_code(ctx.uow, Kind.CLIENT, row.client, field="client") if row.client else None
    need = Need(
        title=row.title,
        explanation=row.explanation,
        location_id=place.id,
        exact_spot=row.exact_spot,
        asset_id=asset.id if asset else None,
        priority=row.priority,
        required_by=row.required_by,
        type=WorkType.COMPLIANCE,
        finding_reference=row.reference,
        compliance_deadline=row.compliance_deadline,
        mandatory=row.mandatory,
    )
    report = ReportFindings(
        audit=row.audit,
        findings=(need,),
        client_id=client.id if client else None,
        department=row.department,
    )
    return run(report, ctx)


SAVES: dict[str, Callable[[Any, Context], Answer]] = {
    "cost_centres": _plain(SaveCostCentre),
    "projects": _plain(SaveProject),
    "clients": _plain(SaveClient),
    "locations": _plain(SaveLocation),
    "assets": _plain(SaveAsset),
    "people": _person,
    "cost_centre_owners": _plain(SetCostCentreOwner),
    "teams": _plain(SaveTeam),
    "labour_rates": _plain(SetLabourRate),
    "authority_limits": _plain(SetAuthority),
    "vendors": _plain(SaveVendor),
    "bank_details": _bank_details,
    "parts": _plain(SavePart),
    "preferred_vendors": _plain(SetPreferredVendor),
    "exchange_rates": _plain(SetExchangeRate),
    "unit_conversions": _plain(SetUnitConversion),
    "budgets": _plain(SetBudget),
    "channels": _channel,
    "findings": _finding,
}
"""Kind -> how one row is saved; each is the very use case that people have."""


def take_saves(taking: Taking, kind: str, rows: Iterator[Sourced[Row] | Problem]) -> None:
    """Save every row that says something new; a refusal is a problem of its column."""
    for found in taking.fresh(kind, rows):
        try:
            answer = quietly(taking.ctx, partial(SAVES[kind], found.row))
        except DomainError as error:
            field = error.field if error.field in type(found.row).model_fields else None
            taking.problem(Problem(found.place.at(field), sentence_of(error)))
            continue
        outcome = str(answer.facts.get("outcome", "added"))
        taking.outcome(kind).count(outcome)
        taking.remember(kind, found, answer.subject_id or found.row.source_key()[:40])
