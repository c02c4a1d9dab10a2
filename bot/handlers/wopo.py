"""``/wopo``: help, the first set-up, settings, and the other words."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice
from bot.blocks import Block, actions, button, context, message, section
from bot.ids import Action, Callback, SlashCommand
from bot.middleware import slack_user
from bot.results import tell_result
from bot.services import Services
from bot.visit import SURFACE, Body, Visit, who_acts
from bot.words import settings, words
from wopo.domain.errors import DomainError
from wopo.domain.identities import check_user
from wopo.domain.lookup import nearest
from wopo.domain.outbox import Mode, OutboxRow
from wopo.usecases.door import ActorRef, Notice
from wopo.usecases.identities import workspace_id
from wopo.usecases.identity_claims import ClaimWorkspace
from wopo.usecases.outbox import QueueTask
from wopo.usecases.settings import channels

CHECK_CHANNELS = "check_channels"
Commands = list[tuple[str, str]]
_COMMANDS: Commands = [
    ("/wo", "report work or find a job: `mine`, `queue`, a number, words"),
    (
        "/parts",
        "request parts for a job by its number; `list 88` where they stand; `stock seal` "
        "what lies where",
    ),
    ("/po", "orders that wait for you; `open`, `queue`, `new`, or a number"),
    ("/po counter", "a number for a purchase in a vendor's shop; with a job's number for that job"),
    ("/po pocket", "ask back what you paid for a job yourself; with a job's number for that job"),
    ("/invoice", "enter a vendor's invoice or credit note; with a PO number its form"),
    ("/receive", "book goods that arrived or confirm a service; with a PO number its form"),
]


def register(app: App, services: Services) -> None:
    """Listen to the command, the settings' form and the button that opens it."""
    services.tasks[CHECK_CHANNELS] = check_channels
    app.command(SlashCommand.WOPO)(_commander(services))
    app.view(Callback.SETTINGS)(save_settings)
    app.action(Action.HOME_SETTINGS)(open_settings)


def _commander(services: Services) -> Any:
    def command(
        ack: Ack, body: Body, key: str, visit: Visit | None, refusal: DomainError | None
    ) -> None:
        word, _, rest = str(body.get("text") or "").strip().partition(" ")
        if word.lower() == "claim":
            ack(**_only_me(claim(services, body, rest, key)))
            return
        if visit is None:
            raise refusal or LookupError("a visit without a person")
        said = answer(visit, body, word.lower(), rest.strip())
        if said is None:
            ack()
        else:
            ack(**_only_me(said))

    return command


def _only_me(said: Block) -> dict[str, Any]:
    return {"response_type": "ephemeral", **said}


def answer(visit: Visit, body: Body, word: str, rest: str) -> Block | None:
    """Do what the word says; an unknown one is answered with the nearest."""
    known = words()
    if word in known:
        return known[word].run(visit, body, rest)
    if word in {"", "help"}:
        return help_screen()
    near = nearest(word, known)
    meant = f" Did you mean `/wopo {near[0]}`?" if near else ""
    return help_screen(f"`/wopo` has no such word.{meant} Nothing was changed.")


def help_screen(before: str = "") -> Block:
    """Everything there is, on one screen."""
    lines = [f"*{name}* – {purpose}" for name, purpose in _COMMANDS]
    lines += [f"*/wopo {word.usage}* – {word.purpose}" for word in words().values()]
    blocks = [
        *([section(before)] if before else []),
        section("\n".join(lines)),
        section(
            "Shortcuts (⚡): *Report a problem*, *Receive goods*; on a message: *Make work order*."
        ),
        *actions([button("New work order", Action.NEW_WORK, "help", style="primary")]),
        context("The app's Home tab shows what waits for you."),
    ]
    return message("What wopo can do", blocks)


def claim(services: Services, body: Body, code: str, key: str) -> Block:
    """The first person with the printed code becomes administrator. Anybody may try, so this is
    the one command without an admitted person; wrong codes are counted."""
    team, user_id = who_acts(body)
    user = slack_user(services, team, user_id)
    with services.read() as uow:
        check_user(user, workspace_id=workspace_id(uow))
    command = ClaimWorkspace(
        workspace_id=user.workspace_id,
        user_id=user_id,
        code=code.strip(),
        name=user.name,
        email=user.email,
        locale=user.locale.replace("-", "_") or "en",
        timezone=user.timezone or "UTC",
    )
    done = services.execute(command, actor=ActorRef(None, SURFACE), key=f"{key}:claim")
    row = actions([button("Choose channels", Action.HOME_SETTINGS, "claim", style="primary")])
    return message(done.message, [section(done.message), *row])


def open_settings(ack: Ack, visit: Visit, body: Body) -> None:
    """The same form by a button."""
    settings.run(visit, body, "")
    ack()


def save_settings(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep the channels; whether the bot is in them is looked up afterwards, since asking Slack
    for each may take longer than it waits."""
    done = visit.do(settings.parse(view, visit.reader.locale))
    visit.do(QueueTask(task=CHECK_CHANNELS), part="check")
    text = f"{done.message} I look whether I am in each of them and write to you if not."
    ack(response_action="update", view=notice(text, title="Channels"))


def check_channels(services: Services, row: OutboxRow) -> None:
    """Tell the administrator in which channels the bot still has to be invited."""
    with services.read() as uow:
        named = sorted(set(channels(uow).values()))
    missing = []
    for channel in named:
        told: Any = services.patient.conversations_info(channel=channel).get("channel") or {}
        if not told.get("is_member"):
            missing.append(f"#{told.get('name', channel)}")
    if not missing:
        return
    text = f"I am not in {', '.join(missing)} yet. Please type /invite @wopo there."
    person_id = str(row.facts["person_id"])
    said = Notice("direct", row.subject_id, f"person:{person_id}", Mode.POST, {"text": text})
    tell_result(services, row, said)
