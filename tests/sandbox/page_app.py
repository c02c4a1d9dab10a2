"""A small Bolt app that knows nothing of wopo: it tries out what a person can do on the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from slack_sandbox.settings import DEMO_APP_TOKEN, DEMO_BOT_TOKEN
from tests.sandbox.page_samples import Json, button, field, mrkdwn, option, plain, section

PUMPS = ["Pump P-3", "Pump P-4", "Press 12"]
SEED = """
team: {name: Foreign Works, domain: foreign}
people:
  - {name: ann, real_name: Ann Visser, title: Technician, tz: Europe/Amsterdam, locale: en-GB}
  - {name: marco, real_name: Marco Vidal, title: Manager, tz: America/New_York}
apps:
  - name: helper
    commands:
      - {command: /form, description: Everything in one form, usage_hint: "[anything]"}
      - {command: /file, description: Send a photo}
      - {command: /push, description: Two forms on top of each other}
      - {command: /whisper, description: Only you see the answer}
      - {command: /mute, description: Nobody answers this one}
    shortcuts:
      - {name: Report a problem, type: global, callback_id: report, description: Something broke}
      - {name: Make a job, type: message, callback_id: make_job, description: From this message}
channels:
  - {name: general, general: true, members: [everyone, bots], topic: All hands}
  - {name: tools, members: [marco, bots]}
