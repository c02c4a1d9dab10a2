"""What a person's Home shows of jobs and requests."""

from dataclasses import dataclass
from datetime import date

from wopo.domain.errors import NOT_FOUND
from wopo.domain.people import Person, Role, may_see_costs
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.settings import company
from wopo.usecases.views.job_lists import JobLine, JobList, free_jobs, job_lines, my_jobs
from wopo.usecases.views.work_requests import RequestLine, request_lines

REVIEWS = 10
FREE = 5


@dataclass(frozen=True)
class HomeView:
    """What waits for the person first, then their jobs, then the free jobs they might take."""

    person_id: str
    name: str
    roles: tuple[str, ...]
    locale: str
    timezone: str
    sees_costs: bool
    to_review: tuple[RequestLine, ...]
    more_to_review: bool
    to_approve: tuple[JobLine, ...]
    """Work orders that wait for management's approval."""
    jobs: JobList
    free: JobList | None
    """Free jobs, for technicians; none for others."""


def home_view(uow: UnitOfWork, person_id: str, *, today: date, jobs: int = 10) -> HomeView:
    """The person's own Home. Raises ``NOT_FOUND``. A constant number of queries."""
    person = uow.get(Person, person_id)
    if person is None:
        raise NOT_FOUND(kind="person", wanted=person_id, nearest="")
    reviews, to_approve = [], []
    if person.has(Role.SUPERVISOR):
        store = uow.store(WorkOrderStore)
        reviews = store.to_review(person.site_id, limit=REVIEWS + 1)
        to_approve = store.to_approve(person.site_id, limit=REVIEWS)
    takes = person.has(Role.TECHNICIAN)
    return HomeView(
        person_id=person.id,
        name=person.name,
        roles=tuple(person.roles),
        locale=person.locale,
        timezone=person.timezone,
        sees_costs=may_see_costs(person, company(uow)),
        to_review=request_lines(uow, reviews[:REVIEWS]),
        more_to_review=len(reviews) > REVIEWS,
        to_approve=job_lines(uow, to_approve, reader=person, today=today),
        jobs=my_jobs(uow, person, today=today, limit=jobs),
        free=free_jobs(uow, person, today=today, limit=FREE) if takes else None,
    )
