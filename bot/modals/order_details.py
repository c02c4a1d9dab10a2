"""Details of an order: every field of it and of its lines, the money for those who may see it."""

from bot.blocks import (
    Block,
    actions,
    context,
    divider,
    facts,
    given,
    header,
    modal,
    moment,
    safe,
    section,
)
from bot.cards.purchase_orders import (
    MORE_VERBS,
    VERBS,
    headline,
    line_state,
    state_text,
    verb_button,
    warnings,
)
from bot.ids import Callback
from bot.metadata import MAX_METADATA, Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.purchase_orders import OrderKind
from wopo.domain.workflow import words
from wopo.usecases.views.purchase_orders import OrderLineView, OrderMoney, OrderView

LINES = 15


def build(view: OrderView, reader: Reader) -> Block:
    """The whole order on one screen, and every verb that the reader may use now."""
    known = [verb for verb in view.verbs if verb in VERBS or verb in MORE_VERBS]
    made = [verb_button(view, verb) for verb in known]
    if made:
        made[0]["style"] = "primary"
    blocks = [
        section(headline(view, reader)),
        *warnings(view),
        *facts(given(_header(view, reader))),
        *actions(made),
        *(_money(view.money, view.discount_label, reader) if view.money else []),
        divider(),
    ]
    for line in view.lines[:LINES]:
        blocks += _line(line, reader)
    if len(view.lines) > LINES:
        blocks.append(context(f"… and {len(view.lines) - LINES} more lines"))
    blocks += _history(view, reader)
    target = Target(id=view.id, rev=view.version)
    return modal(
        Callback.ORDER_DETAILS, short(view.number), blocks, metadata=target.pack(MAX_METADATA)
    )


def _header(view: OrderView, reader: Reader) -> list[tuple[str, str]]:
    return [
        ("State", state_text(view)),
        ("Kind", "" if view.kind is OrderKind.STANDARD else words(view.kind.value)),
        ("Vendor", view.vendor.name),
        ("Currency", view.currency),
        ("Payment terms", view.payment_terms),
        ("Called off from", view.blanket.name if view.blanket else ""),
        ("Ship to", view.ship_to.name if view.ship_to else ""),
        ("Order date", reader.day(view.order_date)),
        ("Valid to", reader.day(view.valid_to)),
        ("Service", view.service_frequency),
        ("Billing", view.billing_frequency),
        ("Buyer", view.buyer.name if view.buyer else ""),
        ("Asked by", ", ".join(person.name for person in view.requesters)),
        ("Waits for", ", ".join(person.name for person in view.asked_of)),
        ("Revision", str(view.revision)),
        ("Approved revision", str(view.approved_revision or "")),
        ("Rule", view.rule),
        ("Without a job", "yes" if view.without_job else ""),
        ("Imported", "yes, approved in the source system only" if view.imported else ""),
    ]


def _money(money: OrderMoney, discount_label: str, reader: Reader) -> list[Block]:
    label = f"Discount ({safe(discount_label)})" if discount_label else "Discount"
    pairs = [
        ("Net", reader.money(money.net)),
        *[(safe(name or code), reader.money(amount)) for code, name, amount in money.charges],
        (label, reader.money(money.discount) if money.discount else ""),
        ("Tax", reader.money(money.tax)),
        ("Total", reader.money(money.total)),
    ]
    blanket = (
        ("Limit of the blanket", money.blanket_limit),
        ("Called off so far", money.called_off),
    )
    pairs += [(name, reader.money(amount)) for name, amount in blanket if amount is not None]
    return [header("Amounts"), *facts(given(pairs))]


def _line(line: OrderLineView, reader: Reader) -> list[Block]:
    what = f"{line.position}. {reader.number(line.quantity)} {safe(line.unit)}"
    text = f"{what} *{safe(line.description)}*\n{safe(line_state(line, reader))}"
    pairs = [*_line_prices(line, reader), *_line_links(line, reader)]
    return [section(text), *facts(given(pairs))]


def _line_prices(line: OrderLineView, reader: Reader) -> list[tuple[str, str]]:
    if line.unit_price is None or line.net is None:
        return []
    label = f"Discount ({safe(line.discount_label)})" if line.discount_label else "Discount"
    currency = line.net.currency
    agreed = reader.price(line.agreed_price, currency) if line.agreed_price is not None else ""
    tax = " ".join([line.tax_code, f"{reader.number(line.tax_percent)} %"]).strip()
    return [
        ("Unit price", reader.price(line.unit_price, currency, per=line.price_per)),
        ("Agreed", " ".join(part for part in (agreed, line.agreement) if part)),
        (label, reader.money(line.discount) if line.discount else ""),
        ("Net", reader.money(line.net)),
        ("Tax", f"{reader.money(line.tax)} ({tax})" if line.tax else ""),
        ("With its share of charges", reader.money(line.share) if line.share != line.net else ""),
    ]


def _line_links(line: OrderLineView, reader: Reader) -> list[tuple[str, str]]:
    deliveries = [f"{reader.number(much)} on {reader.day(day)}" for day, much in line.schedule]
    job = f"{short(line.job.number)} {line.job.title}" if line.job else ""
    return [
        ("Product or service", "service" if line.service else ""),
        ("Part", line.part.name if line.part else ""),
        ("Vendor's number", line.vendor_item),
        ("Job", job),
        ("Requested as", ", ".join(line.requests)),
        ("Cost centre", line.centre.name),
        ("Project", line.project.name if line.project else ""),
        ("Receiver", line.receiver.name if line.receiver else ""),
        ("Deliveries", "; ".join(deliveries)),
        ("Billed", reader.number(line.billed) if line.billed else ""),
        ("Matching", line.match_policy),
    ]


def _history(view: OrderView, reader: Reader) -> list[Block]:
    happened = [
        ("drafted", view.created_at),
        ("approved", view.approved_at),
        ("issued", view.issued_at),
        ("ended", view.closed_at),
    ]
    times = " · ".join(f"{what} {moment(at)}" for what, at in happened if at)
    made = [divider(), context(times)]
    for row in view.history[:6]:
        parts = [
            f"Revision {row.revision}: {row.state}",
            "" if row.total is None else reader.money(row.total),
        ]
        parts += [f"by {row.made_by}" if row.made_by else "", row.reason]
        made.append(context(safe(" · ".join(part for part in parts if part))))
    if view.close_reason:
        made.append(context(safe(view.close_reason)))
    return made
