"""Which order is it about? One way in for every form about an order: the command with or without
its number, buttons, and the nearest numbers where what was typed is none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.blocks import Block, actions, button, message, paragraph
from bot.ids import Action
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind
from wopo.usecases.lookup import offered, resolve

OFFERED = 3


def register(_app: App, _services: Services) -> None:
    """Nothing of its own: whoever has a form about an order listens."""


def everybody(_visit: Visit) -> None:
    """No right is needed to open the form."""


@dataclass(frozen=True)
class OrderChoice:
    """``ask`` draws the form that asks for the order, ``form`` the one about it. Buttons:
    ``number`` carries an order's number, ``choose`` nothing. ``check`` refuses who is refused in
    the end."""

    ask: Callable[[], Block]
    form: Callable[[Visit, str], Block]
    number: Action
    choose: Action
    check: Callable[[Visit], None] = everybody

    def command(self, ack: Ack, visit: Visit, body: Body) -> None:
        """Without words: which order; with a number: its form at once."""
        self.check(visit)
        text = str(body.get("text") or "").strip()
        if not text:
            show(visit.services, body, self.ask())
            ack()
            return
        said = self._open(visit, body, text)
        ack(**({"response_type": "ephemeral", **said} if said else {}))

    def by_number(self, ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        """The order that was offered."""
        self.check(visit)
        self._open(visit, body, str(action.get("value")))
        ack()

    def chosen_later(self, ack: Ack, visit: Visit, body: Body) -> None:
        """Shortcuts, and buttons that are about no order in particular."""
        self.check(visit)
        show(visit.services, body, self.ask())
        ack()

    def _open(self, visit: Visit, body: Body, text: str) -> Block | None:
        """Open the order's form; what was meant by an unknown number is offered instead."""
        try:
            with visit.read() as uow:
                found = resolve(uow, text, kinds=(Kind.PURCHASE_ORDER,))
        except DomainError as error:
            return self._nearest(error)
        show(visit.services, body, self.form(visit, found.id))
        return None

    def _nearest(self, error: DomainError) -> Block:
        offers = [button(number, self.number, number) for number in offered(error)[:OFFERED]]
        offers.append(button("Choose an order", self.choose, "choose"))
        return message(error.message, [paragraph(error.message), *actions(offers)])
