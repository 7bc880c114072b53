"""Another secret key in place of the present one: what was sealed, signed and hashed stays good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import select

from companion.commands import cli
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.keys import EARLIER, PRESENT, key_for, secret_keys
from companion.core.mail import LetterKind, choices_link
from companion.core.mail.choices import read_token
from companion.people.factors import is_app_code
from companion.people.models import User
from companion.people.seeds import UnreadableSeed
from companion.surveys.actions import close_round, open_round
from companion.surveys.links import link_of
from companion.surveys.models import Invitation, SealedAnswer
from companion.surveys.queries import answer_sets
from tests.kit.logs import written
from tests.kit.makers import make_official, make_period, make_team, make_user
from tests.kit.pages import Browser
from tests.people.test_signing_in import app_code, is_in, steps, with_app  # noqa: F401
from tests.surveys.test_anonymity import hand_in

KEPT = ("SECRET_KEY", "EARLIER_KEYS", "SECURITY_PASSWORD_SALT")


@pytest.fixture
def keyed(steps: Flask) -> Iterator[Flask]:  # noqa: F811 the fixture
    """The application with the key of a file, and its own keys again afterwards."""
    before = {name: steps.config[name] for name in KEPT}
    folder = Path(steps.instance_path)
    yield steps
    steps.config.update(before)
    (folder / EARLIER).unlink(missing_ok=True)
    (folder / PRESENT).write_text(before["SECRET_KEY"])


def rekey(app: Flask, *words: str) -> dict[str, int]:
    done = app.test_cli_runner().invoke(cli, ["rekey", "--json", *words])
    assert done.exit_code == 0, done.output
    result: dict[str, int] = json.loads(done.output)
    return result


def forget_the_earlier(app: Flask) -> None:
    app.config["EARLIER_KEYS"] = []
    db.session.expire_all()


def test_accounts_come_in_as_before_and_then_without_the_earlier_key(keyed: Flask) -> None:
    user = make_user(Role.COORDINATOR)
    seed, codes = with_app(keyed, user)
    code = app_code(keyed, seed)
    assert rekey(keyed, "--new") == {"new": True, "seeds": 1, "lost": 0, "answers": 0, "earlier": 1}
    assert is_in(Browser(keyed).sign_in(user.email).submit("確認する", code=code))
    assert is_in(Browser(keyed).sign_in(user.email).submit("確認する", code=codes[0]))
    forget_the_earlier(keyed)
    # The password was hashed anew when it was typed, the seed was sealed anew by the command.
    page = Browser(keyed).sign_in(user.email)
    assert page.heading == "本人の確認"
    assert not is_in(page.submit("確認する", code=codes[1])), "its hash is of the earlier key"
    assert app_code(keyed, db.session.get_one(User, user.id).totp_secret or "") == code


def test_sessions_end(keyed: Flask) -> None:
    keyed.config["SECOND_STEP"] = False
    browser = Browser(keyed).sign_in_as(make_user(Role.COORDINATOR))
    assert browser.raw("GET", "/account").status_code == 200
    rekey(keyed, "--new")
    keyed.secret_key = secret_keys()[0]
    assert browser.raw("GET", "/account").status_code == 302


def test_answers_links_and_letters_stay_good(keyed: Flask) -> None:
    make_team(officials=[make_official(ministry_code="mic")])
    with saved():
        survey_round = open_round("official_eval", make_period(), by=None)
    invitation = db.session.scalars(select(Invitation)).one()
    with saved():
        link = link_of(invitation)
    letter = choices_link("a@b.go.jp", [LetterKind.TEAM]).rpartition("/")[2]
    hand_in(invitation, 1)
    sealed = db.session.scalars(select(SealedAnswer.content)).one()
    assert rekey(keyed, "--new")["answers"] == 1
    assert link_of(invitation) == link
    assert read_token(letter) is not None
    forget_the_earlier(keyed)
    anew = db.session.scalars(select(SealedAnswer.content)).one()
    assert (anew == sealed, len(anew)) == (False, len(sealed))
    with saved():
        close_round("official_eval", survey_round.period, by=None)
    assert [one["hours"] for one in answer_sets(survey_round)] == ["1"]
    assert read_token(letter) is None


def test_once_more_changes_nothing(keyed: Flask) -> None:
    with_app(keyed, make_user(Role.COORDINATOR))
    rekey(keyed, "--new")
    stored = db.session.scalars(select(User.totp_secret)).one()
    assert rekey(keyed)["seeds"] == 0
    assert db.session.scalars(select(User.totp_secret)).one() == stored


def test_a_seed_that_was_changed_is_no_seed(keyed: Flask) -> None:
    user = make_user(Role.COORDINATOR)
    seed, _ = with_app(keyed, user)
    code, told = app_code(keyed, seed), json.loads(seed)
    last = told["enckey"]["k"]
    told["enckey"]["k"] = ("A" if last[0] != "A" else "B") + last[1:]
    with saved():
        user.totp_secret = json.dumps(told)
    with pytest.raises(UnreadableSeed):
        app_code(keyed, user.totp_secret or "")
    with written() as log, saved():
        assert not is_app_code(user, code)
    assert "cannot be opened" in log.getvalue()
    assert rekey(keyed)["lost"] == 1


def test_a_seed_of_before_is_sealed_anew_when_it_is_used(keyed: Flask) -> None:
    user = make_user(Role.COORDINATOR)
    seed, _ = with_app(keyed, user)
    plain = keyed.extensions["security"].totp_factory._totp.from_source(seed).key
    before = TOTP.using(secrets={"1": key_for(secret_keys()[0], "totp").hex()})
    with saved():
        user.totp_secret = before(key=plain, format="raw").to_json(encrypt=True)
    code = app_code(keyed, user.totp_secret or "")
    assert is_in(Browser(keyed).sign_in(user.email).submit("確認する", code=code))
    stored = db.session.scalars(select(User.totp_secret)).one() or ""
    assert json.loads(stored)["enckey"]["v"] == 2
    assert app_code(keyed, stored) == code


def test_a_key_of_the_environment_is_the_operators(
    keyed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_SECRET_KEY", "x" * 40)
    done = keyed.test_cli_runner().invoke(cli, ["rekey", "--new"])
    assert done.exit_code == 1
    assert "COMPANION_SECRET_KEY_OLD" in done.output
