"""Duties that a small team lets one person do; each use is recorded and reported."""

from collections.abc import Collection

from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.settings import CompanySettings, Duty

SAME_PERSON = Refusal(
    "duty.same_person",
    "You are {had} of {number}, so somebody else must {action} (rule: {rule}). "
    "Nothing was changed; ask {who}.",
    logged=True,
)

DUTY_WORDS: dict[Duty, str] = {
    Duty.REQUESTER: "the requester",
    Duty.APPROVER: "the approver",
    Duty.RECEIVER: "the receiver",
    Duty.INVOICE_APPROVER: "the one who released the invoice",
    Duty.INVOICE_ENTERER: "the one who entered unpaid invoices",
    Duty.BANK_CONFIRMER: "the one who confirmed the bank details",
}


@event("waiver:used")
class WaiverUsed(Event):
    """One person did two duties that are kept apart, under a waiver. ``subject_id`` is the document
    it happened on."""

    number: str
    person_id: str
    duties: list[Duty]
    action: str


def waived(settings: CompanySettings, first: Duty, second: Duty) -> bool:
    """Whether the company lets one person do both duties (in either order)."""
    return (first, second) in settings.waived_pairs or (second, first) in settings.waived_pairs


def kept_apart(
    settings: CompanySettings,
    *,
    person_id: str,
    duty: Duty,
    others: dict[Duty, Collection[str]],
    subject_id: str,
    number: str,
    action: str,
    who: str,
) -> list[WaiverUsed]:
    """Refuse ``duty`` to a person who already had another duty on this document.

    ``others``: who had which duty. Returns the waivers that were needed, to be recorded. Raises
    ``SAME_PERSON`` (domain.md, invariant 2).
    """
    used: list[WaiverUsed] = []
    for had, people in others.items():
        if person_id not in people:
            continue
        if not waived(settings, had, duty):
            rule = f"{had.value} is not {duty.value}".replace("_", " ")
            raise SAME_PERSON(had=DUTY_WORDS[had], number=number, action=action, rule=rule, who=who)
        used.append(
            WaiverUsed(
                subject_id=subject_id,
                number=number,
                person_id=person_id,
                duties=[had, duty],
                action=action,
            )
        )
    return used
