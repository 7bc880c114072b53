"""Three articles about good cases, invented: one published, one before consent, one a draft."""

from __future__ import annotations

from companion.cases.actions import (
    CaseWords,
    ask_for_consent,
    begin_case,
    consent,
    publish_case,
)
from companion.cases.terms import Section
from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import saved
from companion.demo.life import at
from companion.teams.models import Team

CASES = (
    (
        "空き店舗を高校生と開く放課後の居場所",
        "townplanning",
        {
            Section.BACKGROUND: "駅前の空き店舗が14店に増え、放課後に高校生が過ごす場所がなかった。"
            "列車を待つ一時間余り、生徒は駅の待合室で立っていた。",
            Section.MEASURES: "商店街、高校、町の三者で月に一度の検討会を開いた。\n"
            "最初の二か月は店の中で何をしたいかを生徒が聞き取り、三つの案に絞った。\n"
            "店主から一店舗を無償で借り、週二日、試しに開いた。",
            Section.PEOPLE: "商店街振興組合、県立高校の生徒会、社会福祉協議会、町の企画課",
            Section.SCHEMES: "交付金（デジタル実装の型）と、県の空き店舗の補助",
            Section.DURATION: "令和7年5月～12月",
            Section.COST: "約120万円（うち町費40万円）",
            Section.SITUATION_BEFORE: "空き店舗14店（令和7年4月）。放課後の居場所は図書館だけ。",
            Section.SITUATION_AFTER: "空き店舗11店（令和8年1月）。"
            "居場所を使った生徒は延べ640人、店の売上げが増えたと答えた店は7店。",
            Section.TEAM_PART: "制度の組み合わせを三つの府省庁に確かめ、申請の書き方を町と一緒に整えた。"
            "検討会の進行を受け持ち、二回目からは町の職員に渡した。",
            Section.OBSTACLES: "店主との貸借の約束に二か月かかった。保険と鍵の扱いを先に決めるとよい。",
            Section.ADVICE: "全部を決めてから始めず、週二日、三か月だけ試すと、反対の声が協力に変わる。",
        },
    ),
    (
        "予約制の車で病院と買い物をつなぐ",
        "transport",
        {
            Section.BACKGROUND: "路線バスの廃止で、通院の足がない集落が四つあった。",
            Section.MEASURES: "社会福祉協議会の車を昼の間だけ借り、前日までの予約で走らせた。",
            Section.PEOPLE: "社会福祉協議会、タクシー会社、町の保健師",
            Section.SITUATION_BEFORE: "通院を家族に頼る人が集落の六割。",
            Section.SITUATION_AFTER: "三か月で延べ210人が使い、タクシーの利用も減らなかった。",
            Section.TEAM_PART: "道路運送の手続を確かめ、タクシー会社との話し合いに同席した。",
        },
    ),
    (
        "窓口の書類を半分に減らす",
        "digital",
        {
            Section.BACKGROUND: "転入の手続で、同じ住所を七回書いていた。",
            Section.MEASURES: "職員が転入者になって手続をたどり、重なる欄に印を付けた。",
        },
    ),
)


def write_cases(teams: list[Team], *, by: Viewer) -> int:
    """One article for each of the first teams, in three states; returns how many."""
    for number, (team, (title, field, texts)) in enumerate(zip(teams, CASES, strict=False)):
        with clock.held(at(2026, 2, 10)), saved():
            words = CaseWords(
                title,
                field,
                {section: texts.get(section, "") for section in Section},
            )
            case = begin_case(team, words, by=by)
            if number < 2:
                ask_for_consent(case, by=by)
            if number < 1:
                consent(case, "", by=by)
        if number < 1:
            with clock.held(at(2026, 2, 20)), saved():
                publish_case(case, "", by=by)
    return len(CASES)
