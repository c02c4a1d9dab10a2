"""The screens: what the desk knows, put into the regions of the page.

A page has five regions (sidebar, main, aside, modals, tabs). The first load carries all of them
in one HTML; afterwards the browser asks for the regions again whenever something changed and
exchanges only the parts whose fingerprint is new.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from slack_sandbox.desk import Desk, DeskError
from slack_sandbox.page.context import Context
from slack_sandbox.page.html import EMPTY, icon
from slack_sandbox.page.messages import avatar, message_list
from slack_sandbox.page.views import home_view, modal_stack

Json = dict[str, Any]
Screen = Literal["home", "dms", "channel", "thread", "app"]
PAGE_OF_MESSAGES = 100
_AM_PM = ("en-US", "en-CA", "en-AU", "en-PH", "en-IN")

templates = Environment(
    loader=PackageLoader("slack_sandbox.page"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals.update(icon=icon, avatar=avatar)


@dataclass(frozen=True)
class Where:
    """What an address of the page points at."""

    screen: Screen
    channel_id: str = ""
    thread_ts: str = ""
    app_id: str = ""
    tab: str = "home"
    limit: int = PAGE_OF_MESSAGES


@dataclass(frozen=True)
class Surroundings:
    """The workspace as one person sees it at one moment."""

    me: Json
    team: Json
    people: list[Json]
    apps: list[Json]
    channels: list[Json]
    context: Context

    def app_of_bot(self, user_id: str | None) -> Json | None:
        return next((app for app in self.apps if app["bot_user_id"] == user_id), None)

    def app(self, app_id: str) -> Json | None:
        return next((app for app in self.apps if app["id"] == app_id), None)

    def channel(self, channel_id: str) -> Json | None:
        return next((one for one in self.channels if one["id"] == channel_id), None)

    def dm_with(self, user_id: str) -> Json | None:
        return next((one for one in self.channels if one.get("user") == user_id), None)

    @property
    def names(self) -> list[Json]:
        """Who can be mentioned: the name to type and the name that is shown."""
        people = [{"name": one["name"], "label": shown_name(one)} for one in self.people]
        return people + [{"name": app["name"], "label": app["name"]} for app in self.apps]


def shown_name(user: Json) -> str:
    """The name Slack shows for a person or a bot."""
    profile = user.get("profile") or {}
    return str(profile.get("display_name") or user.get("real_name") or user.get("name"))


def zone_of(user: Json) -> ZoneInfo:
    """The person's time zone, UTC when the machine does not know it."""
    try:
        return ZoneInfo(str(user.get("tz") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


async def surroundings(desk: Desk, user_id: str) -> Surroundings:
    """Look around for `user_id`. Raises DeskError when there is no such person."""
    me = await desk.user(user_id)
    people, apps, channels = await desk.people(), await desk.apps(), await desk.channels(user_id)
    named = [one for one in channels if one["kind"] != "im"]
    context = Context(
        reader=user_id,
        now=datetime.now(UTC),
        zone=zone_of(me),
        clock_24=str(me.get("locale") or "en-US") not in _AM_PM,
        users={one["id"]: shown_name(one) for one in people},
        bots={app["bot_user_id"]: app["name"] for app in apps},
        channels={one["id"]: one["name"] for one in named},
        direct={one["id"]: one["name"] for one in channels if one["kind"] == "im"},
    )
    return Surroundings(me, await desk.team(), people, apps, channels, context)


class Screens:
    """Draws the regions of a page for one person."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def regions(self, around: Surroundings, where: Where) -> dict[str, Markup]:
        """All five regions by name."""
        stack = await self._desk.modals(around.context.reader)
        main = await self._main(around, where)
        aside = await self._thread(around, where) if where.screen == "thread" else EMPTY
        # The list comes last: drawing a channel marks it as read.
        around = await surroundings(self._desk, around.context.reader)
        offers: Json = {
            "commands": await self._desk.commands(),
            "shortcuts": await self._desk.shortcuts(around.context.reader),
            "names": around.names,
        }
        return {
            "sidebar": self._draw("sidebar.html", around, where),
            "main": main,
            "aside": aside,
            "modals": modal_stack(stack, around.context.within("modal", "", where.channel_id)),
            "tabs": self._draw("tabs.html", around, where, **offers),
        }

    def title(self, around: Surroundings, where: Where) -> str:
        """The title of the browser tab."""
        channel = around.channel(where.channel_id)
        app = around.app(where.app_id)
        place = app["name"] if app else _channel_title(channel) if channel else "Home"
        return f"{place} · {shown_name(around.me)} · {around.team['name']}"

    def _draw(self, template: str, around: Surroundings, where: Where, **more: Any) -> Markup:
        text = templates.get_template(template).render(
            around=around,
            where=where,
            ctx=around.context,
            me=around.me,
            my_name=shown_name(around.me),
            shown_name=shown_name,
            **more,
        )
        return Markup(text)  # noqa: S704  (drawn by an autoescaping template)

    async def _main(self, around: Surroundings, where: Where) -> Markup:
        if where.screen == "app":
            return await self._app(around, where)
        if where.screen in {"channel", "thread"}:
            return await self._channel(around, where)
        commands = await self._desk.commands()
        shortcuts = await self._desk.shortcuts(around.context.reader)
        return self._draw(
            "welcome.html", around, where, commands=commands, shortcuts=shortcuts["global"]
        )

    async def _messages(self, around: Surroundings, where: Where, channel: Json) -> Markup:
        reader = around.context.reader
        messages = await self._desk.messages(reader, channel["id"], limit=where.limit)
        listed = message_list(messages, around.context, channel["id"])
        earlier = len(messages) >= where.limit
        return self._draw(
            "messages.html", around, where, listed=listed, channel=channel, earlier=earlier
        )

    async def _channel(self, around: Surroundings, where: Where) -> Markup:
        channel = around.channel(where.channel_id)
        if channel is None:
            raise DeskError("There is no such conversation, or you are not in it.")
        return self._draw(
            "channel.html",
            around,
            where,
            channel=channel,
            title=_channel_title(channel),
            messages=await self._messages(around, where, channel),
        )

    async def _thread(self, around: Surroundings, where: Where) -> Markup:
        reader = around.context.reader
        messages = await self._desk.thread(reader, where.channel_id, where.thread_ts)
        channel = around.channel(where.channel_id)
        listed = message_list(messages, around.context, where.channel_id, in_thread=True)
        title = _channel_title(channel) if channel else ""
        return self._draw("thread.html", around, where, channel=channel, title=title, listed=listed)

    async def _app(self, around: Surroundings, where: Where) -> Markup:
        channel: Json | None
        app = around.app(where.app_id)
        if app is None:
            raise DeskError("There is no such app here.")
        if where.tab == "messages":
            channel = await self._desk.open_dm(around.context.reader, app["bot_user_id"])
            body = await self._messages(around, where, channel)
        else:
            channel = around.dm_with(app["bot_user_id"])
            view = await self._desk.home(around.context.reader, app["id"])
            body = home_view(view, app["name"], around.context)
        return self._draw("app.html", around, where, app=app, channel=channel, body=body)


def _channel_title(channel: Json) -> str:
    return str(channel["name"]) if channel["kind"] == "im" else f"#{channel['name']}"
