"""The Bolt app: middleware, every handler module, one error handler.

Listeners run inline (``process_before_response``): the answer leaves only when the work is
committed or refused, so Slack is never told a success that did not happen (P10). What would take
longer than two seconds is queued.
"""

import logging
import re
from typing import Any

from slack_bolt import Ack, App, BoltResponse
from slack_bolt.authorization import AuthorizeResult

from bot import errors
from bot.handlers import register_all
from bot.middleware import identify
from bot.services import Services
from bot.visit import Body


def build_app(services: Services) -> App:
    """A new app on these services. Makes no call to Slack."""
    log = logging.getLogger("wopo.bolt")
    log.disabled = True  # Bolt warns that the token is ignored; it is not: authorize gives it.
    app = App(
        name="wopo",
        logger=log,
        signing_secret=services.settings.signing_secret.get_secret_value() or "socket mode",
        client=services.slack,
        authorize=_authorizer(services),
        process_before_response=True,
        request_verification_enabled=True,
    )
    log.disabled = False
    app.use(identify(services))
    register_all(app, services)
    _register_rest(app)

    @app.error
    def failed(error: Exception, body: Body) -> BoltResponse:
        return errors.handle(services, error, body)

    return app


def _authorizer(services: Services) -> Any:
    """We are one bot in one workspace: no call to Slack per request."""

    def authorize(**_context: Any) -> AuthorizeResult:
        token = services.slack.token
        return AuthorizeResult(
            enterprise_id=None,
            team_id=services.bot.workspace_id,
            bot_id=services.bot.bot_id,
            bot_user_id=services.bot.user_id,
            bot_token=token,
        )

    return authorize


def _register_rest(app: App) -> None:
    """What nobody listens to is acknowledged: link buttons and inputs that are only read when
    their form is sent would otherwise show a warning, and an event would be delivered again."""
    anything = re.compile(".*", re.DOTALL)

    def nothing(ack: Ack) -> None:
        ack()

    app.action(anything)(nothing)
    app.view_closed(anything)(nothing)
    app.event(anything)(nothing)
