"""Finding what people mean: by number, by any unique tail of it, by code, by name, by words."""

from collections.abc import Sequence

from wopo.domain.errors import NOT_FOUND, DomainError
from wopo.domain.lookup import (
    AMBIGUOUS,
    LABELS,
    PREFIXES,
    TOO_VAGUE,
    Kind,
    Tail,
    did_you_mean,
    looks_like,
    nearest,
    parse_tail,
    searched,
)
from wopo.domain.numbers import document_number, short
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lookup import Found, LookupStore

DOCUMENTS = tuple(PREFIXES)
IMPORTED = (Kind.PURCHASE_ORDER, Kind.RECEIPT)
"""Documents that may carry another system's number."""
SHOWN = 5
"""How many choices are offered."""


def resolve(uow: UnitOfWork, typed: str, *, kinds: Sequence[Kind] = DOCUMENTS) -> Found:
    """The one thing that was meant.

    ``PO-42``, ``po 42``, ``PO-2026-42`` or the full number; ``42`` alone when one of ``kinds``
    has it; codes and names of people and things in any case. Raises ``AMBIGUOUS`` listing the
    choices, else ``NOT_FOUND`` offering the nearest (``facts["choices"]``); never guesses.
    """
    text = typed.strip()
    example = document_number(PREFIXES.get(kinds[0], "WO"), 2026, 42)
    if not any(c.isalnum() for c in text):
        raise TOO_VAGUE(typed=text or "Nothing", example=short(example))
    tail = parse_tail(text)
    found = _by_tail(uow, tail, kinds) if tail else []
    if not found:
        found = _by_name(uow, text, kinds)
    if not found and _is_tail(text):
        found = _by_foreign_tail(uow, text, kinds)
    if len(found) == 1:
        return found[0]
    if found:
        numbers = [one.number for one in found[:SHOWN]]
        raise AMBIGUOUS(typed=text, choices=" or ".join(numbers), numbers=numbers)
    raise _missing(uow, text, kinds)


def offered(refusal: DomainError) -> list[str]:
    """What a refusal of ``resolve`` offers instead, in full, the likeliest first."""
    facts = refusal.facts
    return list(facts.get("numbers") or facts.get("choices") or ())


def _by_tail(uow: UnitOfWork, tail: Tail, kinds: Sequence[Kind]) -> list[Found]:
    """Exact numbers, one per year in which numbers were given out: an index look-up."""
    store = uow.store(LookupStore)
    found: list[Found] = []
    for kind in kinds:
        prefix = PREFIXES.get(kind)
        if prefix is None or tail.prefix not in (None, prefix):
            continue
        years = [tail.year] if tail.year else store.years(prefix)
        numbers = [document_number(prefix, year, tail.sequence) for year in years]
        found.extend(store.with_numbers(kind, numbers) if numbers else [])
    return found


def _by_name(uow: UnitOfWork, text: str, kinds: Sequence[Kind]) -> list[Found]:
    store = uow.store(LookupStore)
    return [one for kind in kinds for one in store.with_name(kind, text, limit=SHOWN)]


def _is_tail(text: str) -> bool:
    """Whether a foreign number may be looked for by its end: three characters say enough."""
    return len(text) >= 3 and any(c.isdigit() for c in text) and " " not in text


def _by_foreign_tail(uow: UnitOfWork, text: str, kinds: Sequence[Kind]) -> list[Found]:
    """Numbers that another system gave (imported orders and receipts) by their end. Numbers of
    our own are never found so: ``PO-42`` must not become PO-142."""
    store = uow.store(LookupStore)
    found = []
    for kind in [kind for kind in kinds if kind in IMPORTED]:
        for one in store.with_tail(kind, text, limit=SHOWN * 4):
            if not one.number.startswith(f"{PREFIXES[kind]}-"):
                found.append(one)
    return found


def _missing(uow: UnitOfWork, text: str, kinds: Sequence[Kind]) -> Exception:
    choices = _nearest(uow, text, kinds)
    kind = LABELS[kinds[0]] if len(kinds) == 1 else _label(text)
    return NOT_FOUND(
        field=None, kind=kind, wanted=text, nearest=did_you_mean(choices), choices=choices
    )


def _label(text: str) -> str:
    """The kind that the prefix names, where several are possible."""
    tail = parse_tail(looks_like(text) or text)
    named = [LABELS[kind] for kind, prefix in PREFIXES.items() if tail and prefix == tail.prefix]
    return named[0] if named else "thing called"


def _nearest(uow: UnitOfWork, text: str, kinds: Sequence[Kind]) -> list[str]:
    """A look-alike that exists, else numbers or names that are close to what was typed."""
    meant = looks_like(text)
    tail = parse_tail(meant) if meant else None
    if tail is not None:
        alike = _by_tail(uow, tail, kinds)
        if alike:
            return [short(one.number) for one in alike[:SHOWN]]
    store = uow.store(LookupStore)
    tail = tail or parse_tail(text)
    if tail is not None:
        return _around(uow, tail, kinds)
    known = [name for kind in kinds for name in store.names(kind, text)]
    return nearest(text, known)


def _around(uow: UnitOfWork, tail: Tail, kinds: Sequence[Kind]) -> list[str]:
    """Numbers that differ by one digit, one digit too many or too few, or two swapped."""
    digits = str(tail.sequence)
    near = {digits[:i] + digits[i + 1 :] for i in range(len(digits))}
    near |= {
        digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)
    }
    near |= {digits[:i] + d + digits[i:] for i in range(len(digits) + 1) for d in "0123456789"}
    near |= {digits[:i] + d + digits[i + 1 :] for i in range(len(digits)) for d in "0123456789"}
    sequences = sorted({int(text) for text in near if text and int(text)} - {tail.sequence})
    store = uow.store(LookupStore)
    found: list[str] = []
    for kind in kinds:
        prefix = PREFIXES.get(kind)
        if prefix is None or tail.prefix not in (None, prefix):
            continue
        years = [tail.year] if tail.year else store.years(prefix)[:2]
        numbers = [document_number(prefix, year, seq) for year in years for seq in sequences]
        found.extend(one.number for one in store.with_numbers(kind, numbers) if numbers)
    return (
        nearest(document_number(tail.prefix or "", tail.year or 0, tail.sequence), found)
        or (found[:3])
    )


def find_jobs(
    uow: UnitOfWork, typed: str, *, limit: int = 20, open_only: bool = False
) -> list[WorkOrder]:
    """Jobs in which every word begins a word of the title, the asset's or the location's name,
    the newest first. Three queries however many jobs there are."""
    words = searched(typed)
    if not words:
        return []
    ids = uow.store(LookupStore).jobs_with(words, limit=limit, open_only=open_only)
    jobs = {job.id: job for job in uow.all(WorkOrder, id=ids)} if ids else {}
    return [jobs[id] for id in ids if id in jobs]
