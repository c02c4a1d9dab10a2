"""Spending under control, clicked on phones: an order beyond its budget, an emergency at night, an
approver on holiday, a purchase at a counter, an invoice before its order, and a split order.

Each story has a week of its own, on one bot and one local workspace.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.sandbox.page_chromium import choose, press, say
from tests.scenarios import town as towns
from tests.scenarios.phones import form_after, newest, row, send
from tests.scenarios.town import (
    FINANCE,
    NORTH,
    SOUTH,
    Town,
    approve,
    ask_for_parts,
    budget_of,
    card,
    photo_in_thread,
    says,
    told_in_thread,
)
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.matching import MatchCode
from wopo.domain.numbers import short
from wopo.domain.on_call import EmergencyReview, ReviewState
from wopo.domain.people import Role
from wopo.domain.purchase_orders import OrderState, Progress, PurchaseOrder
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.budgets import SetBudget
from wopo.usecases.on_call_reviews import AskReviews
from wopo.usecases.people import SavePerson
from wopo.usecases.receipts import CountedLine, PostReceipt

pytestmark = pytest.mark.browser

place, town = towns.place, towns.town
D = Decimal


def test_an_order_beyond_its_budget_waits_until_finance_lets_it_pass(town: Town) -> None:
    desk, year = town.desk, town.now.year
    days = {"starts": date(year, 1, 1), "ends": date(year, 12, 31)}
    town.teller.by("fay", SetBudget(cost_centre="MAINT-S", amount=D(1_500), **days))
    first = _bought_before(town)
    job = town.job("tom", "Light up the whole dock", "D-11")
    tom = desk.page("tom", SOUTH)
    form = ask_for_parts(tom, job, "LED high-bay", "12")
    expect(form.get_by_text("join that order?")).to_contain_text(first)
    assert "EUR" not in form.inner_text()
    desk.photo(tom, "over-budget-request")
    send(form, "Send", "in approval")
    number = short(town.order_for(job).number)

    mira = desk.page("mira", "messages")
    asked = card(mira, number, "1,678.80 EUR")
    says(
        asked, "Elektra Wholesale", "Approved, 100 % without complaint", "Dock leveller 11",
        "Tom Okafor", "Dock leveller 11 this year", "Budget MAINT-S after this", "-458.60 EUR",
        "over-250", "contract C-LED-HB: 139.90, as agreed", "last paid 139.90 EUR",
        f"also open on {first}",
    )  # fmt: skip
    desk.photo(mira, "over-budget-card")
    ask = mira.get_by_role("button", name="Ask to let it pass")
    press(asked.get_by_role("button", name="Approve"), ask)
    says(card(mira, "Only 1,220.20 EUR"), "this needs 1,678.80 EUR", "Nothing was changed")
    press(ask, mira.get_by_text("finance is asked", exact=False))
    desk.photo(mira, "over-budget-refused")

    fay = desk.page("fay", "messages")
    wanted = card(fay, number, "does not fit its budget")
    form = fay.get_by_role("dialog", name="Over budget")
    press(wanted.get_by_role("button", name="Let it pass"), form)
    expect(form).to_contain_text("-458.60 EUR")
    form.get_by_label("Why may it?").fill("Forklifts drive in the dark")
    desk.photo(fay, "over-budget-let")
    send(form, "Let it pass", "may exceed its budget")
    expect(wanted.get_by_role("button")).to_have_count(0)
    says(asked, "May exceed the budget", "Fay Moreau: Forklifts drive in the dark")
    approve(asked, "Approved by Mira Vidal")
    told_in_thread(tom, job.title, f"{number} is approved by Mira Vidal")
    left = budget_of(fay, "MAINT-S")
    says(left, "-458.60 EUR", "1,818.70 EUR", number)
    desk.photo(fay, "over-budget-left")
    town.teller.by("fay", SetBudget(cost_centre="MAINT-S", amount=D(35_000), **days))


def _bought_before(town: Town) -> str:
    """One of two lights for the same machine came, the other is still to come: that order."""
    job = town.job("tom", "Dock light 11 is dark", "D-11")
    (order_id,) = town.teller.request("tom", job.id, {"LED-HB150": 2})
    (line,) = town.teller.order(order_id, "mira")
    counted = CountedLine(line_id=line.id, accepted=D(1))
    town.teller.by("rita", PostReceipt(order_id=order_id, lines=(counted,), delivery_note="DN-1"))
    return short(town.one(PurchaseOrder, id=order_id).number)


def test_an_emergency_at_night_is_approved_on_call_and_reviewed_in_the_morning(town: Town) -> None:
    desk = town.desk
    ada, sue = desk.page("ada", "messages"), desk.page("sue", "messages")
    form = form_after(ada, "/wopo oncall", "On call")
    choose(form, "Who?", "Sue Lindgren")
    choose(form, "Which site?", "Plant North")
    form.get_by_label("Last day").fill(str(town.now.date() + timedelta(days=2)))
    form.get_by_label("Up to, per order").fill("500")
    desk.photo(ada, "night-on-call")
    send(form, "Save", "on call for Plant North")
    expect(card(sue, "You are on call for Plant North")).to_be_visible()

    town.night()
    job = _reported_and_taken(town, desk.page("ann", "home"), sue)
    north = desk.page("ann", NORTH)
    form = ask_for_parts(north, job, "Mechanical seal", "6")
    says(form, "Approver: Mira Vidal", "on call, at any hour: Sue Lindgren")
    desk.photo(north, "night-request")
    send(form, "Send", "in approval")
    number = short(town.order_for(job).number)
    asked, copy = card(sue, number), card(desk.page("mira", "messages"), number)
    says(asked, "emergency", "up to 500.00 EUR; others review it", "Bearings & Seals Bruns",
         "Preferred", "Packing conveyor", "Budget MAINT-N after this", "C-SEAL-M25")  # fmt: skip
    desk.photo(sue, "night-card")
    approve(asked, "Approved by Sue Lindgren")
    expect(copy.get_by_text("Approved by Sue Lindgren", exact=False)).to_be_visible()
    expect(copy.get_by_role("button", name="Approve")).to_have_count(0)
    assert town.order_for(job).state is OrderState.APPROVED

    town.morning()
    town.sweep(AskReviews)
    mira = copy.page
    review = card(mira, number, "Approved on call by Sue Lindgren")
    says(review, "You would have decided about this")
    desk.photo(mira, "night-review")
    press(review.get_by_role("button", name="All right"), review.get_by_text("Mira Vidal agrees"))
    expect(review.get_by_role("button", name="Object")).to_have_count(0)
    assert town.one(EmergencyReview).state is ReviewState.AGREED
    says(budget_of(mira, "MAINT-N"), "Promised", number)
    desk.photo(mira, "night-budget")


def _reported_and_taken(town: Town, ann: Page, sue: Page) -> WorkOrder:
    """Reported by phone, approved by phone, taken and seen to in the site's channel."""
    title = "Packing conveyor drips oil"
    form = ann.get_by_role("dialog", name="New work order")
    press(newest(ann, "New work order"), form)
    form.get_by_label("What is wrong").fill(title)
    choose(form, "Where?", "Hall 2")
    choose(form, "Which machine?", "Packing conveyor")
    form.get_by_label("How soon?").select_option(label="Emergency")
    expect(form.get_by_text("Sue Lindgren decides about it", exact=False)).to_be_visible()
    town.desk.photo(ann, "night-report")
    send(form, "Send", "WR-")
    asked = card(sue, title)
    press(asked.get_by_role("button", name="Approve", exact=True), asked.get_by_text("It is WO-"))
    north = town.desk.page("ann", NORTH)
    job = card(north, title)
    press(job.get_by_role("button", name="Take it"), job.get_by_role("button", name="Start"))
    return town.one(WorkOrder, title=title)


