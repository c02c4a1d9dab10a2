"""Finding people by what they may do."""

from abc import ABC, abstractmethod

from wopo.domain.people import Person, Role


class PeopleStore(ABC):
    """Queries about roles and teams."""

    @abstractmethod
    def with_role(self, role: Role, *, site_id: str | None = None) -> list[Person]:
        """Active people with the role, by code; with ``site_id`` only those of that site or of
        every site."""

    @abstractmethod
    def team_ids(self, person_id: str) -> set[str]:
        """The teams the person belongs to."""

    @abstractmethod
    def members(self, team_id: str) -> list[Person]:
        """The active people of a team, by code."""
