"""Extension, lateness, calls and the states a coordinator decides."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from companion.core.access import Role
from companion.core.db import db, saved
from companion.surveys.actions import open_round
from companion.surveys.models import Invitation
from tests.kit.makers import make_official, make_period, make_team, make_user
from tests.kit.pages import Browser


def test_a_respondent_is_followed(app: Flask) -> None:
    make_period()
    team = make_team(officials=[make_official(ministry_code=c) for c in ("mic", "maff", "meti")])
    with saved():
        opened = open_round("municipality_eval", team.period, by=None)
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get(f"/rounds/{opened.public_id}").follow("電話一覧")
    (row,) = page.table()
    assert row["状態"] == "送付済"
    page = page.follow(row["回答者"])
    wrong = page.submit("記録する", until="2025-09-03")
    assert wrong.errors == ["延長後の締切は、いまの締切より後の日時にしてください。"]
    page = wrong.submit("記録する", until="2025-10-31", call_note="来週提出", state="declined")
    assert page.facts["状態"] == "辞退"
    assert page.facts["締切"].endswith("（延長）")
    assert page.facts["最後の電話"].endswith("来週提出")
    one = db.session.scalars(select(Invitation)).one()
    assert one.due_at > opened.closes_at
    assert browser.get(f"/rounds/{opened.public_id}/calls").has("table") is False
    user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    town = Browser(app).sign_in_as(user)
    assert "辞退の連絡を受け付けています。" in town.get(f"/answer/{one.public_id}").text()
    page = page.submit("記録する", until="", state="sent")
    assert page.facts["状態"] == "送付済"
