"""The small company goes shopping: a store, parts, vendors, a contract, stock and limits."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories.jobs import Company, Do, free_job, started_job
from wopo.domain.part_requests import LineKind
from wopo.domain.people import Role
from wopo.usecases.locations import SaveLocation
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.parts import SavePart
from wopo.usecases.people import SavePerson, SetAuthority
from wopo.usecases.price_agreements import SaveAgreement, TierInput
from wopo.usecases.stock import OpenStock
from wopo.usecases.vendors import SaveVendor, SetPreferredVendor


@dataclass(frozen=True)
class Shop:
    """Ids. The seal costs 12.50 EUR at Grainger by contract C-7 and five of it lie in the store;
    nobody agreed a price for the belt, for which Acme is preferred. Abe (``app``) approves up to
    1,000 EUR, Max up to 50,000."""

    store: str
    seal: str
    belt: str
    grainger: str
    acme: str
    job: str


def open_shop(do: Do, firm: Company, *, started: bool = True) -> Shop:
    """Fill the shop by the commands a buyer uses; the job at north is Tess's."""
    store = do(
        SaveLocation(code="NORTH-ST", name="Store", parent="NORTH", holds_stock=True)
    ).subject_id
    seal = do(SavePart(number="P-100", name="Seal", unit="pcs", category="seals")).subject_id
    belt = do(SavePart(number="P-200", name="Belt", unit="pcs", category="belts")).subject_id
    grainger = do(SaveVendor(code="GRA", name="Grainger", currency="EUR")).subject_id
    acme = do(SaveVendor(code="ACM", name="Acme", currency="EUR")).subject_id
    do(SetPreferredVendor(vendor="ACM", category="belts"))
    do(
        SaveAgreement(
            number="C-7",
            vendor="GRA",
            part="P-100",
            currency="EUR",
            unit="pcs",
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            payment_terms="14 days",
            tiers=(TierInput(from_quantity=Decimal(0), unit_price=Decimal("12.50")),),
        )
    )
    do(
        OpenStock(
            part="P-100", location="NORTH-ST", quantity=Decimal(5), unit_cost=Decimal("12.50")
        )
    )
    do(
        SavePerson(
            code="max", name="Max Manager", roles=frozenset({Role.SUPERVISOR, Role.APPROVER})
        )
    )
    start = date(2026, 1, 1)
    for person, amount in (("app", 1_000), ("max", 50_000)):
        do(SetAuthority(person=person, amount=Decimal(amount), currency="EUR", valid_from=start))
    job = started_job(do, firm) if started else free_job(do, firm)
    return Shop(store, seal, belt, grainger, acme, job)


def asked(do: Do, firm: Company, shop: Shop, part: str, quantity: int, **more: Any) -> str:
    """Tess asks for a part; the id of the request's first line."""
    line = LineInput(kind=LineKind.PART, part_id=part, quantity=Decimal(quantity))
    command = RequestParts(work_order_id=shop.job, lines=(line,), **more)
    return str(do(command, by=firm.tess).facts["line_ids"][0])
