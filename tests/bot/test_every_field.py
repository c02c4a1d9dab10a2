"""A walk along the lists of domain.md: everything a work order and a purchase order have can be
entered on a screen, and is shown on one.

The phrases are the page's own. What is added there has no entry here, and fails.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Options, SlashCommand
from bot.metadata import Target
from tests.factories.jobs import Company, Do, row, rows
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.shared_data import shared_design
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.purchase_orders import OrderKind, OrderState, PurchaseOrder
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import WorkRequest
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.order_changes import IssueOrder
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder

Json = dict[str, Any]
Send = Callable[[Json], Json]
SUE, TESS, BEA = "U-sue", "U-tess", "U-bea"


@dataclass(frozen=True)
class Entry:
    """Which form takes it, what is typed (by input), and what the screen then says. Names after
    ``@`` stand for ids of the company or the shop."""

    form: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()


JOB = {
    "Number": Entry(shown=("WO-1",)),
    "explanation of the task": Entry(
        "report",
        {"title": "Pump leaks", "explanation": "At the flange"},
        ("Pump leaks", "At the flange"),
    ),
    "type (install, repair, preventive, inspection, compliance, other)": Entry(
        "work", {"type": "inspection"}, ("inspection",)
    ),
    "instructions": Entry("work", {"instructions": "Close valve 3"}, ("Close valve 3",)),
    "requester (person or client) and department": Entry(
        "people",
        {"requester_id": "@rob", "client_id": "@tenant", "department": "Energy"},
        ("Rob Requester", "Tenant Ltd", "Energy"),
    ),
    "management approval (who, when)": Entry("approve", {}, ("Sue Supervisor", "approved <!date")),
    "required by": Entry("work", {"required_by": "2026-03-09"}, ("Mar 9, 2026",)),
    "estimated completion": Entry(
        "place", {"estimated_completion": "2026-03-08"}, ("Mar 8, 2026",)
    ),
    "assignee: person, team or contractor": Entry(
        "assign", {"assignee_id": "team:@crew"}, ("Night crew",)
    ),
    "location (tree, plus free text for the exact spot)": Entry(
        "report",
        {"location_id": "@boiler_room", "exact_spot": "Behind the boiler"},
        ("North works", "Boiler room", "Behind the boiler"),
    ),
    "asset": Entry("report", {"asset_id": "@pump"}, ("Feed pump (PUMP-1)",)),
    "priority": Entry("report", {"priority": "high"}, ("high",)),
    "needed parts, tools and equipment, documents and permits": Entry(
        "needs",
        {"tool": "Torque wrench", "document": "Drawing 7", "permit": "Hot work"},
        ("tool: Torque wrench", "document: Drawing 7", "permit: Hot work", "1 reserved"),
    ),
    "estimated and actual work hours": Entry(
        "hours", {"estimated_hours": "3.5", "hours": "1.25"}, ("3.5", "1.25")
    ),
    "project and cost centre": Entry(
        "money",
        {"project_id": "@plan", "cost_centre_id": "@ops"},
        ("Retrofit", "Operations"),
    ),
    "not-to-exceed amount (NTE)": Entry("money", {"nte": "1,250.50"}, ("1,250.50 EUR",)),
    "photos and files": Entry(
        "report",
        {
            "files": [
                {
                    "id": "F1",
                    "name": "leak.txt",
                    "mimetype": "text/plain",
                    "size": 9,
                    "mode": "hosted",
                }
            ]
        },
        ("leak.txt",),
    ),
    "client to charge back": Entry(
        "money", {"charge_back_client_id": "@tenant"}, ("Tenant Ltd",)
    ),
}  # fmt: skip

ORDER = {
    "number": Entry(shown=("PO-1",)),
    "vendor": Entry("terms", {"vendor_id": "@acme"}, ("Acme",)),
    "currency": Entry("amounts", {"currency": "EUR"}, ("EUR",)),
    "payment terms": Entry("terms", {"payment_terms": "10 days 2 %"}, ("10 days 2 %",)),
    "product or service": Entry(shown=("*Part*", "Seal")),
    "description": Entry("what", {"description": "Lip seal 40"}, ("Lip seal 40",)),
    "quantity": Entry("what", {"quantity": "26"}, ("26 pcs",)),
    "unit": Entry("what", {"unit": "pcs"}, ("26 pcs",)),
    "unit price": Entry("what", {"unit_price": "12.4"}, ("12.4",)),
    "discount or promotion": Entry(
        "price",
        {"discount": "1", "discount_label": "Spring sale"},
        ("Spring sale", "1.00 EUR"),
    ),
    "tax": Entry("price", {"tax_code": "DE19", "tax_percent": "19"}, ("DE19 19 %",)),
    "charges": Entry("amounts", {"charges": "FREIGHT 12.00 by road"}, ("by road", "12.00 EUR")),
    "delivery schedule": Entry(
        "dates", {"schedule": "2026-03-20 20\n2026-03-27 6"}, ("20 on Mar 20, 2026", "6 on Mar 27")
    ),
    "backorder": Entry(
        "promise", {"backordered": ["yes"], "note": "mill strike"}, ("backorder", "mill strike")
    ),
    "part-request line": Entry(shown=("PR-1 line 1",)),
    "work order": Entry(shown=("WO-1 Pump leaks",)),
    "cost centre": Entry("whom", {"cost_centre_id": "@stores"}, ("Stores",)),
    "ship-to": Entry("terms", {"ship_to_id": "@store"}, ("Store",)),
}

KINDS = {
    "standard": ({"kind": "standard"}, ()),
    "counter (number issued in the shop)": ({"kind": "counter"}, ("counter",)),
    "blanket with releases": (
        {"kind": "blanket", "blanket_limit": "9,000.00", "valid_to": "2026-12-31"},
        ("blanket", "9,000.00 EUR", "Dec 31, 2026"),
    ),
    "recurring service (frequency of service and billing)": (
        {
            "kind": "recurring_service",
            "service_frequency": "monthly",
            "billing_frequency": "each quarter",
        },
        ("recurring service", "monthly", "each quarter"),
    ),
    "after-the-fact": ({"kind": "after_the_fact"}, ("after the fact",)),
}


def phrases(word: str, start: str, end: str) -> list[str]:
    """What domain.md lists for a word between two texts; what stands in a list's own parentheses
    after ``lines`` are its items."""
    line = next(
        line for line in shared_design("domain.md").splitlines() if line.startswith(f"- **{word}**")
    )
    listed = line.partition(start)[2].partition(end)[0].strip(" .")
    found: list[str] = []
    for item in listed.split("; "):
        inner = re.fullmatch(r"lines \((.*)\)", item)
        found += inner[1].split(", ") if inner else [item]
    return found


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@dataclass
class Walk:
    """Fills forms as people do."""

    send: Send
    payloads: Payloads
    slack: RecordingSlack
    named: dict[str, str]
    times: int = 0

    def real(self, value: Any) -> Any:
        """``@name`` as the id it stands for."""
        if not isinstance(value, str) or "@" not in value:
            return value
        kind, _, name = value.partition("@")
        return kind + self.named[name]

    def click(self, action: Action, id: str, user: str) -> Json:
        self.send(self.payloads.click(action, Target(id=id).pack(), user=user))
        return self.slack.view()

    def turn(self, action: Action, page: str, user: str) -> Json:
        body = self.payloads.click_in_view(action, "", self.slack.view(), user=user)
        body["actions"][0] |= {"type": "static_select", "selected_option": {"value": page}}
        self.send(body)
        return self.slack.view()

    def fill(self, form: Json, values: dict[str, Any], user: str) -> None:
        """Send a form; a name may carry what the screen adds to its block ids."""
        self.times += 1
        ids = {b["block_id"].partition("@")[0]: b["block_id"] for b in inputs(form)}
        typed = {ids[name]: self.real(value) for name, value in values.items()}
        body = self.payloads.submit(form, typed, user=user, view_id=f"W{self.times}")
        answer = self.send(body)
        assert "errors" not in answer, answer


def inputs(form: Json) -> list[Json]:
    return [block for block in form["blocks"] if block["type"] == "input"]


@pytest.fixture
def walk(
    send: Send, payloads: Payloads, slack: RecordingSlack, do: Do, company: Company, shop: Shop
) -> Walk:
    stores = do(SaveCostCentre(code="ST", name="Stores", currency="EUR")).subject_id
    return Walk(send, payloads, slack, {**vars(company), **vars(shop), "stores": stores})


def of_form(entries: dict[str, Entry], form: str) -> dict[str, Any]:
    """Everything that one form takes."""
    found: dict[str, Any] = {}
    for entry in entries.values():
        if entry.form == form:
            found |= entry.values
    return found


def test_everything_domain_md_lists_of_a_work_order_is_entered_and_shown(
    walk: Walk, shop: Shop, transactions: SqlTransactions
) -> None:
    assert phrases("Work order (WO)", "the directive. ", "\n") == list(JOB)
    walk.send(walk.payloads.command(SlashCommand.WO, "", user=TESS))
    walk.turn(Action.MORE_FIELDS, "more", TESS)
    walk.fill(walk.slack.view(), of_form(JOB, "report"), TESS)
    request = rows(transactions, WorkRequest, order="-created_at")[0]
    walk.click(Action.REQUEST_APPROVE, request.id, SUE)
    job = rows(transactions, WorkOrder, work_request_id=request.id)[0].id
    number = rows(transactions, WorkOrder, id=job)[0].number
    walk.fill(walk.click(Action.JOB_ASSIGN, job, SUE), of_form(JOB, "assign"), SUE)
    hours = dict(of_form(JOB, "hours"))
    for page in ("work", "place", "money", "people"):
        walk.click(Action.JOB_CHANGE, job, SUE)
        values = of_form(JOB, page)
        if page == "place":
            values["estimated_hours"] = hours.pop("estimated_hours")
        walk.fill(walk.turn(Action.JOB_CHANGE_PAGE, page, SUE), values, SUE)
    for kind, text in of_form(JOB, "needs").items():
        form = walk.click(Action.JOB_ADD_NEED, job, TESS)
        walk.fill(form, {"kind": kind, "text": text}, TESS)
    walk.click(Action.PARTS_REQUEST, job, TESS)
    walk.fill(walk.slack.view(), {"part_id": shop.seal, "quantity": "1"}, TESS)
    walk.fill(walk.click(Action.JOB_START, job, TESS), {}, TESS)
    walk.fill(walk.click(Action.JOB_LOG_LABOUR, job, TESS), hours, TESS)
    shown = str(walk.click(Action.JOB_DETAILS, job, SUE)["blocks"])
    for phrase, entry in JOB.items():
        for text in entry.shown:
            said = text.replace("WO-1", number.replace("-2026-00000", "-").replace("-2026-", "-"))
            assert said in shown, (phrase, said)


@pytest.fixture
def order(do: Do, company: Company, shop: Shop, transactions: SqlTransactions) -> str:
    """A draft of what the store lacks; its id."""
    asked(do, company, shop, shop.seal, 30)
    return rows(transactions, PurchaseOrder)[0].id


def approved(do: Do, company: Company, order: str, transactions: SqlTransactions) -> None:
    do(SubmitOrder(order_id=order), by=company.bea)
    approval = rows(transactions, Approval, purchase_order_id=order)[-1]
    command = ApproveOrder(
        approval_id=approval.id, revision=approval.revision, content_hash=approval.content_hash
    )
    do(command, by=company.app)


def turned(walk: Walk, order: str, page: str) -> Json:
    walk.click(Action.ORDER_CHANGE, order, BEA)
    return walk.turn(Action.ORDER_CHANGE_PAGE, page, BEA)


def details(walk: Walk, order: str) -> str:
    return str(walk.click(Action.ORDER_DETAILS, order, BEA)["blocks"])


def test_everything_domain_md_lists_of_a_purchase_order_is_entered_and_shown(
    walk: Walk, do: Do, company: Company, order: str, transactions: SqlTransactions
) -> None:
    assert phrases("Purchase order (PO)", ": ", ". Kinds") == list(ORDER)
    for page in ("what", "price", "whom", "dates", "amounts", "terms"):
        walk.fill(turned(walk, order, page), of_form(ORDER, page), BEA)
    approved(do, company, order, transactions)
    walk.click(Action.ORDER_ISSUE, order, BEA)
    walk.fill(walk.click(Action.ORDER_PROMISE, order, BEA), of_form(ORDER, "promise"), BEA)
    shown = details(walk, order)
    for phrase, entry in ORDER.items():
        for text in entry.shown:
            assert text in shown, (phrase, text)


def test_every_kind_of_order_that_domain_md_lists_is_chosen_and_shown(
    walk: Walk, order: str
) -> None:
    kinds = phrases("Purchase order (PO)", "Kinds: ", ". One request")
    assert kinds == list(KINDS)
    assert {values["kind"] for values, _ in KINDS.values()} | {"release"} == set(OrderKind)
    for phrase in (*kinds[1:], kinds[0]):
        values, shown = KINDS[phrase]
        walk.fill(turned(walk, order, "kind"), values, BEA)
        said = details(walk, order)
        for text in shown:
            assert text in said, (phrase, text)


def test_a_release_names_the_blanket_order_it_is_called_off_from(
    walk: Walk, do: Do, company: Company, order: str, transactions: SqlTransactions
) -> None:
    line = LineContent(
        description="Seals of the year",
        quantity=Decimal(90),
        unit="pcs",
        unit_price=Decimal(10),
        cost_centre_id=company.ops,
    )
    content = OrderContent(
        kind=OrderKind.BLANKET,
        vendor_id=walk.named["grainger"],
        currency="EUR",
        blanket_limit_minor=900_00,
        lines=(line,),
    )
    blanket = do(DraftOrder(content=content), by=company.bea).subject_id
    approved(do, company, blanket, transactions)
    do(IssueOrder(order_id=blanket), by=company.bea)
    found = walk.send(walk.payloads.options(Options.BLANKET, "PO", user=BEA))
    assert [one["value"] for one in found["options"]] == [blanket]
    walk.fill(turned(walk, order, "kind"), {"kind": "release", "blanket_id": blanket}, BEA)
    assert "*Called off from*" in details(walk, order)
    approved(do, company, order, transactions)
    assert row(transactions, PurchaseOrder, order).state is OrderState.APPROVED
    said = details(walk, blanket)
    assert "*Called off so far*" in said
    assert "312.50 EUR" in said
