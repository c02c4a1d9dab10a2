"""Reading and changing the company's settings."""

from typing import Any

from wopo.domain.events import Event, event
from wopo.domain.outbox import Setting
from wopo.domain.people import Role
from wopo.domain.settings import CompanySettings
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.ports import UnitOfWork

COMPANY = "company"
CHANNELS = "channels"
INVOICES = "invoices"
"""The purpose of the channel where vendors' papers are dropped."""
FINANCE = "finance"
"""The purpose of the channel for what finance must know."""
AUDIT = "audit"
"""The purpose of the channel where the audit trail is anchored; finance's where there is none."""


def company(uow: UnitOfWork) -> CompanySettings:
    """The settings in force; the defaults where nothing was set."""
    row = uow.get(Setting, COMPANY)
    return company_of(row.value if row else None)


def company_of(value: Any) -> CompanySettings:
    """The settings that this value of theirs says; the defaults where there is none."""
    return CompanySettings() if value is None else CompanySettings.model_validate(value)


def channels(uow: UnitOfWork) -> dict[str, str]:
    """Slack channels by what they are for: ``site:<location id>``, ``invoices``, ``finance``,
    ``audit``, ``fallback``."""
    row = uow.get(Setting, CHANNELS)
    return dict(row.value) if row else {}


@event("setting:changed")
class SettingChanged(Event):
    """A company setting has a new value."""

    setting: str
    before: dict[str, Any]
    after: dict[str, Any]


silent(SettingChanged, "settings are shown where they are changed")


class ChangeCompanySettings(Command):
    """Replace some of the company's settings."""

    changes: dict[str, Any]


class SetChannels(Command):
    """Say which Slack channel serves which purpose; an empty channel removes it."""

    channels: dict[str, str]


@use_case(
    ChangeCompanySettings, roles={Role.ADMIN}, action="change the company's settings", system=True
)
def change_company_settings(command: ChangeCompanySettings, ctx: Context) -> Answer:
    """Validate the merged settings and keep them."""
    before = company(ctx.uow).model_dump(mode="json")
    after = CompanySettings.model_validate({**before, **command.changes}).model_dump(mode="json")
    _keep(ctx, COMPANY, before, after)
    return Answer(message="The company's settings are saved.")


@use_case(SetChannels, roles={Role.ADMIN}, action="choose channels", system=True)
def set_channels(command: SetChannels, ctx: Context) -> Answer:
    """Merge the channel map."""
    before = channels(ctx.uow)
    merged = {**before, **command.channels}
    after = {purpose: channel for purpose, channel in merged.items() if channel}
    _keep(ctx, CHANNELS, before, after)
    return Answer(message="The channels are saved.")


def _keep(ctx: Context, name: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    if before == after:
        return
    row = ctx.uow.lock(Setting, name)
    if row is None:
        ctx.uow.add(Setting(name=name, value=after))
    else:
        row.value = after
    ctx.record(SettingChanged(subject_id=name, setting=name, before=before, after=after))
