"""Changes during the year: who leaves, who comes instead and why, pauses, the hand-over."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from companion.activities.models import Guest
from companion.activities.terms import GuestSide
from companion.applications.models import Official
from companion.applications.terms import OfficialState
from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, saved
from companion.inquiries.actions import Question, ask_secretariat
from companion.inquiries.terms import InquiryKind
from companion.people.models import User
from companion.teamreports.actions import begin_report
from companion.teamreports.terms import ReportKind
from companion.teams.models import Team
from companion.teams.terms import TeamState
from tests.conftest import MOMENT
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_next_action,
    make_official,
    make_period,
    make_team,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser, Page


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(
        make_challenge(make_municipality("あさひ見本町"), fields=("tourism",)),
        [
            make_official("青山 一", ministry_code="mlit", can_lead=True),
            make_official("石橋 二", ministry_code="maff", fields=("digital",), can_lead=False),
            make_official("上原 三", ministry_code="caa", fields=("digital",), can_lead=False),
        ],
    )


@pytest.fixture
def reserves(team: Team) -> dict[str, Official]:
    """An expert, a beginner, and one whose ministry serves in the team already."""
    waiting = {"state": OfficialState.NOT_ASSIGNED, "has_consent": True, "can_lead": True}
    return {
        "expert": make_official("得意 人", ministry_code="meti", fields=("tourism",), **waiting),
        "other": make_official("別 分野", ministry_code="env", fields=("digital",), **waiting),
        "same": make_official("同じ 省", ministry_code="maff", fields=("tourism",), **waiting),
    }


def opened(app: Flask, path: str, user: User | None = None) -> Page:
    return Browser(app).sign_in_as(user or make_user(Role.COORDINATOR)).get(path)


def leave(app: Flask, team: Team, position: int = 0, day: str = "2025-09-30") -> Page:
    page = opened(app, f"/members/{team.members[position].public_id}/end")
    return page.submit("登録して後任を選ぶ", last_day=day, kind="transfer", note="地方局へ")


def test_whoever_is_to_leave_serves_until_the_last_day(app: Flask, team: Team) -> None:
    leave(app, team)
    own = account_of(team.members[0].official)
    with clock.held(MOMENT + dt.timedelta(days=28)):  # 30 September, 10:00
        assert "課題" in opened(app, f"/teams/{team.public_id}", own).facts
    with clock.held(MOMENT + dt.timedelta(days=29)):
        assert "課題" not in opened(app, f"/teams/{team.public_id}", own).facts


@pytest.mark.parametrize(("day", "said"), [("2027-04-01", "年度末"), ("2025-03-31", "着任日")])
def test_a_day_outside_the_appointment_is_refused_and_kept(
    app: Flask, team: Team, day: str, said: str
) -> None:
    page = leave(app, team, day=day)
    assert page.status == 422
    assert any(said in error for error in page.errors)
    assert page.fields["note"] == "地方局へ"


def test_the_reserve_list_holds_who_is_free_and_agreed(
    app: Flask, team: Team, reserves: dict[str, Official]
) -> None:
    make_official("同意 なし", state=OfficialState.NOT_ASSIGNED, has_consent=False)
    rows = opened(app, "/2025/reserves").table()
    assert sorted(row["氏名"] for row in rows) == ["別 分野", "同じ 省", "得意 人"]


def test_replacements_are_proposed_by_the_points_of_the_match(
    app: Flask, team: Team, reserves: dict[str, Official]
) -> None:
    page = leave(app, team)
    assert page.heading == "青山 一さんの後任の候補"
    rows = page.table("規則に合う候補 2人（得点の高い順）")
    assert [row["氏名"] for row in rows] == ["得意 人", "別 分野"]
    assert float(rows[0]["分野の適合"]) > float(rows[1]["分野の適合"])
    assert "同じ府省庁" in page.text()
    nobody = page.submit("後任にする", reason="観光の経験")
    assert any("後任にする人を選んでください" in error for error in nobody.errors)
    done = nobody.submit("後任にする", official=reserves["expert"].public_id, reason="観光の経験")
    assert "完了 得意 人さんを後任にしました。" in done.notices
    rows = done.table("支援官の任期")
    assert [row["氏名"] for row in rows] == ["青山 一", "石橋 二", "上原 三", "得意 人"]
    assert "2025" in rows[0]["任期"] or "7" in rows[0]["任期"]
    assert rows[3]["役割"] == "リーダー"
    db.session.expire_all()
    came = db.session.get_one(Team, team.id).members[-1]
    assert came.reasons[0] == "観光の経験"
    assert "チームの得点は" in came.reasons[1]
    assert db.session.get_one(Official, reserves["expert"].id).state is OfficialState.ASSIGNED


def test_whom_a_rule_forbids_does_not_come(
    app: Flask, team: Team, reserves: dict[str, Official]
) -> None:
    page = leave(app, team)
    key = dict(page.form("後任にする").fields.items())
    sent = key | {"official": reserves["same"].public_id, "reason": "どうしても"}
    refused = page.browser.post(page.path, sent)
    assert any("同じ府省庁" in error for error in refused.errors)


def test_the_lead_passes_on_or_the_rule_is_told(
    app: Flask, team: Team, reserves: dict[str, Official]
) -> None:
    reserves["expert"].can_lead = False
    db.session.commit()
    page = leave(app, team)
    # Nobody left can lead: the rule of the match forbids it.
    assert "リーダーを務められる人がいません" in page.text()


def test_the_end_is_taken_back_until_somebody_has_come(
    app: Flask, team: Team, reserves: dict[str, Official]
) -> None:
    page = leave(app, team)
    listed = page.browser.get(f"/teams/{team.public_id}/changes")
    back = listed.submit("終了日を取り消す")
    assert "完了 終了日を取り消しました。" in back.notices
    again = leave(app, team)
    again.submit("後任にする", official=reserves["expert"].public_id, reason="観光の経験")
    listed = again.browser.get(f"/teams/{team.public_id}/changes")
    assert "終了日を取り消す" not in listed.buttons
    refused = again.browser.post(f"/members/{team.members[0].public_id}/stay")
    assert "後任の得意 人さんが着任しているため" in refused.notices[0]


def test_a_team_pauses_and_goes_on(app: Flask, team: Team) -> None:
    page = opened(app, f"/teams/{team.public_id}/changes")
    nothing = page.submit("チームを休止する")
    assert any("休止の理由を入力してください" in error for error in nothing.errors)
    paused = page.submit("チームを休止する", reason="町長選挙のため")
    assert "町長選挙のため" in paused.text()
    db.session.expire_all()
    assert db.session.get_one(Team, team.id).state is TeamState.PAUSED
    running = paused.submit("チームを再開する")
    db.session.expire_all()
    row = db.session.get_one(Team, team.id)
    assert row.state is TeamState.ACTIVE
    assert row.pauses[0].ended_on == clock.today()
    assert "チームを休止する" in running.buttons


def test_the_hand_over_holds_everything_open_promised_and_decided(app: Flask, team: Team) -> None:
    held = make_activity(
        team, title="顔合わせ", decisions="月に一度話す。", until_next="地図を作る。"
    )
    make_next_action(activity=held, text="地図を送る", owner_member=team.members[0])
    make_next_action(activity=held, text="会場を探す")
    with saved():
        held.guests.append(
            Guest(position=0, side=GuestSide.OUTSIDE, name="外山 七", organisation="観光協会")
        )
        by = viewer_as(account_of(team.members[2].official))
        asked = ask_secretariat(team, Question(InquiryKind.DATA, "来訪者", "?"), by=by)
        begin_report(team, ReportKind.INTERIM, by=by)
    page = opened(
        app,
        f"/members/{team.members[0].public_id}/handover",
        account_of(team.members[1].official),
    )
    assert page.heading == "青山 一さんの引継ぎ資料"
    assert page.table("本人の宿題 1件")[0]["内容"] == "地図を送る"
    assert page.table("そのほかの宿題 1件")[0]["内容"] == "会場を探す"
    (met,) = page.table("自治体・外部の方 1人")
    assert (met["氏名"], met["最後に会った日"]) == ("外山 七", "R7.8.20（水）")
    matters = page.table("進行中のこと 2件")
    assert [(row["種類"], row["内容"]) for row in matters] == [
        ("後方支援", "来訪者"),
        ("中間報告", "作成中"),
    ]
    assert page.follow("来訪者").path == f"/inquiries/{asked.public_id}"
    assert "月に一度話す。" in page.text()
    assert page.facts["ほかの支援官"] == "石橋 二、上原 三"


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.PREFECTURE, Role.MINISTRY])
def test_the_hand_over_is_for_the_team_only(app: Flask, team: Team, role: Role) -> None:
    user = make_user(role, municipality=team.challenge.municipality)
    page = opened(app, f"/members/{team.members[0].public_id}/handover", user)
    assert page.status == 404


def test_the_theme_is_worded_fixed_and_opened_again(app: Flask, team: Team) -> None:
    own = Browser(app).sign_in_as(account_of(team.members[0].official))
    page = own.get(f"/teams/{team.public_id}").follow("支援テーマを書く")
    nothing = page.submit("保存する", is_final=True)
    assert any("支援テーマを入力してください" in error for error in nothing.errors)
    long = page.submit("保存する", support_theme="あ" * 201)
    assert any("200文字以内" in error for error in long.errors)
    done = page.submit("保存する", support_theme="駅前のにぎわいづくり", is_final=True)
    assert done.facts["支援テーマ"].startswith("駅前のにぎわいづくり（R7.9.2（火）に確定）")
    stale = page.submit("保存する", support_theme="別のテーマ")
    assert stale.status == 409
    assert "保存する" not in own.get(f"/logs/{team.public_id}/theme").buttons
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    opened_again = boss.get(f"/teams/{team.public_id}/changes").submit("確定を取り消す")
    assert "確定を取り消す" not in opened_again.buttons
    assert "保存する" in own.get(f"/logs/{team.public_id}/theme").buttons


def test_a_fixed_theme_is_not_changed_by_an_old_form(app: Flask, team: Team) -> None:
    own = Browser(app).sign_in_as(account_of(team.members[0].official))
    page = own.get(f"/logs/{team.public_id}/theme")
    page.submit("保存する", support_theme="駅前のにぎわいづくり", is_final=True)
    db.session.expire_all()
    sent = dict(page.form("保存する").fields.items()) | {
        "support_theme": "別のテーマ",
        "version": str(db.session.get_one(Team, team.id).version),
    }
    refused = own.post(page.path, sent)
    assert any("支援テーマは確定しています" in error for error in refused.errors)
