"""The photos of receipts: compared by their contents with all that were declared, as soon as slow
work has read them, so that the same photo uploaded again is seen before anything is approved."""

from collections.abc import Iterable

from wopo.domain.attachments import Attachment
from wopo.domain.numbers import short
from wopo.domain.out_of_pocket import OutOfPocket, PocketDeclared, PocketPhotosRead, PocketState
from wopo.domain.people import Person, Role
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.out_of_pocket_documents import SUBJECT, answered, held
from wopo.usecases.out_of_pocket_paybacks import cards
from wopo.usecases.ports.out_of_pocket import PocketStore
from wopo.usecases.ports.outbox import TASK

READ_PHOTOS = "read_pocket_photos"


class NotePhotos(Command):
    """What the photos of a purchase are: ``digests`` is SHA-256 of the contents by the attachment's
    id; ``unread`` says why another could not be read."""

    purchase_id: str
    digests: dict[str, str]
    unread: tuple[str, ...] = ()


@use_case(NotePhotos, roles={Role.ADMIN}, action="note what photos contain", system=True)
def note_photos(command: NotePhotos, ctx: Context) -> Answer:
    """Keep the digests and flag this purchase and every one with the very same photo, where they
    wait. Says the same again for a repeat."""
    purchase = held(ctx, command.purchase_id)
    files = ctx.uow.all(Attachment, subject=SUBJECT, subject_id=purchase.id, order="id")
    for file in files:
        file.sha256 = command.digests.get(file.id, file.sha256)
    ctx.uow.flush()
    twins = _twins(ctx, purchase, {file.sha256 for file in files if file.sha256})
    people = ctx.uow.many(Person, {one.person_id for one in (purchase, *twins)})
    new = [
        f"the photo of the receipt is that of {short(one.number)} of {people[one.person_id].name}"
        for one in twins
    ]
    new += [f"nobody compared the photo with others: {why}" for why in command.unread]
    _flag(purchase, new)
    said = f"the photo of the receipt is that of {short(purchase.number)} of "
    for one in twins:
        _flag(one, [said + people[purchase.person_id].name])
    purchase.photos_read = True
    ctx.record(
        PocketPhotosRead(
            subject_id=purchase.id,
            number=purchase.number,
            twin_ids=[one.id for one in twins],
            unread=list(command.unread),
        )
    )
    return answered(purchase, f"{short(purchase.number)}: {len(twins)} with the same photo.")


def _twins(ctx: Context, purchase: OutOfPocket, digests: set[str]) -> list[OutOfPocket]:
    store = ctx.uow.store(PocketStore)
    return store.with_contents(digests, without=purchase.id) if digests else []


def _flag(purchase: OutOfPocket, new: list[str]) -> None:
    """What is shown now is another version, so that no click on the card before it decides."""
    flags = [*purchase.flags, *(flag for flag in new if flag not in purchase.flags)]
    if purchase.state is PocketState.WAITING and flags != purchase.flags:
        purchase.flags = flags
        purchase.version += 1


@announces(PocketDeclared)
def ask_to_read(event: PocketDeclared, ctx: Context) -> Iterable[Notice]:
    """Slow work reads the photos whose contents nobody knows."""
    purchase = ctx.require(OutOfPocket, event.subject_id, label="out-of-pocket purchase")
    if not purchase.photos_read:
        yield Notice("task", purchase.id, f"{TASK}{READ_PHOTOS}")


@announces(PocketPhotosRead)
def tell_twins(event: PocketPhotosRead, ctx: Context) -> Iterable[Notice]:
    """The cards of what was flagged; finance, where one of two with the same photo is approved."""
    if not event.twin_ids and not event.unread:
        return
    found = ctx.uow.all(OutOfPocket, id=[event.subject_id, *event.twin_ids], order="number")
    for one in found:
        yield from cards(one)
    decided = [one for one in found if one.state in (PocketState.APPROVED, PocketState.PAID_BACK)]
    if event.twin_ids and decided:
        numbers = " and ".join(short(one.number) for one in found)
        done = " and ".join(short(one.number) for one in decided)
        text = f"{numbers} have the very same photo as receipt; {done} is approved already."
        yield Notice("direct", event.subject_id, "setting:finance", facts={"text": text})
