"""The e-mail that brings an order to its vendor: a few plain words, the PDF and the UBL."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from wopo.domain.errors import Refusal
from wopo.usecases.views.order_papers import OrderPaper

BAD_ADDRESS = Refusal(
    "mail.bad_address",
    "{address} is no e-mail address that mail can be sent to. Nothing was sent; "
    "correct it, then send the order once more.",
)


def write_order_mail(
    paper: OrderPaper,
    attached: dict[str, bytes],
    *,
    sender: str,
    at: datetime,
    message_id: str,
    again: bool,
) -> EmailMessage:
    """The message. ``message_id`` stays the same over all tries, so that a mailbox may know a
    second copy; ``sender`` is our own address. Raises ``BAD_ADDRESS``."""
    own = _address(sender, paper.company.name)
    buyer = paper.buyer
    reply_to = buyer.email if buyer and buyer.email else paper.company.email
    message = EmailMessage()
    changed = f", revision {paper.revision}" if paper.revision > 1 else ""
    message["Subject"] = _one_line(
        f"Purchase order {paper.number}{changed} from {paper.company.name}"
    )
    message["From"] = own
    message["To"] = _address(paper.vendor.email, paper.vendor.name)
    if reply_to:
        message["Reply-To"] = _address(reply_to, buyer.name if buyer else paper.company.name)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{own.domain}>"
    message.set_content(_words(paper, again=again))
    for name, raw in attached.items():
        subtype = "pdf" if name.endswith(".pdf") else "xml"
        message.add_attachment(raw, maintype="application", subtype=subtype, filename=name)
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _address(address: str, name: str) -> Address:
    """An address of one mailbox; a line break in it would be a header of somebody else's making."""
    _, bare = parseaddr(address)
    user, _, domain = bare.rpartition("@")
    if not (user and domain) or bare != address.strip() or not domain.isascii():
        raise BAD_ADDRESS(address=address or "An empty text", field="email")
    try:
        return Address(_one_line(name), user, domain)
    except ValueError as error:
        raise BAD_ADDRESS(address=address, field="email") from error


def _words(paper: OrderPaper, *, again: bool) -> str:
    lines = [
        f"Dear {paper.vendor.name},",
        "",
        f"please find attached our purchase order {paper.number} over {paper.total.format()}, "
        f"as PDF and as UBL.",
    ]
    if again:
        lines.append("It was sent before; it is one order, please do not deliver it twice.")
    lines += [
        "Please confirm the dates of delivery, and name the order's number on your invoice.",
        "",
        paper.buyer.name if paper.buyer else "",
        paper.company.name,
    ]
    return "\n".join(lines) + "\n"