"""


def every_element() -> list[Json]:
    """One input block for every element a modal can hold."""
    halls = [option("Hall 1", "h1"), option("Hall 2", "h2")]
    return [
        field("text", "Title", {"type": "plain_text_input", "max_length": 40}),
        field("more", "Story", {"type": "plain_text_input", "multiline": True}, optional=True),
        field("count", "Count", {"type": "number_input", "is_decimal_allowed": True}),
        field("mail", "Mail", {"type": "email_text_input"}, optional=True),
        field("site", "Site", {"type": "url_text_input"}, optional=True),
        field("rich", "Notes", {"type": "rich_text_input"}, optional=True),
        field("hall", "Hall", {"type": "static_select", "options": halls}),
        field("halls", "Halls", {"type": "multi_static_select", "options": halls}, optional=True),
        field("asset", "Asset", {"type": "external_select", "min_query_length": 1}),
        field("who", "Owner", {"type": "users_select"}, optional=True),
        field("room", "Room", {"type": "conversations_select"}, optional=True),
        field("crew", "Crew", {"type": "multi_users_select"}, optional=True),
        field("safe", "Safety", {"type": "checkboxes", "options": halls}, optional=True),
        field("how", "Urgency", {"type": "radio_buttons", "options": halls}, optional=True),
        field("day", "Day", {"type": "datepicker"}, optional=True),
        field("hour", "Hour", {"type": "timepicker"}, optional=True),
        field("moment", "Moment", {"type": "datetimepicker"}, optional=True),
    ]


def form(title: str, callback_id: str, blocks: list[Json], submit: str = "Send") -> Json:
    return {
        "type": "modal",
        "title": plain(title),
        "callback_id": callback_id,
        "submit": plain(submit),
        "close": plain("Cancel"),
        "blocks": blocks,
    }


def card(title: str) -> list[Json]:
    confirm = {
        "title": plain("Are you sure?"),
        "text": mrkdwn("This spends *money*."),
        "confirm": plain("Yes, approve"),
        "deny": plain("Not yet"),
    }
    more = {
        "type": "overflow",
        "action_id": "more",
        "options": [option("Details"), option("Archive")],
    }
    return [
        section("what", f"*{title}*", accessory=more),
        {
            "type": "actions",
            "block_id": "decide",
            "elements": [
                button("Approve", "approve", style="primary", value=title, confirm=confirm),
                button("Reject", "reject", style="danger", value=title),
                button("Dead end", "nobody_listens"),
            ],
        },
    ]


def home(clicks: int) -> Json:
    press = button("Press", "press")
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "block_id": "top", "text": plain("Waiting for you")},
            section(f"count{clicks}", f"Pressed {clicks} times", accessory=press),
            field("search", "Search", {"type": "plain_text_input"}, dispatch_action=True),
        ],
    }


class ForeignApp:
    """Registers every listener, and keeps what it was told."""

    def __init__(self, api_url: str) -> None:
        client = WebClient(DEMO_BOT_TOKEN, base_url=api_url)
        self.app = App(client=client, token_verification_enabled=False)
        self.submitted: list[Json] = []
        self.actions: list[Json] = []
        self.clicks = 0
        self._commands()
        self._views()
        self._actions()

    def _commands(self) -> None:
        @self.app.command("/form")
        def _form(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            view = form("Everything", "everything", every_element())
            client.views_open(trigger_id=body["trigger_id"], view=view)

        @self.app.command("/file")
        def _file(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            photo = field("photo", "Photo", {"type": "file_input", "max_files": 2})
            client.views_open(trigger_id=body["trigger_id"], view=form("Photo", "photo", [photo]))

        @self.app.command("/push")
        def _push(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            first = field("one", "First", {"type": "plain_text_input"})
            go = {"type": "actions", "block_id": "go", "elements": [button("Next", "next")]}
            view = form("First form", "first", [first, go])
            client.views_open(trigger_id=body["trigger_id"], view=view)

        @self.app.command("/whisper")
        def _whisper(ack: Ack) -> None:
            ack("It stays between us.")

        @self.app.shortcut("report")
        def _report(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            what = field("what", "What is wrong?", {"type": "plain_text_input"})
            client.views_open(
                trigger_id=body["trigger_id"], view=form("Problem", "problem", [what])
            )

        @self.app.shortcut("make_job")
        def _make_job(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            said = body["message"]["text"]
            what = field("what", "Job", {"type": "plain_text_input", "initial_value": said})
            client.views_open(trigger_id=body["trigger_id"], view=form("Job", "job", [what]))

    def _views(self) -> None:
        @self.app.view("everything")
        def _everything(ack: Ack, view: Json, client: WebClient) -> None:
            values = view["state"]["values"]
            if values["count"]["v"]["value"] == "0":
                ack(response_action="errors", errors={"count": "More than nothing, please."})
                return
            ack()
            self.submitted.append(values)
            title = values["text"]["v"]["value"]
            client.chat_postMessage(channel="#general", text=f"New: {title}", blocks=card(title))

        @self.app.view("photo")
        def _photo(ack: Ack, view: Json) -> None:
            ack()
            self.submitted.append(view["state"]["values"])

        @self.app.view("second")
        def _second(ack: Ack, view: Json) -> None:
            text = view["state"]["values"]["two"]["v"]["value"]
            done = form("Second form", "second", [section("done", f"Kept: {text}")])
            ack(response_action="update", view=done)

        @self.app.view("problem")
        @self.app.view("first")
        @self.app.view("job")
        def _any(ack: Ack) -> None:
            ack()

        @self.app.options("v")
        def _assets(ack: Ack, body: Json) -> None:
            typed = body["value"].lower()
            ack(options=[option(name) for name in PUMPS if typed in name.lower()])

    def _actions(self) -> None:
        @self.app.action("next")
        def _next(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            second = field("two", "Second", {"type": "plain_text_input"})
            view = form("Second form", "second", [second])
            client.views_push(trigger_id=body["trigger_id"], view=view)

        @self.app.action("approve")
        def _approve(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            title = body["actions"][0]["value"]
            text = f"*{title}* approved by <@{body['user']['id']}> :white_check_mark:"
            client.chat_update(
                channel=body["channel"]["id"],
                ts=body["message"]["ts"],
                text=text,
                blocks=[section("done", text)],
            )

        @self.app.action("more")
        @self.app.action("reject")
        @self.app.action("v")
        def _noted(ack: Ack, action: Json) -> None:
            ack()
            self.actions.append(action)

        @self.app.action("press")
        def _press(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            self.clicks += 1
            client.views_publish(user_id=body["user"]["id"], view=home(self.clicks))

        @self.app.event("app_home_opened")
        def _opened(event: Json, client: WebClient) -> None:
            if event["tab"] == "home":
                client.views_publish(user_id=event["user"], view=home(self.clicks))

        @self.app.event("message")
        def _heard() -> None:
            return


@contextmanager
def connected(api_url: str) -> Iterator[ForeignApp]:
    """The app on its socket, until the block is left."""
    foreign = ForeignApp(api_url)
    handler: Any = SocketModeHandler(foreign.app, DEMO_APP_TOKEN)
    handler.connect()
    try:
        yield foreign
    finally:
        handler.close()
