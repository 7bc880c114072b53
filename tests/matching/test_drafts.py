"""Drafts: teams worked on by hand, each step with its price, its reason and its way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from companion.applications.models import Official
from companion.commands import cli
from companion.core.access import Role, viewer_of
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.jobs import run_next
from companion.matching.actions import begin_draft, content_hash, record_run
from companion.matching.models import MatchDecision, MatchDraft
from companion.matching.problem import Weights
from companion.matching.queries import sketch_of
from companion.matching.queries.freezing import freeze
from companion.matching.solve import solve
from companion.matching.tradeoffs import WEIGHED, changed_weight, unsurpassed
from companion.people.models import User
from companion.teams.actions import announce_by_two, announce_teams
from companion.teams.models import Team
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_user,
)
from tests.kit.pages import Browser, Page, count_queries

MINISTRIES = ("mic", "maff", "meti", "mlit", "env", "mhlw")


@pytest.fixture
def boss(app: Flask) -> User:
    return make_user(Role.COORDINATOR, name="調整 一郎")


@pytest.fixture
def draft(app: Flask, boss: User) -> MatchDraft:
    """Two teams of four places and twelve officials, proven best."""
    period = make_period()
    for prefecture in ("20", "32", "40", "46"):
        make_challenge(make_municipality(prefecture_code=prefecture))
    for index in range(12):
        make_official(ministry_code=MINISTRIES[index % 6], can_lead=index % 2 == 0)
    with saved():
        frozen = freeze(period, team_count=2)
        run = record_run(period, frozen, solve(frozen.problem, time_limit=20), by=None)
        return begin_draft(run, "たたき台", by=None)


def opened(app: Flask, user: User, draft: MatchDraft, part: str = "") -> Page:
    return Browser(app).sign_in_as(user).get(f"/drafts/{draft.public_id}{part}")


def legal_option(page: Page) -> Page:
    """From the board: the first team's first seat, its best candidate, the price of it."""
    team = page.browser.get(page.soup.select_one("tbody th a")["href"])
    seat = team.follow("ほかの候補を見る")
    link = next(link for text, link in seat.links.items() if text.startswith("内容を見て決める"))
    return seat.browser.get(link)


