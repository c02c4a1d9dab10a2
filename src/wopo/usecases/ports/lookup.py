"""Finding things by number, code or words."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wopo.domain.assets import Asset
from wopo.domain.clients import Client
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.locations import Location
from wopo.domain.lookup import Kind
from wopo.domain.part_requests import PartRequest
from wopo.domain.parts import Part
from wopo.domain.people import Person, Team
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.receipts import Receipt
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import WorkRequest


@dataclass(frozen=True)
class Table:
    """Where a kind of thing is kept and which column people call it by."""

    model: Any
    key: str


TABLES: dict[Kind, Table] = {
    Kind.WORK_REQUEST: Table(WorkRequest, "number"),
    Kind.WORK_ORDER: Table(WorkOrder, "number"),
    Kind.PART_REQUEST: Table(PartRequest, "number"),
    Kind.PURCHASE_ORDER: Table(PurchaseOrder, "number"),
    Kind.RECEIPT: Table(Receipt, "number"),
    Kind.EXCEPTION: Table(ExceptionCase, "number"),
    Kind.PERSON: Table(Person, "code"),
    Kind.PART: Table(Part, "number"),
    Kind.VENDOR: Table(Vendor, "code"),
    Kind.LOCATION: Table(Location, "code"),
    Kind.ASSET: Table(Asset, "tag"),
    Kind.COST_CENTRE: Table(CostCentre, "code"),
    Kind.CLIENT: Table(Client, "code"),
    Kind.TEAM: Table(Team, "code"),
    Kind.PROJECT: Table(Project, "code"),
}


@dataclass(frozen=True)
class Found:
    """One thing that was found: its kind, its id, and what people call it."""

    kind: Kind
    id: str
    number: str


class LookupStore(ABC):
    """Bounded queries behind every search."""

    @abstractmethod
    def years(self, prefix: str) -> list[int]:
        """Years in which numbers of this prefix were given out, the newest first."""

    @abstractmethod
    def with_numbers(self, kind: Kind, numbers: Sequence[str]) -> list[Found]:
        """Documents with exactly these numbers."""

    @abstractmethod
    def with_name(self, kind: Kind, typed: str, *, limit: int) -> list[Found]:
        """Things whose code is this in any case, else whose name is this in any case."""

    @abstractmethod
    def with_tail(self, kind: Kind, tail: str, *, limit: int) -> list[Found]:
        """Documents whose number, as another system gave it, ends with this tail."""

    @abstractmethod
    def names(self, kind: Kind, typed: str) -> list[str]:
        """Codes, numbers or names that may be near what was typed; at most some hundreds."""

    @abstractmethod
    def set_words(
        self, subject: str, subject_id: str, words: set[str], *, new: bool = False
    ) -> None:
        """Replace the indexed words of a job, an asset or a location; a ``new`` one has none."""

    @abstractmethod
    def jobs_with(self, words: Sequence[str], *, limit: int, open_only: bool) -> list[str]:
        """Ids of jobs in which every word begins a word of the title, the asset's or the
        location's name, the newest first."""
