"""What the form for new work shows before it is sent."""

from dataclasses import dataclass
from enum import StrEnum

from wopo.domain.locations import Intake, Location
from wopo.domain.people import Person
from wopo.usecases.people import supervisors
from wopo.usecases.ports import UnitOfWork


class NextStep(StrEnum):
    """What happens to a request once it is sent."""

    OWN = "own"
    """The reader supervises the site: it is a job at once."""
    QUEUE = "queue"
    """The site takes all work: it is a free job at once."""
    REVIEW = "review"
    """A supervisor of the site decides."""


@dataclass(frozen=True)
class NewWorkView:
    """The place that was chosen or suggested, and what happens next there."""

    location_id: str
    location: str
    site_id: str
    site: str
    step: NextStep | None
    reviewers: tuple[str, ...]


NOWHERE = NewWorkView("", "", "", "", None, ())


def new_work_view(uow: UnitOfWork, reader: Person, location_id: str = "") -> NewWorkView:
    """The named place, else the reader's own site, else the only site there is."""
    location = uow.get(Location, location_id or reader.site_id or "")
    if location is None and not location_id:
        sites = uow.all(Location, parent_id=None, limit=2)
        location = sites[0] if len(sites) == 1 else None
    site = uow.get(Location, location.site_id) if location else None
    if location is None or site is None:
        return NOWHERE
    reviewers = tuple(person.name for person in supervisors(uow, site.id))
    if reader.supervises(site.id):
        step = NextStep.OWN
    else:
        step = NextStep.QUEUE if site.intake is Intake.FIRST_COME else NextStep.REVIEW
    return NewWorkView(location.id, location.name, site.id, site.name, step, reviewers)
