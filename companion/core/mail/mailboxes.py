"""Where mails go: a folder, or a mail server."""

from __future__ import annotations

import hashlib
import os
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol


class NotSent(Exception):
    """It has surely not left and may be tried again; `is_down` when nothing else would leave."""

    def __init__(self, reason: str, *, is_down: bool) -> None:
        super().__init__(reason)
        self.is_down = is_down


class AddressRefused(Exception):
    """The server of the address does not take it, and would not later."""


class Mailbox(Protocol):
    """Where mails go. Any other exception leaves it open whether the mail has left."""

    def send(self, message: EmailMessage) -> None:
        """Raises NotSent, AddressRefused."""


class FolderMailbox:
    """The default: each mail becomes an .eml file that a person can open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:20]
        half = self.folder / f".{name}.{os.getpid()}"
        half.write_bytes(bytes(message))
        half.replace(self.folder / f"{name}.eml")  # whole or not at all


class SmtpMailbox:
    """A mail server of the office (host:port)."""

    def __init__(self, address: str) -> None:
        self.address = address

    def send(self, message: EmailMessage) -> None:
        host, _, port = self.address.partition(":")
        try:
            server = smtplib.SMTP(host, int(port or 25), timeout=30)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(type(error).__name__, is_down=True) from error
        with server:
            try:
                server.send_message(message)
            except smtplib.SMTPRecipientsRefused as refusal:
                _refused(next(iter(refusal.recipients.values()))[0])
            except smtplib.SMTPDataError as refusal:
                _refused(refusal.smtp_code)
            except (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError) as refusal:
                raise NotSent(type(refusal).__name__, is_down=True) from refusal


def _refused(code: int) -> None:
    """Codes from 500 on are final, those below ask for another try (RFC 5321, 4.2.1)."""
    if code >= 500:
        raise AddressRefused(str(code))
    raise NotSent(str(code), is_down=False)