def test_while_an_approver_is_on_holiday_somebody_decides_for_them(town: Town) -> None:
    desk = town.desk
    mira, fay = desk.page("mira", "messages"), desk.page("fay", "messages")
    form = form_after(mira, "/wopo delegate", "Stand-in")
    choose(form, "Who decides for you?", "Fay Moreau")
    form.get_by_label("Last day").fill(str(town.now.date() + timedelta(days=3)))
    form.get_by_label("Why?").fill("Skiing")
    desk.photo(mira, "holiday-stand-in")
    send(form, "Save", "Fay Moreau decides for Mira Vidal")
    expect(card(fay, "You decide about orders for Mira Vidal")).to_be_visible()

    job = town.job("ann", "Hang lights over the compressor", "AC-03")
    ann = desk.page("ann", NORTH)
    form = ask_for_parts(ann, job, "LED high-bay", "2")
    says(form, "Fay Moreau for Mira Vidal")
    desk.photo(ann, "holiday-request")
    send(form, "Send", "in approval")
    number = short(town.order_for(job).number)
    asked = card(fay, number, "Elektra Wholesale")
    says(asked, "You decide for", "Mira Vidal until Friday", "Ann Reyes", "MAINT-N")
    desk.photo(fay, "holiday-card")
    expect(mira.get_by_text(number)).to_have_count(0)
    approve(asked, "Approved by Fay Moreau for Mira Vidal until Friday")
    desk.photo(fay, "holiday-decided")
    told_in_thread(ann, job.title, f"{number} is approved by Fay Moreau for Mira Vidal")
    form = form_after(mira, "/wopo delegate", "Stand-in")
    press(form.get_by_role("button", name="End"), form.get_by_text("somebody else decides"))
    form.get_by_role("button", name="Close").first.click()
    expect(form).to_have_count(0)
    says(budget_of(mira, "MAINT-N"), number)


