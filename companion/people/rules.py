"""Rules about accounts and signing in."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Collection

from zxcvbn import zxcvbn

from companion.core.access import Role
from companion.core.policy import READING_DAYS
from companion.people.terms import Step

PASSWORD_MIN = 15
PASSWORD_MAX = 128
# Words everybody here would try first; the library brings its list of common passwords.
CONTEXT_WORDS = (
    *("companion", "chihousousei", "chihou", "sousei", "bansou", "shien", "kantei", "naikaku"),
    *("shichouson", "jichitai", "kasumigaseki", "pasuwado", "password", "qwertyuiop", "123456789"),
)
# Guesses that a password must withstand: 10^8 at the pace of Argon2 take years.
PASSWORD_SCORE = 3

STAFF = frozenset({Role.COORDINATOR, Role.AUDITOR})
MINUTE = dt.timedelta(minutes=1)
FRESH = 15 * MINUTE
PENDING = 15 * MINUTE
CODE_LIFE = 10 * MINUTE
CODE_TRIES = 5
CODE_PAUSE = MINUTE
INVITATION_LIFE = dt.timedelta(days=14)
# Failures of one account from one address that cost no waiting, and in one hour of one account
# (for browsers it does not know) or one address.
FREE_FAILURES = 4
ACCOUNT_FAILURES = 20
ADDRESS_FAILURES = 300
HOUR = dt.timedelta(hours=1)


def normal(password: str) -> str:
    """The password in one form, however the keyboard composed its characters."""
    return unicodedata.normalize("NFKC", password)


def password_fault(password: str, *, email: str, words: Collection[str] = ()) -> str | None:
    """Why a password may not be used, as a sentence with the remedy; None when it may."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return (
            f"パスワードは{PASSWORD_MIN}文字以上{PASSWORD_MAX}文字以内にしてください。"
            "覚えやすい単語を四つほど並べる方法をお勧めします。"
        )
    known = [*CONTEXT_WORDS, *email.lower().replace("@", ".").split("."), *words]
    lowered = normal(password).lower()
    rest = lowered
    for word in sorted(filter(None, known), key=len, reverse=True):
        rest = rest.replace(word, "")
    # The estimate takes time that grows with the length: what follows can only make it stronger.
    score = zxcvbn(lowered[:72], user_inputs=known)["score"]
    if score < PASSWORD_SCORE or len(set(lowered)) < 5 or len(rest) < 8:
        return "推測されやすいパスワードです。別の言葉を組み合わせてください。"
    return None


def scope_fault(
    roles: list[Role],
    *,
    lg_code: str | None,
    prefecture_code: str | None,
    ministry_code: str | None,
) -> str | None:
    """What is missing so that a role reaches its own rows only; None when nothing is."""
    if not roles:
        return "役割を一つ以上選んでください。"
    if Role.MUNICIPALITY in roles and not lg_code:
        return "自治体担当者には団体コードが必要です。"
    if Role.PREFECTURE in roles and not prefecture_code:
        return "都道府県の連携窓口には都道府県が必要です。"
    if Role.MINISTRY in roles and not ministry_code:
        return "府省庁の担当窓口には府省庁が必要です。"
    return None


def default_term_end(roles: Collection[Role], today: dt.date) -> dt.date | None:
    """When the term of a new account ends: 3/31, from January on that of the year to come.

    Officials and municipalities serve for a year; the windows of prefectures and ministries, and
    those who run the programme, stay until somebody says otherwise.
    """
    if not {Role.OFFICIAL, Role.MUNICIPALITY} & set(roles) or STAFF & set(roles):
        return None
    return dt.date(today.year + 1, 3, 31)


def is_closed(term_ends_on: dt.date | None, today: dt.date) -> bool:
    """True when the days of reading after a term have passed as well."""
    return term_ends_on is not None and (today - term_ends_on).days > READING_DAYS


def is_of_office(email: str, domains: Collection[str]) -> bool:
    """True when an address belongs to one of these domains; no domains stand for any."""
    domain = email.lower().rpartition("@")[2]
    return not domains or any(domain == one or domain.endswith(f".{one}") for one in domains)


def domain_fault(email: str, domains: Collection[str]) -> str | None:
    """Why an address may not get an account, with the remedy; None when its domain is listed."""
    if is_of_office(email, domains):
        return None
    return (
        f"「{email}」は、登録できる職場のアドレス（{'、'.join(domains)}）ではありません。"
        "職場のアドレスを入力してください。職場のドメインが異なるときは、システムの担当に、設定 "
        "COMPANION_MAIL_DOMAINS への追加を依頼してください。"
    )


def idle_limit(role: Role) -> dt.timedelta:
    """How long a browser may rest before its sign-in ends."""
    return (30 if role in STAFF else 60) * MINUTE


def whole_limit(role: Role) -> dt.timedelta:
    """How long a sign-in lasts at most."""
    return dt.timedelta(hours=8 if role in STAFF else 12)


def steps_allowed(roles: Collection[Role]) -> tuple[Step, ...]:
    """What may follow the password; with several roles the strictest of them decides."""
    own = (Step.PASSKEY, Step.APP, Step.RECOVERY)
    return own if STAFF & set(roles) else (*own, Step.MAIL)


def is_demo_account(email: str) -> bool:
    """True for the accounts that the demo makes: nobody can receive mail at `.test`."""
    return email.endswith("@demo.test")


def pause_after(failures: int) -> dt.timedelta:
    """How long to wait after so many failures of one account from one address.

    One minute, two, four … at most half an hour: about ten guesses in an hour, and never a lock
    that somebody else could put on an account.
    """
    beyond = failures - FREE_FAILURES
    return min(MINUTE * 2 ** (beyond - 1), 30 * MINUTE) if beyond > 0 else dt.timedelta()
