"""Letters: an outbox with a natural unique key, claimed before sending, one recipient each.

What is due to one person on one business day leaves as one mail; only what somebody waits for (a
code, an invitation) leaves at once and alone.
"""

from companion.core.mail.choices import choices_link, choose, read_token, stopped_kinds
from companion.core.mail.kinds import MAY_STOP, LetterKind
from companion.core.mail.mailboxes import (
    AddressRefused,
    FolderMailbox,
    Mailbox,
    NotSent,
    SmtpMailbox,
)
from companion.core.mail.models import Letter, Mail, StoppedLetters
from companion.core.mail.outbox import CUT_OFF, call_off, is_address, post, resolve, unresolved
from companion.core.mail.sending import LetterRefused, LetterSent, deliver_due

__all__ = [
    "CUT_OFF",
    "MAY_STOP",
    "AddressRefused",
    "FolderMailbox",
    "Letter",
    "LetterKind",
    "LetterRefused",
    "LetterSent",
    "Mail",
    "Mailbox",
    "NotSent",
    "SmtpMailbox",
    "StoppedLetters",
    "call_off",
    "choices_link",
    "choose",
    "deliver_due",
    "is_address",
    "post",
    "read_token",
    "resolve",
    "stopped_kinds",
    "unresolved",
]
