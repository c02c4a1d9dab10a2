"""E-mail over SMTP: one message to one mailbox, and what its outcome means.

Until the message itself is handed over, nothing was sent and another try is harmless. A line that
breaks after that leaves it open whether the vendor has it: such a message is never sent again by
itself, because a second copy of an order may be delivered.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP

from bot.failures import GivenUpError, NotYetError, OutcomeUnknownError
from wopo.config import Settings
from wopo.usecases.health import Check

TIMEOUT = 20.0


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand a message to the mail server.

    Raises ``NotYetError`` for what may work later, ``GivenUpError`` for what the server refuses
    for good, ``OutcomeUnknownError`` when the line broke while it was handed over.
    """
    raw = message.as_bytes(policy=SMTP)
    sender = message["From"].addresses[0].addr_spec
    to = message["To"].addresses[0].addr_spec
    with _connected(settings) as server:
        for code, said in (server.mail(sender), server.rcpt(to)):
            _judge(code, said, to)
        try:
            _judge(*server.data(raw), to)
        except smtplib.SMTPDataError as error:
            _judge(error.smtp_code, error.smtp_error, to)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise OutcomeUnknownError(
                f"the line to {settings.smtp_host} broke while the mail was handed over"
            ) from error


def _judge(code: int, said: bytes | str, to: str) -> None:
    """200s are good, 500s are for good, the rest may pass."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    answer = f"{code} {' '.join(text.split())}"[:200]
    if code >= 500:
        raise GivenUpError(f"the mail server refuses {to}: {answer}")
    if code >= 300:
        raise NotYetError(f"the mail server says: {answer}")


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A server that is ready for a message. Whatever goes wrong before that sends nothing."""
    try:
        server = _greeted(settings)
    except (smtplib.SMTPException, OSError) as error:
        raise NotYetError(
            f"{settings.smtp_host}:{settings.smtp_port} can't be used: "
            f"{type(error).__name__} {error}"[:300]
        ) from error
    try:
        yield server
    except smtplib.SMTPServerDisconnected as error:
        raise NotYetError("the mail server hung up before it took the mail") from error
    finally:
        server.close()


def _greeted(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server


def mail_check(settings: Settings) -> Check:
    """Whether orders can go out by e-mail, for ``wopo doctor``."""
    if not settings.mails:
        return Check("mail", ok=True, sentence="Orders are not sent by e-mail (no WOPO_SMTP_HOST).")
    try:
        with _connected(settings):
            pass
    except NotYetError as error:
        return Check(
            "mail",
            ok=False,
            sentence=f"Orders can't be sent by e-mail: {error}.",
            mend="Check WOPO_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD.",
        )
    return Check("mail", ok=True, sentence=f"{settings.smtp_host} takes our mail.")