def test_a_counter_purchase_has_its_number_in_the_shop_and_ends_with_the_photo(town: Town) -> None:
    desk = town.desk
    job = town.job("tom", "Shelf in the parts cage is loose", "FL-05")
    tom, mira = desk.page("tom", "messages"), desk.page("mira", "messages")
    said = _at_the_counter(town, tom, job, "Shelf brackets", "40", "Say this number in the shop")
    desk.photo(tom, "counter-number")
    said.locator(".modal-foot").get_by_role("button", name="Close").click()
    bought = town.order_for(job)
    number = short(bought.number)
    mine = card(tom, number, "Shelf brackets")
    says(mine, "Toolbox Supplies", "Say this number in the shop")
    assert bought.state is OrderState.ISSUED
    expect(mira.get_by_text(number)).to_have_count(0)

    waits = _at_the_counter(town, tom, job, "Ladder", "90", "buy nothing yet")
    says(waits, "more than 100.00 EUR", "Decides: Mira Vidal")
    desk.photo(tom, "counter-waits")
    ladder = short(town.order_for(job).number)
    asked = card(mira, ladder, "90.00 EUR")
    says(asked, "Toolbox Supplies", "over-counter-cap", "no agreed price", "Forklift 5", "MAINT-S")
    desk.photo(mira, "counter-card")
    approve(asked, "Approved by Mira Vidal")
    now = tom.get_by_role("dialog").filter(has_text="Say this number")
    press(waits.get_by_role("button", name="Look again"), now)
    expect(now.get_by_role("heading", name=ladder)).to_be_visible()
    now.locator(".modal-foot").get_by_role("button", name="Close").click()
    expect(card(tom, f"{ladder} is approved by Mira Vidal")).to_be_visible()

    photo_in_thread(tom, mine, f"the till receipt of {number} is complete")
    desk.photo(tom, "counter-photo")
    says(mine, "Nothing is left to do")
    home = desk.page("tom", "home")
    expect(row(home, "till receipt missing")).to_contain_text(ladder)
    desk.photo(home, "counter-home")
    assert town.one(PurchaseOrder, id=bought.id).receipt_progress is Progress.FULL
    left = budget_of(mira, "MAINT-S")
    says(left, "Promised", ladder)
    expect(left).not_to_contain_text(f"{number} Toolbox")


def _at_the_counter(
    town: Town, tom: Page, job: WorkOrder, what: str, amount: str, words: str
) -> Locator:
    form = form_after(tom, f"/po counter {short(job.number)}", "Buy at a counter")
    choose(form, "In whose shop?", "Toolbox")
    form.get_by_label("How much is it?").fill(amount)
    form.get_by_label("What do you buy?").fill(what)
    says(form, "up to 100.00 EUR a day you get the number at once")
    town.desk.photo(tom, "counter-form")
    said = tom.get_by_role("dialog").filter(has_text=words)
    press(form.get_by_role("button", name="Get a number"), said)
    return said


