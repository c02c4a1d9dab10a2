"""A small Bolt app that has nothing to do with anybody: orders lunch."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

Json = dict[str, Any]
MANIFEST: Json = {
    "display_information": {"name": "lunch"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/lunch", "description": "Order lunch"}],
        "shortcuts": [
            {"name": "Hungry", "type": "global", "callback_id": "hungry", "description": "-"},
            {"name": "Order this", "type": "message", "callback_id": "this", "description": "-"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "chat:write",
                "commands",
                "files:read",
                "im:history",
                "im:write",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": ["app_home_opened", "app_mention", "message.im", "message.channels"]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
DISHES = ("Soup", "Salad", "Stew")


def plain(text: str) -> Json:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def form(note: str = "") -> Json:
    """The order form."""
    dish = {"type": "external_select", "action_id": "dish", "min_query_length": 1}
    inputs = [
        ("dish", "Dish", dish, False),
        ("note", "Note", {"type": "plain_text_input", "action_id": "note"}, True),
        ("photo", "Photo", {"type": "file_input", "action_id": "photo"}, True),
    ]
    return {
        "type": "modal",
        "callback_id": "order",
        "title": plain("Lunch"),
        "submit": plain("Order"),
        "private_metadata": note,
        "notify_on_close": True,
        "blocks": [
            {
                "type": "input",
                "block_id": block_id,
                "label": plain(label),
                "element": element,
                "optional": optional,
            }
            for block_id, label, element, optional in inputs
        ],
    }


def order_card(dish: str, user_id: str) -> Json:
    """The message that stands for an order."""
    button = {"type": "button", "action_id": "eaten", "value": dish, "text": plain("Eaten")}
    return {
        "text": f"{dish} for <@{user_id}>",
        "blocks": [
            {"type": "section", "text": plain(dish)},
            {"type": "actions", "block_id": "did", "elements": [button]},
        ],
    }


def build(api_url: str, token: str, heard: list[Json], **extra: Any) -> App:
    """The app; every payload it hears goes into `heard`."""
    app = App(
        client=WebClient(token, base_url=api_url),
        process_before_response=True,
        token_verification_enabled=False,
        **extra,
    )

    @app.middleware
    def remember(body: Json, next: Any) -> None:
        heard.append(body)
        next()

    @app.command("/lunch")
    def command(ack: Ack, body: Json, client: WebClient) -> None:
        if body["text"] == "help":
            ack("Type /lunch and choose.")
            return
        client.views_open(trigger_id=body["trigger_id"], view=form(body["channel_id"]))
        ack()

    @app.options("dish")
    def dishes(ack: Ack, body: Json) -> None:
        found = [dish for dish in DISHES if body["value"].lower() in dish.lower()]
        ack(options=[{"text": plain(dish), "value": dish.lower()} for dish in found])

    @app.view("order")
    def order(ack: Ack, body: Json, client: WebClient) -> None:
        view = body["view"]
        dish = view["state"]["values"]["dish"]["dish"]["selected_option"]["value"]
        if dish == "stew":
            ack(response_action="errors", errors={"dish": "Stew is out."})
            return
        card = order_card(dish, body["user"]["id"])
        client.chat_postMessage(channel=view["private_metadata"], **card)
        ack()

    @app.view_closed("order")
    def closed(ack: Ack) -> None:
        ack()

    @app.action("eaten")
    def eaten(ack: Ack, body: Json, client: WebClient) -> None:
        where = body["container"]
        text = f"{body['actions'][0]['value']} was good"
        client.chat_update(channel=where["channel_id"], ts=where["message_ts"], text=text)
        ack()

    @app.shortcut("hungry")
    def hungry(ack: Ack, body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=form())
        ack()

    @app.shortcut("this")
    def this(ack: Ack, respond: Any, body: Json) -> None:
        respond(f"Ordering {body['message']['text']}")
        ack()

    @app.event("app_home_opened")
    def home(body: Json, client: WebClient) -> None:
        blocks = [{"type": "section", "text": plain("Hungry?")}]
        user_id = body["event"]["user"]
        client.views_publish(user_id=user_id, view={"type": "home", "blocks": blocks})

    @app.event("app_mention")
    def mention(say: Any, body: Json) -> None:
        say(text="Yes?", thread_ts=body["event"]["ts"])

    @app.event("message")
    def said(body: Json) -> None:
        heard.append({"said": body["event"]["text"]})

    return app


@contextmanager
def by_socket(app: App, app_token: str) -> Iterator[None]:
    """The app connected by Socket Mode."""
    handler = SocketModeHandler(app, app_token)
    handler.connect()
    try:
        yield
    finally:
        handler.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to say."""


@contextmanager
def by_http(app: App) -> Iterator[str]:
    """The app listening for signed requests; yields its address."""
    handler = SlackRequestHandler(app, path="/slack/events")
    with make_server("127.0.0.1", 0, handler, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/slack/events"
        finally:
            server.shutdown()
            thread.join()
