"""The slow work of sending an order: the e-mail to its vendor, and the files to its people."""

from bot.blocks import safe
from bot.failures import GivenUpError, OutcomeUnknownError
from bot.services import Services
from bot.sharing import direct_channel, upload
from wopo.domain.errors import DomainError, Refusal
from wopo.domain.numbers import short
from wopo.domain.outbox import OutboxRow
from wopo.usecases.door import SCHEDULER, Command
from wopo.usecases.execute import execute
from wopo.usecases.order_sending import ATTACH_ORDER, MAIL_ORDER, NoteMailed, NoteMailRefused
from wopo.usecases.views.order_papers import OrderPaper, order_paper

PATIENCE = 30.0
NO_MAIL = Refusal(
    "mail.not_set_up",
    "{number} was not sent by e-mail: {why}. Nothing was changed; its buyer has the files.",
)


def register(services: Services) -> None:
    """Make the two pieces of work known. An e-mail is never repeated on a doubt."""
    services.tasks[MAIL_ORDER] = mail_order
    services.tasks[ATTACH_ORDER] = attach_order
    services.once_only.add(MAIL_ORDER)


def why_no_mail(services: Services, paper: OrderPaper) -> str:
    """Why the order does not go out by e-mail; empty when it does."""
    if not services.settings.mails:
        return "no mail server is set up"
    return "" if paper.vendor.email else f"{paper.vendor.name} has no e-mail address here"


def mail_order(services: Services, row: OutboxRow) -> None:
    """Send the order as it is in force now. What the mail server refuses for good is told to who
    sent it, and is a dead letter."""
    # Loaded here: most companies' bots never send an e-mail.
    from bot.mail import send
    from wopo.writers.order_mail import write_order_mail

    paper = _paper(services, row)
    why = why_no_mail(services, paper)
    if why:
        raise NO_MAIL(number=short(paper.number), why=why)
    try:
        message = write_order_mail(
            paper,
            services.papers(paper, services.settings.fonts_dir).files,
            sender=services.settings.smtp_from,
            at=services.clock(),
            message_id=f"{row.id}.{paper.number}",
            again=bool(row.facts.get("again")),
        )
        send(services.settings, message)
    except (DomainError, GivenUpError) as error:
        said = error.message if isinstance(error, DomainError) else str(error)
        people = tuple(row.facts.get("person_ids") or ())
        refused = NoteMailRefused(
            order_id=paper.id, to=paper.vendor.email, said=_sentence(said), tell_ids=people
        )
        _note(services, row, refused)
        raise GivenUpError(said) from error
    noted = NoteMailed(
        order_id=paper.id, to=paper.vendor.email, message_id=str(message["Message-ID"])
    )
    try:
        _note(services, row, noted)
    except DomainError as error:
        raise OutcomeUnknownError(f"it was sent, and not written down: {error.message}") from error


def attach_order(services: Services, row: OutboxRow) -> None:
    """Bring the files to a person's DM. Prices are on them, so they go into no job's thread."""
    channel = direct_channel(services, row.facts["person_id"])
    if not channel:
        return
    paper = _paper(services, row)
    made = services.papers(paper, services.settings.fonts_dir)
    upload(services, channel, made.files, _comment(services, paper, made.unprintable))


def _paper(services: Services, row: OutboxRow) -> OrderPaper:
    with services.read() as uow:
        return order_paper(uow, row.subject_id)


def _comment(services: Services, paper: OrderPaper, lacking: str) -> str:
    why = why_no_mail(services, paper)
    way = f"Please pass it on: {why}." if why else f"It goes to {paper.vendor.email} by e-mail."
    said = safe(f"{short(paper.number)} for {paper.vendor.name}, as PDF and as UBL. {way}")
    if lacking:
        said += (
            f" The PDF can't show these characters: {lacking[:40]}. An administrator can add a "
            "font (WOPO_FONTS_DIR)."
        )
    return said


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _note(services: Services, row: OutboxRow, command: Command) -> None:
    key = f"mail:{row.id}:{services.new_id()}"  # Another try has another outcome.
    execute(services.door, command, actor=SCHEDULER, key=key, deadline=PATIENCE)