def test_an_invoice_before_its_order_has_a_way_of_its_own(town: Town) -> None:
    """Fay of finance entered the invoice, so the order is asked of Ada, who is in finance too."""
    desk = town.desk
    job = town.job("tom", "Cold room drips", "CR-02")
    billed = town.now.date() - timedelta(days=4)
    fay, ben = desk.page("fay", FINANCE), desk.page("ben", "messages")
    both = frozenset({Role.ADMIN, Role.FINANCE})
    town.teller.by("ada", SavePerson(code="ada", roles=both))
    case = _billed_without_an_order(town, fay, billed)
    _asked_for(town, job, "Evaporator seal")
    number = _ordered_from_coolair(town, ben, job)
    _said_to_come_late(town, ben, number, billed)

    finance, mira = desk.page("ada", "messages"), desk.page("mira", "messages")
    asked = card(finance, number, "340.00 EUR")
    late = (
        "Coolair Refrigeration", "On trial", "After the fact:", "4 days before the order",
        "Nobody knew that an order is needed", "no agreed price", "MAINT-S",
    )  # fmt: skip
    says(asked, *late, "1. finance: Ada Novak, asked now", "Mira Vidal, then")
    desk.photo(finance, "late-card")
    approve(asked, "Approved by Ada Novak")
    second = card(mira, number, "340.00 EUR")
    says(second, *late, "1. finance: Ada Novak, approved")
    approve(second, "Approved by Mira Vidal")
    desk.photo(mira, "late-approved")
    say(ben, f"/po {number}")
    sent = ben.get_by_text(f"{number} is issued to the vendor", exact=False)
    press(newest(ben, "Issue to vendor"), sent, confirm="Issue")
    _arrived(town, number)
    _billed_on_the_order(town, fay, case, number)
    says(budget_of(mira, "MAINT-S"), "Spent", "Promised")


def _billed_without_an_order(town: Town, fay: Page, day: date) -> Locator:
    form = form_after(fay, "/invoice", "Enter invoice")
    choose(form, "Whose is it?", "Coolair")
    paper = fay.get_by_role("dialog").filter(has_text="Its number")
    press(form.get_by_role("button", name="Next"), paper)
    paper.get_by_label("Its number").fill("CR-901")
    paper.get_by_label("Its date").fill(str(day))
    paper.get_by_label("What is billed").fill("Evaporator seal")
    paper.get_by_label("Its price in EUR").fill("340")
    town.desk.photo(fay, "late-invoice")
    send(paper, "Enter", "on hold")
    case = card(fay, "CR-901", "No approved order")
    says(case, "340.00 EUR", "Coolair Refrigeration")
    town.desk.photo(fay, "late-exception")
    return case


def _asked_for(town: Town, job: WorkOrder, what: str) -> None:
    tom = town.desk.page("tom", SOUTH)
    form = form_after(tom, f"/parts {short(job.number)}", "Request parts")
    form.get_by_label("Or in your words").fill(what)
    form.get_by_label("How many?").fill("1")
    expect(form.get_by_text("procurement chooses vendor and price", exact=False)).to_be_visible()
    send(form, "Send", "to buy")


def _ordered_from_coolair(town: Town, ben: Page, job: WorkOrder) -> str:
    """The buyer would send it at once; as the invoice came first, it stays a draft."""
    say(ben, "/po queue")
    need = ben.locator("#main [data-block-id]").filter(has_text=short(job.number)).last
    form = ben.get_by_role("dialog", name="Choose vendor")
    press(need.get_by_role("button", name="Choose vendor"), form)
    choose(form.locator("[data-block-id=vendor_id]"), "Vendor", "Coolair")
    form.get_by_label("Unit price (optional)").fill("340")
    form.get_by_label("Send the order for approval at once").check()
    send(form, "Choose", "CR-901")
    order = town.order_for(job)
    assert order.state is OrderState.DRAFT
    return short(order.number)


