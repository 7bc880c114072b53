"""Three invented 相談カルテ."""

from __future__ import annotations

from companion.consultations.actions import (
    SheetWords,
    hand_in_sheet,
    reply,
    route_sheet,
    send_answer,
)
from companion.consultations.terms import Element, Stage, WishedWay
from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import db, saved
from companion.demo.life import at
from companion.teams.models import Team

ANSWER = "改修と商品づくりに使える制度を二つ、資料とともに示します。説明はオンラインで行います。"
SHEETS = [
    SheetWords(
        subject="休んでいる酒蔵と、町に通う人を結ぶ仕組み",
        situation="酒蔵が休み、跡を継ぐ人がいない。町に通う人は増えているが、仕事につながらない。",
        elements=(Element.RESOURCE, Element.BUSINESS, Element.FINANCE, Element.RELATED),
        stage=Stage.PLANNING,
        question="酒蔵を使う事業に使える制度と、似た取組の例を知りたい。",
        wished_way=WishedWay.ONLINE,
        partners="町内の酒蔵、信用金庫",
    ),
    SheetWords(
        subject="間伐材の熱を使う農業ハウス",
        situation="間伐材が山に残り、ハウスの燃料代が重い。",
        elements=(Element.GREEN, Element.INDUSTRY, Element.ACADEMIA),
        stage=Stage.IDEA,
        question="熱の利用を試すときに相談できる窓口を知りたい。",
        wished_way=WishedWay.WRITTEN,
    ),
    SheetWords(
        subject="副業の人材による窓口のデジタル化",
        situation="窓口の手続が紙のままで、詳しい職員がいない。",
        elements=(Element.DIGITAL, Element.GOVERNMENT, Element.SIDE_JOB),
        stage=Stage.TRIAL,
        question="副業の人材に頼むときの契約の例を知りたい。",
        wished_way=WishedWay.WRITTEN,
    ),
]


def consult(teams: list[Team], *, by: Viewer) -> int:
    """Three municipalities hand in a sheet each: answered, waiting for a ministry, just come."""
    own = teams[0].members[0].official.ministry_code  # whose contact has an account
    others = [code for code in ("maff", "env") if code != own]
    for number, (team, words) in enumerate(zip(teams, SHEETS, strict=False)):
        with clock.held(at(2026, 1 + number, 13)), saved():
            row = hand_in_sheet(
                team.period,
                team.challenge.lg_code,
                words,
                is_for_team=True,
                is_for_prefecture=number == 0,
                by=by,
            )
            if number < 2:
                route_sheet(row, [others[0], own], row.due_on, by=by)
                reply(row, row.routings[0], "使える制度を二つ示します。", by=by)
        if number == 0:
            with clock.held(at(2026, 1, 23)), saved():
                row = db.session.merge(row)
                reply(row, row.routings[1], "似た取組を一つ示します。", by=by)
                send_answer(row, ANSWER, by=by)
    return len(SHEETS)
