"""The decisions that a revision needs, as people read them: who, when, and whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wopo.domain.approval_matrix import WORDS, DeciderKind
from wopo.domain.approvals import OPEN_DECISIONS, Approval, ApprovalState
from wopo.domain.cost_centres import CostCentre
from wopo.domain.people import Person
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs_of

MOST_DECISIONS = 60
SHOWN = (*OPEN_DECISIONS, ApprovalState.APPROVED, ApprovalState.REJECTED)
"""What became of a decision that stands in the list; the others were asked again."""


@dataclass(frozen=True)
class StepView:
    """One decision of several. ``wanted``: who must make it, in words; ``people``: who did, or of
    whom it is asked."""

    order_id: str
    step: int
    wanted: str
    state: ApprovalState
    people: tuple[str, ...]
    at: datetime | None
    stands_from: int | None
    """The revision it was made about, where it stands from before a change."""


def steps_of(uow: UnitOfWork, rows: Sequence[Approval]) -> tuple[StepView, ...]:
    """The decisions among these rows that stand, where there are several. One query for names."""
    shown = [row for row in rows if row.decisions > 1 and row.state in SHOWN]
    if not shown:
        return ()
    names = refs_of(
        uow,
        {
            Person: [id for row in shown for id in people_of(row)]
            + [_id(row) for row in shown if row.wanted.startswith("person:")],
            CostCentre: [_id(row) for row in shown if row.wanted.startswith("owner:")],
        },
    )
    return tuple(_step(row, names) for row in sorted(shown, key=lambda row: (row.step, row.id)))


def decisions_on(uow: UnitOfWork, approval: Approval) -> list[Approval]:
    """All decisions about the same revision; only looked for where there are several."""
    if approval.decisions == 1:
        return []
    return uow.all(
        Approval,
        purchase_order_id=approval.purchase_order_id,
        revision=approval.revision,
        order=("step", "id"),
        limit=MOST_DECISIONS,
    )


def _id(row: Approval) -> str:
    return row.wanted.partition(":")[2]


def _step(row: Approval, names: Mapping[str, Ref]) -> StepView:
    asked = row.state in OPEN_DECISIONS
    people = row.eligible_ids if asked else [row.decided_by_id or ""]
    places = row.stand_ins if asked else {row.decided_by_id or "": row.decided_for_id or ""}
    return StepView(
        order_id=row.purchase_order_id,
        step=row.step,
        wanted=wanted_words(row.wanted, names),
        state=row.state,
        people=tuple(in_place(id, places, names) for id in people if id in names),
        at=row.decided_at,
        stands_from=row.stands_from,
    )


def people_of(row: Approval) -> list[str | None]:
    """Everybody a decision names."""
    places = [*row.stand_ins.values(), row.decided_for_id]
    return [*row.eligible_ids, row.decided_by_id, *places]


def in_place(id: str, places: Mapping[str, str], names: Mapping[str, Ref]) -> str:
    """``Max``, or ``Max for Ana`` where he stands in for her."""
    principal = names.get(places.get(id, ""))
    return f"{names[id].name} for {principal.name}" if principal else names[id].name


def wanted_words(wanted: str, names: Mapping[str, Ref]) -> str:
    """``Approval.wanted`` as people read it."""
    kind, _, name = wanted.partition(":")
    if kind == DeciderKind.OWNER:
        return f"owner of {names[name].name}" if name in names else WORDS[DeciderKind.OWNER]
    called = names[name].name if name in names else name
    return WORDS[DeciderKind(kind)].format(name=called)
