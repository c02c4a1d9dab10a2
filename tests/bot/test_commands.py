"""``/wo``, ``/wopo``, App Home, words in the DM, and what Slack tells by itself."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.courier import Courier
from bot.ids import Action, Callback, SlashCommand
from bot.metadata import Target
from bot.services import Services
from tests.conftest import TestClock
from tests.factories.jobs import Company, free_job, rows, started_job
from tests.payloads import Payloads
from tests.slack import BOT_USER, TEAM, RecordingSlack, Trouble
from wopo.db.uow import SqlTransactions
from wopo.domain.locations import Intake
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person, Role
from wopo.usecases.door import Answer
from wopo.usecases.identity_claims import offer_claim_code
from wopo.usecases.locations import SaveLocation
from wopo.usecases.settings import channels
from wopo.usecases.work_requests import ReportWork

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]


@pytest.fixture
def wo(company: Company, send: Send, payloads: Payloads) -> Callable[..., Json]:
    """``wo(text)``: what ``/wo text`` answers."""
    return lambda text, user="U-tess": send(payloads.command(SlashCommand.WO, text, user=user))


@pytest.fixture
def wopo(send: Send, payloads: Payloads) -> Callable[..., Json]:
    """``wopo(text)``: what ``/wopo text`` answers."""
    return lambda text, user="U-tess": send(payloads.command(SlashCommand.WOPO, text, user=user))


def texts_of_buttons(said: Json) -> list[str]:
    found = []
    for block in said["blocks"]:
        elements = [*block.get("elements", []), block.get("accessory", {})]
        found += [e["text"]["text"] for e in elements if e.get("type") == "button"]
    return found


def test_a_number_of_two_years_is_offered_in_full(
    do: Do, company: Company, clock: TestClock, send: Send, payloads: Payloads
) -> None:
    started_job(do, company, title="Pump leaks")
    clock.forward(days=365)
    started_job(do, company, title="Door sticks")
    for command in (SlashCommand.WO, SlashCommand.PARTS):
        offers = texts_of_buttons(send(payloads.command(command, "WO-1", user="U-tess")))
        for number in ("WO-2026-000001", "WO-2027-000001"):
            assert any(number in offer for offer in offers), offers


def test_mine_and_queue_show_each_job_with_its_one_main_button(
    wo: Callable[..., Json], do: Do, company: Company
) -> None:
    started_job(do, company, title="Pump leaks")
    free_job(do, company, title="Door sticks")
    mine, queue = wo("mine"), wo("queue")
    assert (mine["response_type"], texts_of_buttons(mine)) == ("ephemeral", ["Complete"])
    assert "*WO-1* Pump leaks" in str(mine["blocks"])
    assert texts_of_buttons(queue) == ["Take it"]
    assert "Door sticks" in str(queue["blocks"])


@pytest.mark.parametrize("typed", ["1", "WO-1", "wo 1", "WO-2026-000001"])
def test_a_number_shows_that_job(
    wo: Callable[..., Json], do: Do, company: Company, typed: str
) -> None:
    free_job(do, company)
    assert wo(typed)["text"].startswith("WO-1 · Pump leaks")


@pytest.mark.parametrize("typed", ["find pump", "pump leak"])
def test_words_find_jobs(wo: Callable[..., Json], do: Do, company: Company, typed: str) -> None:
    free_job(do, company)
    assert "Pump leaks" in str(wo(typed)["blocks"])


def test_a_look_alike_is_offered_with_a_button_never_guessed(
    wo: Callable[..., Json],
    do: Do,
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    for _ in range(10):
        free_job(do, company)
    said = wo("WO-1O")
    assert "There is no work order WO-1O. Did you mean WO-10?" in said["text"]
    assert texts_of_buttons(said)[0] == "WO-10"
    send(payloads.click(Action.SHOW_JOB, "WO-10", user="U-tess"))
    shown = slack.posted_hooks[-1]
    assert shown["text"].startswith("WO-10 · ")
    assert shown["replace_original"] is True


def test_what_is_found_nowhere_leads_on(wo: Callable[..., Json]) -> None:
    said = wo("zeppelin")
    assert "No job has the words zeppelin" in said["text"]
    assert texts_of_buttons(said) == ["My jobs", "Free jobs", "New work order"]


def test_somebodys_words_in_an_answer_are_harmless(wo: Callable[..., Json]) -> None:
    said = wo("<!channel> <http://bank.example|bank>")
    assert "<!channel>" not in said["text"]
    assert "&lt;!channel&gt;" in said["text"]
    assert all(b["text"]["type"] == "plain_text" for b in said["blocks"] if "text" in b)


def test_help_lists_every_word(wopo: Callable[..., Json], company: Company) -> None:
    said = str(wopo("")["blocks"])
    assert "/wopo settings" in said
    wrong = wopo("setings")
    assert "Did you mean `/wopo settings`?" in str(wrong["blocks"])


@pytest.fixture
def stranger(slack: RecordingSlack) -> str:
    slack.users["U-first"] = {
        "id": "U-first",
        "team_id": TEAM,
        "real_name": "Fran First",
        "locale": "de-DE",
        "tz": "Europe/Berlin",
        "profile": {"email": "fran@example.org"},
    }
    return "U-first"


def test_the_first_person_with_the_code_becomes_administrator(
    services: Services,
    wopo: Callable[..., Json],
    stranger: str,
    transactions: SqlTransactions,
) -> None:
    code = offer_claim_code(services.door)
    assert "does not know you" in wopo("help", stranger)["text"]
    assert "not the code" in wopo("claim AAAA-BBBB-CCCC", stranger)["text"]
    welcome = wopo(f"claim {code}", stranger)
    assert "Welcome, Fran First" in welcome["text"]
    assert texts_of_buttons(welcome) == ["Choose channels"]
    fran = rows(transactions, Person)[0]
    assert (fran.has(Role.ADMIN), fran.locale, fran.timezone) == (True, "de_DE", "Europe/Berlin")
    assert "What wopo can do" in wopo("help", stranger)["text"]
    assert "administrator already" in wopo(f"claim {code}", stranger)["text"]
    assert offer_claim_code(services.door) is None


def test_channels_are_chosen_in_a_form_and_missing_membership_is_told_afterwards(
    wopo: Callable[..., Json],
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    services: Services,
    courier: Courier,
    deliver: Callable[[], int],
) -> None:
    assert "do not have the right" in wopo("settings", "U-tess")["text"]
    assert wopo("channels", "U-ann") == {}
    form = slack.view()
    assert form["callback_id"] == Callback.SETTINGS
    values = {f"site:{company.north}": "C7", f"site:{company.harbour}": None, "finance": "C8"}
    answer = send(payloads.submit(form, values, user="U-ann"))
    assert answer["response_action"] == "update"
    with services.read() as uow:
        assert channels(uow) == {f"site:{company.north}": "C7", "finance": "C8"}
    slack.troubles.clear()
    slack.do_conversations_info = lambda a: {  # type: ignore[method-assign]
        "channel": {"id": a["channel"], "name": "finance", "is_member": a["channel"] == "C7"}
    }
    assert courier.deliver_next(tasks=True)
    deliver()
    assert "I am not in #finance yet" in slack.messages["DU-ann"][0]["text"]


def test_home_has_what_waits_first_then_my_jobs(
    company: Company, do: Do, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    do(ReportWork(title="Lamp broken", location_id=company.north), by=company.rob)
    started_job(do, company)
    for who, wanted in (
        ("U-sue", ["Approve", "Reject", "New work order"]),
        ("U-tess", ["Complete", "New work order"]),
        ("U-rob", ["New work order"]),
        ("U-aud", []),
    ):
        send(payloads.event({"type": "app_home_opened", "user": who, "tab": "home"}))
        home = slack.of("views.publish")[-1]
        assert home["user_id"] == who
        assert texts_of_buttons(home["view"]) == wanted, who


def test_a_click_in_home_acts_and_home_is_drawn_anew(
    company: Company, do: Do, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    job = free_job(do, company)
    home = {"type": "home", "blocks": []}
    send(payloads.click_in_view(Action.JOB_TAKE, Target(id=job).pack(), home, user="U-tess"))
    assert texts_of_buttons(slack.view()) == ["Start", "New work order"]


def test_a_refused_click_in_home_is_a_small_screen(
    company: Company, do: Do, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    job = started_job(do, company)
    home = {"type": "home", "blocks": []}
    send(payloads.click_in_view(Action.JOB_TAKE, Target(id=job).pack(), home, user="U-tom"))
    assert slack.of("views.open")[-1]["view"]["callback_id"] == Callback.NOTICE
    assert "Tess Technician already has" in str(slack.view())


def test_words_in_the_dm_show_the_job(
    company: Company, do: Do, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    free_job(do, company)
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U-tess"}
    send(payloads.event({**event, "text": "WO-1", "ts": "1.1"}))
    send(payloads.event({**event, "text": "?", "ts": "1.2"}))
    texts = [m["text"] for m in slack.messages["D1"]]
    assert texts[0].startswith("WO-1 · Pump leaks")
    assert texts[1] == "What wopo can do"


def test_being_let_into_a_channel_sends_what_waited(
    company: Company,
    do: Do,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    deliver: Callable[[], int],
    clock: TestClock,
) -> None:
    slack.trouble("chat.postMessage", Trouble(error="not_in_channel", channel="C1"))
    free_job(do, company)
    deliver()
    assert slack.messages["C1"] == []
    joined = {"type": "member_joined_channel", "user": BOT_USER, "channel": "C1"}
    send(payloads.event(joined))
    clock.forward(seconds=3)
    deliver()
    assert slack.messages["C1"][0]["text"].startswith("WO-1 · ")


def test_after_an_uninstall_the_outbox_waits(
    company: Company,
    do: Do,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    deliver: Callable[[], int],
    clock: TestClock,
    transactions: SqlTransactions,
) -> None:
    send(payloads.event({"type": "app_uninstalled"}))
    free_job(do, company)
    assert deliver() == 0
    assert slack.calls == []
    clock.forward(seconds=61)
    assert deliver() > 0
    assert all(row.attempts <= 1 for row in rows(transactions, OutboxRow))


def test_the_form_tells_a_single_site_company_its_place(
    do: Do, send: Send, payloads: Payloads, slack: RecordingSlack, company: Company
) -> None:
    do(SaveLocation(code="HARBOUR", name="Harbour", intake=Intake.REVIEW))
    send(payloads.command(SlashCommand.WO, "", user="U-sue"))
    place = next(b for b in slack.view()["blocks"] if b.get("block_id") == "location_id")
    assert place["element"]["initial_option"]["text"]["text"] == "North works"
