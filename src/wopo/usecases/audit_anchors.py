"""Anchors: taken once a day, told in a channel and in a file, and held against the chain."""

from collections.abc import Iterable, Iterator

from wopo.domain.anchors import Anchor, ChainAnchored
from wopo.domain.audit import refusal_faults
from wopo.domain.outbox import Mode
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.faults import Fault
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.audit import AuditStore
from wopo.usecases.ports.outbox import TASK
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.settings import AUDIT, FINANCE, channels
from wopo.usecases.sweeps import once

JOB = "anchor"
CARD = "anchor"
WRITE_ANCHOR = "write_anchor"
"""The task that appends a line to the file of anchors."""


class TakeAnchor(Command):
    """Tell the chain's newest entry outside of the database, once a day."""


def anchor(uow: UnitOfWork) -> Anchor:
    """The chain's newest entry and the newest refusal now."""
    store = uow.store(AuditStore)
    head, refusal = store.head(), store.last_refusal()
    return Anchor(head.seq, head.hash, *(refusal or (0, "")))


@use_case(TakeAnchor, action="anchor the audit trail", system=True)
def take_anchor(command: TakeAnchor, ctx: Context) -> Answer:
    """The first tick of a day (UTC) takes the anchor; the others find it taken."""
    day = ctx.at.date()
    if ctx.uow.store(SweepStore).done(JOB, [day.isoformat()]):
        return Answer(message="Today's anchor is taken.", facts={"taken": 0})
    taken = anchor(ctx.uow)
    once(ctx, JOB, day.isoformat())
    ctx.record(
        ChainAnchored(
            subject_id="audit",
            day=day,
            seq=taken.seq,
            hash=taken.hash,
            refusals=taken.refusals,
            refusal_hash=taken.refusal_hash,
        )
    )
    return Answer(message=f"Anchor {taken}.", facts={"taken": 1})


@announces(ChainAnchored)
def tell_anchor(event: ChainAnchored, ctx: Context) -> Iterable[Notice]:
    """To the audit channel, or finance's where there is none, and to the file."""
    chosen = channels(ctx.uow)
    purpose = next((one for one in (AUDIT, FINANCE) if chosen.get(one)), None)
    if purpose is not None:
        text = f"Audit anchor of {event.day}, for wopo audit verify:\n{event.anchor}"
        yield Notice(CARD, event.subject_id, f"setting:{purpose}", Mode.POST, {"text": text})
    line = {"line": f"{event.day} {event.anchor}"}
    yield Notice("task", "audit", f"{TASK}{WRITE_ANCHOR}", facts=line, stream="anchors")


def recorded_anchors(uow: UnitOfWork) -> Iterator[Anchor]:
    """The daily anchors that stand in the chain itself: they bind the refusals to it."""
    for facts in uow.store(AuditStore).facts_of(ChainAnchored.name):
        yield Anchor(facts["seq"], facts["hash"], facts["refusals"], facts["refusal_hash"])


def anchored(uow: UnitOfWork, kept: Iterable[Anchor]) -> Iterator[Fault]:
    """What the chain and the refusals no longer are, by anchors from before."""
    store, known = uow.store(AuditStore), sorted(set(kept), key=lambda one: one.seq)
    hashes = store.hashes_at({one.seq for one in known})
    last = store.head().seq
    for one in known:
        found = hashes.get(one.seq)
        if one.seq == 0 or found == one.hash:
            continue
        if found is None:
            problem = f"the anchor names entry {one.seq}, the chain ends at {last}: its tail is cut"
            yield Fault("chain", f"entry {last + 1}", problem, seq=last + 1)
            break
        problem = "it is not the entry that the anchor was taken of"
        yield Fault("chain", f"entry {one.seq}", problem, seq=one.seq)
    yield from _refusals_anchored(uow, known)


def _refusals_anchored(uow: UnitOfWork, kept: Iterable[Anchor]) -> Iterator[Fault]:
    # Several anchors may name one refusal; each is held against what stands there.
    wanted = {(one.refusals, one.refusal_hash) for one in kept if one.refusals}
    found = uow.store(AuditStore).refusal_seals({seq for seq, _ in wanted})
    for seq, seal in sorted(wanted):
        if found.get(seq) != seal:
            problem = "is missing" if seq not in found else "is not the one it was taken of"
            yield Fault("refusal", f"refusal {seq}", f"an anchor names it; it {problem}")


def refusals(uow: UnitOfWork) -> Iterator[Fault]:
    """The chain of refusals, and the anchors in the audit chain that bind it."""
    store = uow.store(AuditStore)
    for seq, problem in refusal_faults(store.refusal_links(), store.refusals_given()):
        yield Fault("refusal", f"refusal {seq}", problem)
    yield from _refusals_anchored(uow, recorded_anchors(uow))
