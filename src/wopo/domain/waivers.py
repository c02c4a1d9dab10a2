"""Waivers: duties that a small team lets one person do, each use written down.

Requester, approver, receiver and invoice approver are distinct (domain.md, invariant 2). A company
may waive a pair in its settings; every use is an event of its own, logged and reported.
"""

from wopo.domain.events import Event, event
from wopo.domain.settings import CompanySettings, Duty


@event("waiver:used")
class WaiverUsed(Event):
    """One person did both duties on a document. ``subject_id`` is the document's id."""

    document: str
    number: str
    person_id: str
    first: Duty
    second: Duty


def waived(settings: CompanySettings, first: Duty, second: Duty) -> bool:
    """Whether the company lets one person do both duties, in whichever order it wrote them."""
    return bool({(first, second), (second, first)} & settings.waived_pairs)
