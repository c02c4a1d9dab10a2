"""Contact keys: by which a vendor and an employee, or two vendors, are seen to be one (A49).

Only a hash of each fact is kept. Whether two are alike can be asked; what an employee's own account
or address is can't be read from it.
"""

import hashlib
import re
import unicodedata
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field

from wopo.domain.columns import Row, enum_field, id_field

MOST_DIGITS = 9
"""Last digits of a phone number that count: what comes before is a country's or a trunk's code."""
LEAST_DIGITS = 6
LEAST_ADDRESS = 8
"""Fewest letters and digits of an address that tell it from another one."""
_STREET = re.compile(r"(strasse|straße|street|str|st)\b\.?")


class Owner(StrEnum):
    """Whose fact it is."""

    PERSON = "person"
    VENDOR = "vendor"


class ContactFact(StrEnum):
    """What can be alike; the value is how it is called."""

    BANK = "bank account"
    PHONE = "phone"
    ADDRESS = "address"
    EMAIL = "e-mail"
    TAX_ID = "tax id"


class ContactKey(Row, table=True):
    """One fact of one vendor or employee, as a hash of its cleaned form."""

    __tablename__ = "contact_key"
    __table_args__ = (Index("ix_contact_key_alike", "key", "owner"),)

    id: str = id_field()
    owner: Owner = enum_field(Owner)
    owner_id: str = Field(max_length=40, index=True)
    fact: ContactFact = enum_field(ContactFact)
    key: str = Field(max_length=64)


def key_of(fact: ContactFact, said: str | None) -> str | None:
    """The hash of a fact, alike for all ways to write it; none where it says too little."""
    cleaned = _cleaned(fact, unicodedata.normalize("NFKC", said or "").casefold())
    return hashlib.sha256(f"{fact.value}:{cleaned}".encode()).hexdigest() if cleaned else None


def _cleaned(fact: ContactFact, said: str) -> str:
    match fact:
        case ContactFact.PHONE:
            digits = re.sub(r"\D", "", said)
            return digits[-MOST_DIGITS:] if len(digits) >= LEAST_DIGITS else ""
        case ContactFact.ADDRESS:
            text = re.sub(r"[\W_]", "", _STREET.sub("st", said))
            return text if len(text) >= LEAST_ADDRESS else ""
        case ContactFact.EMAIL:
            return said.strip()
        case _:
            return re.sub(r"[\W_]", "", said)