def _said_to_come_late(town: Town, ben: Page, number: str, day: date) -> None:
    say(ben, f"/po {number}")
    order = card(ben, number, "Already delivered or billed")
    form = ben.get_by_role("dialog", name="Delivered or billed")
    press(order.get_by_role("button", name="Already delivered"), form)
    form.get_by_label("What came first?").select_option(label="Billed")
    form.get_by_label("On which day?").fill(str(day))
    form.get_by_label("Why does").select_option(label="Nobody knew that an order is needed")
    town.desk.photo(ben, "late-reason")
    send(form, "Save", "after-the-fact order now")
    sent = ben.get_by_text(f"{number} is sent for approval", exact=False)
    press(order.get_by_role("button", name="Send for approval"), sent)


def _arrived(town: Town, number: str) -> None:
    rita = town.desk.page("rita", SOUTH)
    form = form_after(rita, f"/receive {number}", "Receive goods")
    form.get_by_label("accepted", exact=False).first.fill("1")
    send(form, "Book", "GRN-")


def _billed_on_the_order(town: Town, fay: Page, case: Locator, number: str) -> None:
    """Put on its order, then on the order's line; that it came first, who approved can't accept."""
    form = fay.get_by_role("dialog", name="Correct invoice")
    press(case.get_by_role("button", name="Correct invoice"), form)
    choose(form, "Which order does it bill?", number)
    form.get_by_label("What was wrong?").fill("It came before its order")
    send(form, "Correct", "What does not fit")
    expect(card(fay, "No approved order")).to_contain_text("cause gone")
    loose = card(fay, "Line not on the order")
    press(loose.get_by_role("button", name="Correct invoice"), form)
    form.get_by_label("which order line?", exact=False).select_option(index=2)
    form.get_by_label("What was wrong?").fill("It is the order's line")
    send(form, "Correct", "Bought before it was ordered")
    ada = town.desk.page("ada", FINANCE)
    early = card(ada, "Bought before it was ordered")
    form = ada.get_by_role("dialog", name="Accept the difference")
    press(early.get_by_role("button", name="Accept"), form)
    form.get_by_role("button", name="Accept").click()
    says(form, "You are the approver of", "so somebody else must accept the difference")
    town.desk.photo(ada, "late-accept")
    form.get_by_role("button", name="Back").click()
    assert town.one(Invoice, number="CR-901").state is InvoiceState.ON_HOLD
    left = [row.code for row in town.all(ExceptionCase) if row.state is not CaseState.RESOLVED]
    assert left == [MatchCode.AFTER_THE_FACT_PO]


def test_an_order_cut_in_two_is_decided_by_its_sum(town: Town) -> None:
    desk = town.desk
    first = town.job("ann", "Feed pump 101 loses pressure", "P-101")
    second = town.job("ann", "Feed pump 102 loses pressure", "P-102")
    ann, mira = desk.page("ann", NORTH), desk.page("mira", "messages")
    send(ask_for_parts(ann, first, "Impeller", "10"), "Send", "in approval")
    large = short(town.order_for(first).number)
    approve(card(mira, large, "4,120.00 EUR"), "Approved by Mira Vidal")

    send(ask_for_parts(ann, second, "Impeller", "3"), "Send", "in approval")
    small = short(town.order_for(second).number)
    jan = desk.page("jan", "messages")
    asked = card(jan, small, "1,236.00 EUR")
    says(
        asked, "Decided by the sum, 5,356.00 EUR", f"with {large} (4,120.00 EUR)", "within 7 days",
        "Pumptec Service", "Approved", "Ann Reyes", "Feed pump", "contract C-IMP-101: 412.00",
        f"also open on {large}", "Budget MAINT-N after this",
    )  # fmt: skip
    desk.photo(jan, "split-card")
    expect(mira.get_by_text(small)).to_have_count(0)
    form = jan.get_by_role("dialog", name="Reject order")
    press(asked.get_by_role("button", name="Reject"), form)
    form.get_by_label("In your words").fill("One order for both pumps, please")
    desk.photo(jan, "split-reject")
    press(form.get_by_role("button", name="Reject"), asked.get_by_text("Rejected by Jan Kowalski"))
    expect(asked.get_by_role("button", name="Approve")).to_have_count(0)
    told_in_thread(ann, second.title, f"{small} is rejected by Jan Kowalski")
    desk.photo(ann, "split-told")
    left = budget_of(jan, "MAINT-N")
    says(left, large)
    expect(left).not_to_contain_text(small)
