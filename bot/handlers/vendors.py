"""``/wopo vendor``: a vendor's screen, its form, and the files of its contracts."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import vendors as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.people import SEES_COSTS, roles_text
from wopo.domain.price_agreements import PriceAgreement
from wopo.usecases.vendor_holds import RegardVendor
from wopo.usecases.views.vendors import VendorView, vendor_view


def register(app: App, services: Services) -> None:
    """Listen to the screen's buttons and the two forms."""
    services.redraw[Callback.VENDOR] = redraw
    app.action(Action.VENDOR_CHANGE)(open_change)
    app.action(Action.CONTRACT_FILES)(open_files)
    app.view(Callback.CHANGE_VENDOR)(change)
    app.view(Callback.CONTRACT_FILES)(add_files)


def screen(visit: Visit, vendor_id: str) -> Block:
    """The vendor as it is now, for those who see what things cost."""
    if visit.me is None or not visit.me.has(*SEES_COSTS):
        raise NOT_ALLOWED(action="look at vendors", who=roles_text(SEES_COSTS))
    return forms.build_vendor(_load(visit, vendor_id), visit.reader)


def _load(visit: Visit, vendor_id: str) -> VendorView:
    with visit.read() as uow:
        return vendor_view(uow, vendor_id, today=visit.reader.today)


def open_change(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form with what stands."""
    visit.check_right(RegardVendor)
    vendor = _load(visit, Target.parse(action.get("value")).id)
    show(visit.services, body, forms.build_change(vendor))
    ack()


def open_files(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form for a contract's files."""
    visit.check_right(RegardVendor)
    target = Target.parse(action.get("value"))
    with visit.read() as uow:
        contract = uow.get(PriceAgreement, target.id)
    show(visit.services, body, forms.build_files(target, contract.number if contract else ""))
    ack()


def change(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Change standing and holds; below, the vendor is shown as it is now."""
    answer = visit.do(forms.parse_change(view, visit.reader.locale))
    _done(ack, visit, view, answer.message, Target.parse(view.get("private_metadata")).id)


def add_files(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep the files with the contract."""
    answer = visit.do(forms.parse_files(view, visit.reader.locale))
    _done(ack, visit, view, answer.message, Target.parse(view.get("private_metadata")).seen)


def _done(ack: Ack, visit: Visit, view: dict[str, Any], said: str, vendor_id: str) -> None:
    below = view.get("previous_view_id")
    if not below:
        ack(response_action="update", view=notice(said, title="Vendor"))
        return
    ack()
    with quietly(visit.services):
        redraw(visit, below, vendor_id)


def redraw(visit: Visit, view_id: str, vendor_id: str) -> None:
    """The vendor as it is now."""
    visit.services.slack.views_update(view_id=view_id, view=screen(visit, vendor_id))
