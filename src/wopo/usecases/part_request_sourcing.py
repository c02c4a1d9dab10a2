"""What buyers decide about a need: its vendor and price, or its split over several vendors."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from wopo.domain.errors import REQUIRED
from wopo.domain.money import (
    NEGATIVE,
    PRICE_PLACES,
    checked_decimal,
    minor_digits,
    plain,
)
from wopo.domain.numbers import short
from wopo.domain.part_request_states import ZERO
from wopo.domain.part_requests import (
    ALREADY_CANCELLED,
    NOT_TO_BUY,
    SPLIT_SUM,
    PartLineChanged,
    PartRequest,
    PartRequestLine,
    PriceBasis,
)
from wopo.domain.parts import Part
from wopo.domain.pricing import Offer, PriceBook
from wopo.domain.purchase_orders import OrderState
from wopo.domain.stock import checked_quantity
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.part_request_buying import Purchase, put_on_orders, take_off_drafts
from wopo.usecases.part_request_rules import Need, rulebook
from wopo.usecases.part_request_sending import send
from wopo.usecases.part_request_states import LineStanding, refresh_lines, standing_of
from wopo.usecases.pricing import price_book
from wopo.usecases.purchase_orders import BUYERS


class VendorShare(BaseModel):
    """A part of a need at one vendor. Without a price the agreement's or the last one is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vendor_id: str
    quantity: Decimal
    unit_price: Decimal | None = None
    price_per: Decimal = Decimal(1)
    currency: str = ""


class SetLineVendor(Command):
    """Buy all of a need that is still to be bought at one vendor."""

    line_id: str
    vendor_id: str
    unit_price: Decimal | None = None
    price_per: Decimal = Decimal(1)
    currency: str = ""
    submit: bool = False


class SplitLine(Command):
    """Buy a need at several vendors; the quantities add up to what is to be bought."""

    line_id: str
    shares: tuple[VendorShare, ...]
    submit: bool = False


@use_case(SetLineVendor, roles=BUYERS, action="choose vendors and prices")
def set_line_vendor(command: SetLineVendor, ctx: Context) -> Answer:
    """Choose vendor and price; a draft it already stands on loses it to the new one."""
    line, standing = _to_buy(ctx, command.line_id)
    share = VendorShare(
        vendor_id=command.vendor_id,
        quantity=_left(standing),
        unit_price=command.unit_price,
        price_per=command.price_per,
        currency=command.currency,
    )
    return _source(ctx, line, standing, (share,), submit_now=command.submit)


@use_case(SplitLine, roles=BUYERS, action="split needs over vendors")
def split_line(command: SplitLine, ctx: Context) -> Answer:
    """Choose several vendors for one need."""
    line, standing = _to_buy(ctx, command.line_id)
    if not command.shares:
        raise REQUIRED(field="shares", label="A vendor")
    for share in command.shares:
        checked_quantity(share.quantity, field="shares")
    added = sum((share.quantity for share in command.shares), ZERO)
    if added != _left(standing):
        raise SPLIT_SUM(
            field="shares",
            sum=plain(added),
            unit=line.unit,
            text=line.description,
            left=plain(_left(standing)),
        )
    return _source(ctx, line, standing, command.shares, submit_now=command.submit)


def _to_buy(ctx: Context, line_id: str) -> tuple[PartRequestLine, LineStanding]:
    line = ctx.require_locked(PartRequestLine, line_id, label="request line")
    if line.cancelled:
        raise ALREADY_CANCELLED(text=line.description)
    standing = standing_of(ctx.uow, line)
    if not _left(standing):
        raise NOT_TO_BUY(text=line.description, state=standing.text)
    return line, standing


def _left(standing: LineStanding) -> Decimal:
    """What is still to be bought: on no order yet, or only on drafts."""
    drafts = sum(
        (
            link.allocation.quantity
            for link in standing.links
            if link.order.state is OrderState.DRAFT
        ),
        ZERO,
    )
    return standing.facts().unsourced + drafts


