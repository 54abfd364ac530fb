"""Email addresses: one spelling for one mailbox, wherever one is typed."""

from typing import Any

from email_validator import EmailNotValidError, validate_email

#: nothing is asked of the network, and an address is one that any server takes
LAWFUL: dict[str, Any] = {"check_deliverability": False, "allow_smtputf8": False, "globally_deliverable": False}
LONGEST = 254


class NotAnAddress(ValueError):
    """What was typed is no email address; says so in plain words."""


def clean_address(text: str) -> str:
    """The address as it is stored: one spelling for one mailbox. Raises NotAnAddress."""
    try:
        found = validate_email(text.strip(), **LAWFUL)
    except EmailNotValidError:
        raise NotAnAddress("Write an email address, like name@example.org") from None
    address = (found.ascii_email or found.normalized).lower()
    if "." not in found.ascii_domain or len(address) > LONGEST:
        raise NotAnAddress("Write an email address, like name@example.org")
    return address
