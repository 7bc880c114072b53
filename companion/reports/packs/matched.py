"""R7 マッチング結果, for the decision file: value, bound, criteria, reasons, hand work."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from companion.applications.models import Challenge, Official
from companion.matching.models import MatchRun
from companion.matching.queries import applicants_named, decision_of
from companion.matching.score import PARTS
from companion.matching.solution import Status
from companion.periods.models import Period
from companion.reports.packs.base import begin
from companion.reports.queries import last_run
from companion.reports.tables import Cell, Column, PrintSheet, Report, Row, Styled, Table
from companion.reports.terms import Edition

TITLE = "マッチング結果"
# Words for what a run was weighed by; other settings stand under the names they are stored by.
SETTINGS = {
    "team_count": "チーム数",
    "team_size": "1チームの人数",
    "prefecture_soft_cap": "同一都道府県の目安（これを超えると減点）",
    "mode": "最適化の方針",
}


def build(period: Period, edition: Edition) -> Report:
    """The decision where two people made one, else the run adopted, else the latest."""
    decision, run = decision_of(period), last_run(period)
    missing: list[str] = []
    if decision is None:
        missing.append("二人による決定がまだ記録されていません。")
    if run is None and decision is None:
        missing.append("マッチングがまだ実行されていません。")
    content = decision.content if decision else _content(run) if run else {}
    if run is not None and decision is None:
        words = "採用した実行" if run.adopted_at else "最新の実行（未採用）"
        missing.append(f"{words}の内容を示します。")
    steps: list[dict[str, Any]] = content.get("steps", [])
    if not steps:
        missing.append("手による固定・変更の記録はありません。")
    facts = [("根拠", "決定" if decision else "実行")]
    if decision:
        facts.append(("決定の識別（SHA-256）", decision.content_hash))
    if content.get("data_hash"):
        facts.append(("応募データの識別", str(content["data_hash"])))
    return begin(
        "matching",
        TITLE,
        period,
        edition,
        sheets=(
            PrintSheet("総括", (_outline(content),), is_landscape=False),
            PrintSheet("基準", (_criteria(content),), is_landscape=False),
            PrintSheet("チーム", (_teams(period, content),)),
            PrintSheet("手による変更", (_steps(steps),)),
        ),
        facts=tuple(facts),
        missing=tuple(missing),
        notes=("得点は100分の1点まで示す。上界は、これを超える編成がないことの証明付きの値。",),
        as_of=decision.decided_at if decision else run.created_at if run else None,
    )


def _content(run: MatchRun) -> dict[str, Any]:
    return {
        "teams": [
            {
                "lg_code": row["lg_code"],
                "officials": row["officials"],
                "score": row.get("score"),
                "parts": row.get("parts", {}),
                "reasons": row.get("reasons", []),
            }
            for row in run.teams
        ],
        "objective": run.objective,
        "bound": run.bound,
        "status": run.status,
        "seed": run.seed,
        "data_hash": run.data_hash,
        "weights": run.weights,
        "rules": run.rules,
    }


def _outline(content: dict[str, Any]) -> Table:
    objective, bound = content.get("objective"), content.get("bound")
    rows: list[Row] = []
    if content:
        gap = _score(bound - objective) if objective is not None and bound is not None else "…"
        rows = [
            ("計算の状態", Status(content["status"]).label),
            ("得点（計算の結果）", _score(objective)),
            ("上界", _score(bound)),
            ("上界との差", gap),
            ("得点（手による変更の後）", _score(content.get("points", objective))),
            ("チーム数", Styled(len(content["teams"]), "count")),
            ("乱数の種", _plain(content.get("seed", "…"))),
        ]
    return Table(
        "マッチング_総括",
        "マッチングの結果",
        (Column("item", "項目", width=34), Column("value", "値", "code", width=40)),
        rows,
        has_data=False,
    )


def _score(hundredths: int | None) -> Cell:
    return "…" if hundredths is None else Styled(Fraction(hundredths, 100), "score")


def _plain(value: Any) -> Cell:
    """A whole number as a number, anything else as words."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Styled(value, "number")
    return str(value)


def _criteria(content: dict[str, Any]) -> Table:
    rows: list[Row] = []
    for kind, label in (("weights", "重み"), ("rules", "規則")):
        for name, value in sorted(content.get(kind, {}).items()):
            words = PARTS.get(name) or SETTINGS.get(name) or name
            shown = (
                "、".join(f"{k} {v}" for k, v in value.items())
                if isinstance(value, dict)
                else _plain(value)
            )
            rows.append((label, name, words, "なし" if shown == "" else shown))
    return Table(
        "マッチング_基準",
        "得点の重みと守る規則",
        (
            Column("kind", "種類", width=10),
            Column("name", "設定名", width=26),
            Column("words", "意味", width=30),
            Column("value", "値", width=34),
        ),
        rows,
    )


def _teams(period: Period, content: dict[str, Any]) -> Table:
    teams = content.get("teams", [])
    found: tuple[dict[str, Challenge], dict[str, Official]] = applicants_named(
        period.id, {row["lg_code"]: tuple(row["officials"]) for row in teams}
    )
    challenges, officials = found
    parts = [key for key in PARTS if any(key in row.get("parts", {}) for row in teams)]
    rows: list[Row] = []
    for number, row in enumerate(teams, 1):
        challenge = challenges.get(row["lg_code"])
        names = [officials[mail] for mail in row["officials"] if mail in officials]
        cells: list[Cell] = [
            row.get("number", number),
            row["lg_code"],
            challenge.municipality.full_name if challenge else "…",
            "\n".join(f"{o.ministry.name} {o.post} {o.name}" for o in names) or "…",
            _points(row.get("score")),
        ]
        cells += [_points(row.get("parts", {}).get(key)) for key in parts]
        rows.append((*cells, "\n".join(row.get("reasons") or ["－"])))
    return Table(
        "マッチング_チーム",
        "チームごとの得点と理由",
        (
            Column("number", "No.", "number", width=6),
            Column("lg_code", "団体コード", "code", in_print=False),
            Column("town", "団体", width=20),
            Column("officials", "支援官", width=40),
            Column("score", "得点", "mean", "点", 9),
            *(Column(key, PARTS[key], "mean", "点", 10) for key in parts),
            Column("reasons", "理由", width=56),
        ),
        rows,
        base=f"n={len(teams)}チーム　単位：点（小数第２位を四捨五入）",
        n=len(teams),
    )


def _points(hundredths: int | None) -> Fraction | str:
    return "…" if hundredths is None else Fraction(hundredths, 100)


def _steps(steps: list[dict[str, Any]]) -> Table:
    return Table(
        "マッチング_変更",
        "手による固定・変更とその理由",
        (
            Column("no", "順", "number", width=6),
            Column("summary", "変更", width=64),
            Column("reason", "理由", width=44),
            Column("points", "変更後の得点", "mean", "点", 14),
            Column("by", "だれが", width=16),
            Column("at", "日時（UTC）", "code", width=18),
        ),
        [
            (i, s["summary"], s["reason"], _points(s["points"]), s["by"], s["at"][:16])
            for i, s in enumerate(steps, 1)
        ],
    )
