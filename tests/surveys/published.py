"""The published tables of the first period, made again from raw answers and checked as pasted.

The raw answers are made of the published counts: 125 officials with their reasons, 57
municipalities. What is printed stands here as it was published, its one wrong figure too.
"""

from __future__ import annotations

from companion.surveys.checks import checks
from companion.surveys.pasted import Line, check_pasted
from companion.surveys.shares import format_mean, format_share, response_rate
from companion.surveys.tabulate import tabulate_all
from tests.surveys.makers import (
    REASON_COUNTS,
    municipality_eval,
    municipality_sets,
    official_eval,
    official_sets,
)

SHARES = ["92.8", "61.6", "45.6", "29.0", "22.4", "12.8", "9.6", "6.4", "4.8", "3.2", "1.6", "1.6"]
INVITED = {"municipality_eval": 60, "official_eval": 180}
PRINTED = {
    "市町村：回収率": "95.0",
    "支援官：回収率": "69.4",
    "市町村：全体評価の平均": "4.6",
    "支援官：全体評価の平均": "4.3",
    "支援官：M.T.": "291.2",
    **dict(zip(REASON_COUNTS, SHARES, strict=True)),
}


def reproduced() -> tuple[dict[str, str], list[str]]:
    """Every published figure as the engine gives it, and the checks of the tables that fail."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for defn, answers, who in (
        (municipality_eval(), municipality_sets(), "市町村"),
        (official_eval(), official_sets(), "支援官"),
    ):
        invited = INVITED[defn.id]
        tables = tabulate_all(defn, answers, invited=invited)
        overall = tables["overall"]
        found[f"{who}：回収率"] = format_share(response_rate(len(answers), invited))
        found[f"{who}：全体評価の平均"] = format_mean(overall.mean_tenths)
        if "reasons" in tables:
            reasons = tables["reasons"]
            assert reasons.mt_row is not None
            found[f"{who}：M.T."] = format_share(reasons.mt_row.mt_tenths)
            found |= {row.code: format_share(row.share_tenths, row.count) for row in reasons.rows}
        made = checks(defn, tables, valid=len(answers), invited=invited)
        wrong += [check.note for check in made if not check.ok]
    return found, wrong


def published_table() -> str:
    """The table of reasons as somebody copies it out of the published slides."""
    words = {choice.name: choice.label for choice in official_eval().choices["reasons"]}
    lines = [
        f"{number}\t{words[name]}\t{count}\t{share}"
        for number, ((name, count), share) in enumerate(
            zip(REASON_COUNTS.items(), SHARES, strict=True), start=1
        )
    ]
    return "\n".join(["No.\t全体評価の理由（複数回答）\t回答数\t割合", *lines, "平均\t4.3"])


def wrong_when_pasted() -> list[Line]:
    """The lines that the check of pasted tables does not believe."""
    return [line for line in check_pasted(published_table(), 125) if line.ok is False]