def test_the_board_shows_every_team_with_its_parts_and_the_spread(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    page = opened(app, boss, draft)
    assert page.heading == "下書き「たたき台」"
    rows = page.table("2チーム（得点は100点満点）")
    assert len(rows) == 2
    total, bound = page.facts["全体の得点"].split("実行の上界 ")
    assert total == bound
    assert page.facts["希望の場所"].endswith("6席のうち")
    weakest = page.follow("得点の低い順").table("2チーム（得点は100点満点）")
    scores = [float(row["得点"]) for row in weakest]
    assert scores == sorted(scores)


def test_a_change_shows_its_price_before_it_is_made_and_can_be_undone(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    board = opened(app, boss, draft)
    before = sketch_of(draft).teams
    page = legal_option(board)
    assert page.heading == "変更の内容（入れ替え・交代）"
    assert page.facts["差"].startswith(("-", "0"))
    assert "（出る）" in page.text()
    nothing = page.submit("この変更をする")
    assert any("理由を入力してください" in error for error in nothing.errors)
    done = page.submit("この変更をする", reason="本人の事情")
    assert "完了 変更しました。「元に戻す」で取り消せます。" in done.notices
    db.session.expire_all()
    changed = sketch_of(draft).teams
    assert changed != before
    steps = done.follow("経過").table("操作 2件（新しい順）")
    assert steps[0]["理由"] == "本人の事情"
    assert "→" in steps[0]["内容"]
    assert steps[0]["した人と日時"].startswith("調整 一郎")
    undone = done.submit("元に戻す")
    db.session.expire_all()
    assert sketch_of(draft).teams == before
    redone = undone.submit("やり直す")
    db.session.expire_all()
    assert sketch_of(draft).teams == changed
    assert "やり直す" not in redone.buttons


def test_what_a_rule_forbids_is_refused_with_the_rule(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    sketch = sketch_of(draft)
    key = next(iter(sketch.teams))
    ids = {row.email: row.public_id for row in db.session.scalars(select(Official))}
    ministry = {row.email: row.ministry_code for row in db.session.scalars(select(Official))}
    stays, leaves, _ = sketch.teams[key]
    same = next(
        mail
        for mail, code in ministry.items()
        if code == ministry[stays] and mail not in sketch.teams[key]
    )
    part = f"/change?challenge={key}&leaves={ids[leaves]}&comes={ids[same]}"
    page = opened(app, boss, draft, part)
    assert "この変更はできません" in page.text()
    assert "同じ府省庁" in page.text()
    assert "この変更をする" not in page.buttons
    forced = page.browser.post(
        f"/drafts/{draft.public_id}{part}", step=str(draft.step), reason="どうしても"
    )
    assert forced.status == 422
    assert any("同じ府省庁" in error for error in forced.errors)


def test_two_coordinators_do_not_overwrite_each_other(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    mine = legal_option(opened(app, boss, draft))
    theirs = legal_option(opened(app, make_user(Role.COORDINATOR), draft))
    mine.submit("この変更をする", reason="一人目")
    page = theirs.submit("この変更をする", reason="二人目")
    assert page.status in {404, 422}
    if page.status == 422:
        assert any("ほかの操作で先に変わりました" in error for error in page.errors)
    db.session.expire_all()
    assert db.session.get_one(MatchDraft, draft.id).step == 1


def test_a_pin_holds_when_solving_again_and_the_fewest_move(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    before = sketch_of(draft).teams
    key = next(iter(before))
    ids = {row.email: row.public_id for row in db.session.scalars(select(Official))}
    free = next(m for m in ids if all(m not in members for members in before.values()))
    browser = Browser(app).sign_in_as(boss)
    pinned = browser.post(
        f"/drafts/{draft.public_id}/decide",
        {"kind": "pin", "challenge": key, "person": ids[free], "reason": "首長の要望", "step": "0"},
    )
    assert any("「席の固定」を記録しました" in notice for notice in pinned.notices)
    assert any("指定の" in item for item in pinned.texts(".notice li"))
    waiting = pinned.submit("解き直す", closeness="fewest")
    assert run_next()
    result = browser.get(waiting.path)
    assert result.heading.startswith("マッチング結果")
    moved = result.table("動いた人 2人")
    assert {row["この案"] for row in moved} >= {"配置なし"}
    taken = result.submit("下書きに取り込む", reason="要望に応じた")
    assert "解き直した結果を下書きに取り込みました" in taken.notices[0]
    db.session.expire_all()
    after = sketch_of(draft).teams
    assert free in after[key]
    kept = sum(len(set(members) & set(after.get(k, ()))) for k, members in before.items())
    assert kept == 5


def test_a_locked_team_is_not_touched(app: Flask, boss: User, draft: MatchDraft) -> None:
    board = opened(app, boss, draft)
    change = legal_option(board)
    key = next(iter(sorted(sketch_of(draft).teams)))
    locked = board.browser.post(
        f"/drafts/{draft.public_id}/decide",
        {"kind": "lock", "challenge": key, "reason": "決定済み", "step": "0"},
    )
    assert "固定" in locked.text()
    page = change.browser.get(change.url)
    assert "固定チームが変わっています" in page.text()


@pytest.mark.parametrize(
    ("kind", "against", "said"),
    [
        ("pin", "ban", "置くことは禁じられています"),
        ("ban", "pin", "固定されています"),
        ("place_in", "place_out", "選ばない指定を受けています"),
        ("place_out", "place_in", "選ぶ指定か固定があります"),
        ("person_out", "pin", "固定されています"),
    ],
)
def test_decisions_that_contradict_are_named(
    app: Flask, boss: User, draft: MatchDraft, kind: str, against: str, said: str
) -> None:
    key, members = next(iter(sketch_of(draft).teams.items()))
    person = db.session.scalars(
        select(Official.public_id).where(Official.email == members[0])
    ).one()
    browser = Browser(app).sign_in_as(boss)
    where = f"/drafts/{draft.public_id}/decide"
    browser.get(f"/drafts/{draft.public_id}")
    sent = {"challenge": key, "person": person, "reason": "試し"}
    browser.post(where, sent | {"kind": against, "step": "0"})
    page = browser.post(where, sent | {"kind": kind, "step": "1"})
    assert page.status == 422
    assert any(said in error for error in page.errors)
    assert page.fields["reason"] == "試し"  # nothing typed is lost

    taken_back = browser.post(where, sent | {"kind": against, "step": "1"})
    assert "記録しました" in taken_back.notices[0]


def test_officials_and_places_are_told_why(app: Flask, boss: User, draft: MatchDraft) -> None:
    page = opened(app, boss, draft, "/officials")
    rows = page.table("12人中12人")
    assert [row["配置"] for row in rows[:6]] == ["配置なし"] * 6
    person = page.follow(rows[0]["職員"])
    assert "最も近い席：" in person.text()
    assert "点になる。" in person.text()
    places = opened(app, boss, draft, "/places").table("選ばれなかった2件（審査の評点の高い順）")
    assert all("入れ替え" in row["説明"] for row in places)
    texts = opened(app, boss, draft, "/texts")
    assert "分野の適合" in texts.text()
    assert "配置なし" in opened(app, boss, draft, "/texts?kind=officials").text()


def test_drafts_are_copied_and_compared(app: Flask, boss: User, draft: MatchDraft) -> None:
    page = opened(app, boss, draft)
    copied = page.submit("写しを作る", name="もう一つの案")
    assert copied.heading == "下書き「もう一つの案」"
    again = page.submit("写しを作る", name="もう一つの案")
    assert again.heading == "下書き「もう一つの案」"  # the same form once more: the first result
    taken = copied.submit("写しを作る", name="たたき台")
    assert "という下書きは既にあります" in taken.notices[0]
    legal_option(copied).submit("この変更をする", reason="試し")
    compared = opened(app, boss, draft).submit("並べて比べる")
    row = compared.table("得点と広がり")[0]
    assert row["項目"] == "全体の得点"
    assert compared.table(next(c for c in compared.tables if c.startswith("動いた人")))


def test_other_weights_show_what_is_given_up(app: Flask, boss: User, draft: MatchDraft) -> None:
    page = opened(app, boss, draft, "/variants")
    assert "まだ計算していません" in page.text()
    page.submit("重みを変えて計算する（約2分）")
    assert run_next()
    rows = opened(app, boss, draft, "/variants").table()
    assert [row["案"] for row in rows] == [
        "この下書き",
        "最も低いチームを先に引き上げる",
        "都道府県の広がりを3倍に重く見る",
        "分野の適合を1.5倍に重く見る",
        "職員の希望を2倍に重く見る",
    ]
    best = float(rows[0]["全体の得点"])
    assert all(float(row["全体の得点"].split(".")[0]) <= best for row in rows)


def test_one_weight_is_tried_and_the_pareto_set_is_marked(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    page = opened(app, boss, draft, "/variants")
    odd = page.submit("この重みで試す", part="wishes", points="101")
    assert any("0から100まで" in error for error in odd.errors)
    empty = page.submit("この重みで試す", part="wishes", points="")
    assert empty.errors
    waiting = page.submit("この重みで試す", part="wishes", points="60")
    assert run_next()
    shown = page.browser.get(waiting.path)
    own, tried = shown.table()
    assert tried["案"] == "「希望」を20.00点から60.00点に変える"
    assert own["四つの値の比較"] == "これを上回る案はない"
    detail = shown.follow(tried["案"])
    assert detail.table("得点と広がり")[0]["項目"] == "全体の得点"


def test_the_last_weight_above_zero_stays(app: Flask, boss: User) -> None:
    assert changed_weight(Weights(), "wishes", "希望", 0) is not None
    parts = {part: 0 for part in WEIGHED if part != "wishes"}
    assert changed_weight(replace(Weights(), **parts), "wishes", "希望", 0) is None


@pytest.mark.parametrize(
    ("figures", "surpassed"),
    [
        ([], []),
        ([(3, 1), (1, 3)], [None, None]),
        ([(3, 1), (3, 1)], [None, None]),
        ([(1, 1), (3, 1), (2, 0)], [1, None, 1]),
    ],
)
def test_what_no_other_answer_surpasses(
    figures: list[tuple[int, ...]], surpassed: list[int | None]
) -> None:
    assert unsurpassed(figures) == surpassed


def test_runs_are_compared_with_drafts_on_other_data_too(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    page = opened(app, boss, draft)
    page.submit("写しを作る", name="もう一つの案")
    person = next(iter(sketch_of(draft).teams.values()))[0]
    with saved():
        row = db.session.scalars(select(Official).where(Official.email == person)).one()
        row.has_consent = False
        person_name = f"{row.name}（{row.ministry.name}）"
        period = make_period()
        frozen = freeze(period, team_count=2)
        run = record_run(period, frozen, solve(frozen.problem, time_limit=20), by=None)
        keys = f"a={draft.public_id}&b={run.public_id}"
    shown = page.browser.get(f"/2025/matching/compare?{keys}")
    assert "もとになった応募の写しが違います" in shown.text()
    assert shown.table("得点と広がり")[0]["項目"] == "全体の得点"
    assert person_name in [row["職員"] for row in shown.table("動いた人")]
    wrong = page.browser.get(f"/2025/matching/compare?a={draft.public_id}&b=nonsense")
    assert "比べる二つを選び直してください" in wrong.text()


def test_weights_are_set_and_all_zero_is_refused(app: Flask, boss: User, draft: MatchDraft) -> None:
    page = Browser(app).sign_in_as(boss).get("/2025/matching/weights")
    assert page.fields["coverage"] == "45.00"
    parts = ("coverage", "wishes", "ties", "mix", "depth", "travel", "continuity")
    zero = page.submit("保存する", **dict.fromkeys(parts, "0"))
    assert any("重みがすべて0です" in error for error in zero.errors)
    odd = page.submit("保存する", coverage="101")
    assert any("0から100まで" in error for error in odd.errors)
    good = page.submit("保存する", wishes="30", ministry_limit="2")
    assert good.fields["wishes"] == "30.00"
    problem = freeze(make_period(), team_count=2).problem
    assert (problem.weights.wishes, problem.rules.ministry_limit) == (3000, 2)
    stale = page.submit("保存する", wishes="10")
    assert stale.status == 409
    # The draft stays with the weights of its run.
    assert opened(app, boss, draft).status == 200


def test_a_draft_becomes_the_teams_and_the_decision_is_frozen(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    legal_option(opened(app, boss, draft)).submit("この変更をする", reason="本人の事情")
    page = opened(app, boss, draft).submit("この下書きを採用して案にする")
    assert page.path == "/2025/teams"
    db.session.expire_all()
    teams = {
        row.challenge.lg_code: {m.official.email for m in row.members}
        for row in db.session.scalars(select(Team))
    }
    sketch = sketch_of(db.session.get_one(MatchDraft, draft.id))
    assert teams == {key: set(members) for key, members in sketch.teams.items()}
    assert "まだ公表していません" in page.browser.get("/2025/matching/decision").text()
    with saved():
        announce_teams(make_period(), by=None)
    shown = page.browser.get("/2025/matching/decision")
    assert "公表したときのままです" in shown.text()
    assert shown.table("手で加えた変更と指定 1件")[0]["理由"] == "本人の事情"
    decision = db.session.scalars(select(MatchDecision)).one()
    assert decision.content_hash == content_hash(decision.content)
    with saved():
        decision.content = decision.content | {"points": 1}
    assert "記録した値と一致しません" in page.browser.get("/2025/matching/decision").text()


def test_the_public_list_and_who_decided_follow_from_the_decision(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    opened(app, boss, draft).submit("この下書きを採用して案にする")
    browser = Browser(app).sign_in_as(boss)
    assert "まだ公表していません" in browser.get("/2025/matching/publication").text()
    first, second = make_user(Role.COORDINATOR, name="依頼 花子"), make_user(Role.COORDINATOR)
    with saved():
        announce_by_two(
            make_period(),
            "審査会で了承済み",
            asked=viewer_of(first, Role.COORDINATOR),
            approved=viewer_of(second, Role.COORDINATOR),
        )
    shown = browser.get("/2025/matching/decision")
    assert shown.facts["依頼した人"].startswith("依頼 花子")
    assert shown.facts["承認した人"].startswith(second.name)
    listed = shown.follow("公表する一覧を見る")
    rows = listed.table("伴走支援を行う2市町村")
    teams = db.session.scalars(select(Team).order_by(Team.number)).all()
    assert [row["市町村"] for row in rows] == [t.challenge.municipality.name for t in teams]
    assert all(row["課題"] == "－" for row in rows)  # nobody said that it may be published
    for member in teams[0].members:
        assert member.official.name not in listed.text()
        assert member.official.ministry.name in rows[0]["支援官の府省庁"]


def test_one_person_cannot_be_both_who_decide(app: Flask, boss: User, draft: MatchDraft) -> None:
    opened(app, boss, draft).submit("この下書きを採用して案にする")
    same = viewer_of(boss, Role.COORDINATOR)
    with pytest.raises(Refused, match="自分の依頼は承認も却下もできません"), saved():
        announce_by_two(make_period(), "急ぎ", asked=same, approved=same)
    assert db.session.scalars(select(MatchDecision)).all() == []


@pytest.mark.parametrize(
    ("accounts", "given", "decided"),
    [
        (0, [], True),
        (1, [], True),
        (2, [], False),
        (2, ["a0@example.jp"], False),
        (2, ["a0@example.jp", "A0@example.jp"], False),
        (2, ["a0@example.jp", "nobody@example.jp"], False),
        (2, ["a0@example.jp", "a1@example.jp"], True),
    ],
)
def test_a_command_publishes_with_two_named_coordinators(
    app: Flask, accounts: int, given: list[str], decided: bool
) -> None:
    make_period(team_count=1)
    make_challenge(make_municipality(prefecture_code="20"))
    for ministry in MINISTRIES[:3]:
        make_official(ministry_code=ministry)
    for number in range(accounts):
        make_user(Role.COORDINATOR, email=f"a{number}@example.jp")
    words = ["match", "--period", "令和7年度", "--announce", "--time-limit", "5"]
    for email in given:
        words += ["--approved-by", email]
    result = app.test_cli_runner().invoke(cli, words)
    assert (result.exit_code == 0) is decided
    assert len(db.session.scalars(select(MatchDecision)).all()) == decided
    if not decided:
        assert "二人のコーディネーターの決定が必要です" in result.output


def test_a_draft_whose_people_changed_is_not_adopted(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    member = next(iter(sketch_of(draft).teams.values()))[0]
    with saved():
        row = db.session.scalars(select(Official).where(Official.email == member)).one()
        row.has_consent = False
    page = opened(app, boss, draft)
    assert "応募の内容が変わっています" in page.text()
    refused = page.submit("この下書きを採用して案にする")
    assert "規則に合わなくなりました" in refused.notices[0]
    assert "上司の同意がありません" in refused.notices[0]
    assert db.session.scalars(select(Team)).all() == []


def test_the_board_takes_the_same_queries_for_few_and_many_steps(
    app: Flask, boss: User, draft: MatchDraft
) -> None:
    browser = Browser(app).sign_in_as(boss)
    browser.get(f"/drafts/{draft.public_id}")
    with count_queries() as found:
        browser.get(f"/drafts/{draft.public_id}")
    assert len(found) <= 22


def test_an_auditor_reads_and_changes_nothing(app: Flask, draft: MatchDraft) -> None:
    page = opened(app, make_user(Role.AUDITOR), draft)
    assert page.buttons == []
    assert page.browser.post(f"/drafts/{draft.public_id}/undo", step="0").status == 404
