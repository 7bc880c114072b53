"""Tabulating 1,741 municipalities and 5,223 officials with cross tables, against pandas.

    .venv/bin/python -m bench.tabulation

Both make the same tables: every question (counts, shares, mean, median, M.T.) and every declared
cross table (n, counts, shares, mean by group). pandas rounds floats and hides nothing; the engine
works on exact integers and decides which groups are hidden, which is timed apart.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from companion.surveys.crosstab import crosstabs
from companion.surveys.definition import SurveyDefinition
from companion.surveys.schema import Multi
from companion.surveys.scoring import scores_of
from companion.surveys.tables import AnswerSet
from companion.surveys.tabulate import tabulate_all
from tests.surveys.makers import municipality_eval, official_eval

FIELDS = [f"f{i}" for i in range(17)]
BANNERS: dict[str, dict[str, list[str]]] = {
    "municipality_eval": {
        "policy_field": FIELDS,
        "population_band": [f"b{i}" for i in range(5)],
        "region": [f"r{i}" for i in range(8)],
    },
    "official_eval": {
        "policy_field": FIELDS,
        "ministry_group": [f"m{i}" for i in range(23)],
        "grade_band": [f"g{i}" for i in range(4)],
    },
}


def answers_to(defn: SurveyDefinition, chance: random.Random, count: int) -> list[AnswerSet]:
    """Answers in plausible shares; branching questions are answered where they are asked."""
    sets = []
    banners = BANNERS[defn.id]
    for _ in range(count):
        answers: dict[str, Any] = {}
        for question in defn.questions:
            codes = [choice.name for choice in question.choice_list(defn)]
            if chance.random() < 0.04:
                continue
            if isinstance(question, Multi):
                answers[question.name] = [code for code in codes if chance.random() < 0.25]
            elif question.type == "matrix":
                answers[question.name] = {row.name: chance.choice(codes) for row in question.rows}
            elif question.type == "number":
                answers[question.name] = str(chance.randint(0, 160))
            elif codes:
                answers[question.name] = chance.choice(codes)
        groups = {name: [chance.choice(codes)] for name, codes in banners.items()}
        groups["policy_field"] = chance.sample(FIELDS, chance.randint(1, 3))
        sets.append(AnswerSet(answers, banners=groups))
    return sets


def by_engine(defn: SurveyDefinition, sets: list[AnswerSet], least: int | None) -> int:
    """Cells of all tables, hidden ones too."""
    tables = tabulate_all(defn, sets, invited=len(sets), min_base=least)
    cells = sum(len(t.rows) + sum(len(part.rows) for part in t.parts) for t in tables.values())
    groups = {name: [(code, code) for code in codes] for name, codes in BANNERS[defn.id].items()}
    for name in wanted(defn):
        for crossed in crosstabs(defn, name, sets, groups, min_base=least).values():
            cells += sum(len(row.cells) for row in crossed.rows)
    return cells


def wanted(defn: SurveyDefinition) -> list[str]:
    """The questions that are cut by banners."""
    return list(dict.fromkeys(name for declared in defn.crosstabs for name in declared.of))


def by_pandas(defn: SurveyDefinition, sets: list[AnswerSet]) -> int:
    """The same tables with pandas, from frames it makes of the same answers."""
    cells = 0
    frame = pd.DataFrame([dict(one.answers) for one in sets])
    asked = pd.Series(True, index=frame.index)
    for question in defn.questions:
        codes = [choice.name for choice in question.choice_list(defn)]
        # The two conditions of the definitions, written out.
        if question.name == "cont_years":
            asked = frame["cont"] == "need"
        elif question.name == "backoffice_items":
            asked = frame["backoffice"] != "unused"
        elif question.name == "reasons":
            asked = frame["overall"].notna()
        else:
            asked = pd.Series(True, index=frame.index)
        column = frame.loc[asked, question.name] if question.name in frame else pd.Series(dtype=str)
        if question.type in {"text", "note"}:
            continue
        if question.type == "matrix":
            lines = pd.DataFrame([one if isinstance(one, dict) else {} for one in column])
            for row in question.rows:
                cells += len(_plain(lines[row.name], codes, scores_of(question.choice_list(defn))))
        elif question.type == "number":
            values = pd.to_numeric(column)
            binned = pd.cut(values, [0, 8, 16, 24, 32, 160], right=False).value_counts()
            cells += len(binned) + (values.mean() > 0) - 1
        elif isinstance(question, Multi):
            cells += len((_dummies(column, codes).sum() / len(column) * 100).round(1))
        else:
            cells += len(_plain(column, codes, scores_of(question.choice_list(defn))))
        if question.name in wanted(defn):
            cells += _crossed(defn, question, column, sets, codes)
    return cells


def _plain(column: pd.Series, codes: list[str], scores: dict[str, int]) -> pd.Series:
    counts = column.value_counts().reindex(codes, fill_value=0)
    (counts / len(column) * 100).round(1)
    scored = column.map(scores).dropna()
    if len(scored):
        scored.mean(), scored.median()
    return counts


def _dummies(column: pd.Series, codes: list[str]) -> pd.DataFrame:
    return column.dropna().str.join("|").str.get_dummies().reindex(columns=codes, fill_value=0)


def _crossed(
    defn: SurveyDefinition,
    question: Any,
    column: pd.Series,
    sets: list[AnswerSet],
    codes: list[str],
) -> int:
    cells = 0
    for name in BANNERS[defn.id]:
        groups = pd.Series([list(sets[i].banners[name]) for i in column.index], index=column.index)
        long = pd.DataFrame({"group": groups, "answer": column}).explode("group")
        sizes = long.groupby("group").size()
        if isinstance(question, Multi):
            ticks = long.dropna().explode("answer")
            table = pd.crosstab(ticks["group"], ticks["answer"])
        else:
            table = pd.crosstab(long["group"], long["answer"])
            score = long["answer"].map(scores_of(question.choice_list(defn)))
            score.groupby(long["group"]).mean()
        table.div(sizes, axis=0).mul(100).round(1)
        cells += table.size
    return cells


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """The best of three in seconds, and what came out."""
    best, made = 10**9, 0
    for _ in range(3):
        began = time.perf_counter()
        made = work()
        best = min(best, time.perf_counter() - began)
    return best, made


def main() -> None:
    """Measure and print."""
    chance = random.Random(1)  # noqa: S311 a fixed draw
    total = {"engine": 0.0, "open": 0.0, "pandas": 0.0}
    for defn, count in ((municipality_eval(), 1_741), (official_eval(), 5_223)):
        sets = answers_to(defn, chance, count)
        hidden, cells = timed(lambda d=defn, s=sets: by_engine(d, s, None))
        whole, _ = timed(lambda d=defn, s=sets: by_engine(d, s, 0))
        alone, other = timed(lambda d=defn, s=sets: by_pandas(d, s))
        print(
            f"{defn.id} {count:,} answers: engine {hidden:.2f} s (without hiding {whole:.2f} s),"
            f" {cells:,} cells; pandas {alone:.2f} s, {other:,} cells; ratio {hidden / alone:.1f}"
        )
        for key, value in zip(total, (hidden, whole, alone), strict=True):
            total[key] += value
    print(
        f"together: engine {total['engine']:.2f} s, without hiding {total['open']:.2f} s,"
        f" pandas {total['pandas']:.2f} s; ratio {total['engine'] / total['pandas']:.2f}"
    )


if __name__ == "__main__":
    main()
