"""What declaring and deciding about an out-of-pocket purchase share."""

from wopo.domain.out_of_pocket import OutOfPocket, PocketEnded
from wopo.usecases.door import Answer, Context

SUBJECT = "out_of_pocket"
"""What receipts are hung on, and what the ledger names as the source."""


def held(ctx: Context, purchase_id: str) -> OutOfPocket:
    """The purchase, locked."""
    return ctx.require_locked(OutOfPocket, purchase_id, label="out-of-pocket purchase")


def ended(ctx: Context, purchase: OutOfPocket) -> None:
    """Record that it is not paid back."""
    ctx.record(
        PocketEnded(
            subject_id=purchase.id,
            number=purchase.number,
            work_order_id=purchase.work_order_id,
            person_id=purchase.person_id,
            state=purchase.state,
            reason=purchase.decision_reason,
        )
    )


def answered(purchase: OutOfPocket, message: str) -> Answer:
    """The answer about a purchase."""
    return Answer(subject_id=purchase.id, number=purchase.number, message=message)