def _source(
    ctx: Context,
    line: PartRequestLine,
    standing: LineStanding,
    shares: tuple[VendorShare, ...],
    *,
    submit_now: bool,
) -> Answer:
    part = ctx.uow.get(Part, line.part_id) if line.part_id else None
    need = Need(line.kind, part, line.description, line.quantity, line.unit, line.needed_by)
    today = ctx.at.date()
    wanted = [need.wanted(share.quantity, today) for share in shares]
    book = price_book(ctx.uow, wanted, vendor_ids=[share.vendor_id for share in shares])
    job = ctx.require(WorkOrder, line.work_order_id, label="work order")
    request = ctx.require(PartRequest, line.part_request_id, label="part request")
    rules = rulebook(ctx.uow, job, today)
    take_off_drafts(ctx, standing)
    purchases = []
    for share, asked in zip(shares, wanted, strict=True):
        agreed = book.from_vendor(share.vendor_id, asked)
        offer = _offer(ctx, book, share, agreed)
        way = rules.ordered(need, share.quantity, offer, book.vendors[share.vendor_id])
        known = agreed.unit_price if agreed.basis is PriceBasis.AGREEMENT else None
        purchases.append(
            Purchase(line, request, share.quantity, offer, way.ruling, known, way.blanket_id)
        )
    before = _chosen(line)
    _choose(line, purchases[0])
    documents = put_on_orders(ctx, job, purchases, rules)
    ctx.record(
        PartLineChanged(
            subject_id=line.id,
            number=request.number,
            work_order_id=job.id,
            before=before,
            after=_chosen(line) | {"shares": [share.model_dump(mode="json") for share in shares]},
        )
    )
    refresh_lines(ctx, [line], aloud=False, told_anyway=True)
    kept = send(ctx, job, documents) if submit_now else []
    goes = f"{line.description} goes on {', '.join(short(one.order.number) for one in documents)}."
    return Answer(
        subject_id=line.id,
        number=request.number,
        message=" ".join([goes, *kept]),
        facts={"order_ids": [document.order.id for document in documents]},
    )


def _offer(ctx: Context, book: PriceBook, share: VendorShare, agreed: Offer) -> Offer:
    """The stated price, else the agreed or last one; refused when nobody knows one."""
    vendor = ctx.require(Vendor, share.vendor_id, label="vendor", field="vendor_id")
    vendor.check_orderable(field="vendor_id")
    if share.unit_price is None:
        if agreed.unit_price is None:
            raise REQUIRED(field="unit_price", label=f"A price of {vendor.name}")
        return agreed
    price = checked_decimal(
        share.unit_price, label="The price", places=PRICE_PLACES, field="unit_price"
    )
    if price < 0:
        raise NEGATIVE(field="unit_price", label="The price", bound="0 or more", typed=plain(price))
    currency = share.currency.strip().upper() or agreed.currency or vendor.currency
    minor_digits(currency)
    same = (agreed.unit_price, agreed.price_per, agreed.currency)
    if same == (price, share.price_per, currency):
        return agreed
    return Offer(
        PriceBasis.STATED,
        vendor.id,
        price,
        checked_quantity(share.price_per, field="price_per", label="The price basis"),
        currency,
        payment_terms=agreed.payment_terms,
    )


def _choose(line: PartRequestLine, purchase: Purchase) -> None:
    offer = purchase.offer
    line.vendor_id, line.agreement_id = offer.vendor_id, offer.agreement_id
    line.unit_price, line.price_per = offer.unit_price, offer.price_per
    line.currency, line.price_basis = offer.currency, offer.basis
    line.rule, line.route = purchase.ruling.rule, purchase.ruling.route
    line.allowed_minor = None
    line.small_minor = line.small_at = line.together_minor = None


def _chosen(line: PartRequestLine) -> dict[str, object]:
    price = plain(line.unit_price) if line.unit_price is not None else None
    return {"vendor_id": line.vendor_id, "unit_price": price, "currency": line.currency}
