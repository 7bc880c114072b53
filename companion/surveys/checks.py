"""検算: what must hold of every set of tables before it leaves the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from companion.surveys.crosstab import CrossTab
from companion.surveys.expression import Compare, Literal, Ref, parse_expression
from companion.surveys.grim import grim_mean, grim_share
from companion.surveys.schema import Common, SurveyDefinition
from companion.surveys.shares import exact, half_up, share_tenths, tenths_text
from companion.surveys.tables import BASES, Row, Table

OK = "OK"
LOOK = "要確認"


@dataclass(frozen=True)
class Check:
    """One check: what was expected, what was found, whether it holds, and why it may not."""

    name: str
    expected: str
    found: str
    ok: bool
    note: str = ""

    @property
    def verdict(self) -> str:
        """「OK」 or 「要確認」, as the sheet 検算 and the table of contents print it."""
        return OK if self.ok else LOOK


def checks(
    defn: SurveyDefinition,
    tables: Mapping[str, Table],
    *,
    valid: int | None = None,
    invited: int | None = None,
    crosstabs: Iterable[CrossTab] = (),
) -> list[Check]:
    """All checks of one survey's tables, in the order of the questions.

    `tables` by question name as `tabulate_all` gives them; `valid` is 有効回答数, `invited` 配布数.
    A hidden table is checked only for being hidden whole.
    """
    found: list[Check] = []
    if valid is not None and invited is not None:
        found.append(_at_most("有効回答数は配布数以下", invited, valid))
    for name, table in tables.items():
        question = defn.question(name)
        for part in table.parts or (table,):
            found += _table(defn, question, part, valid, invited)
        found += _sub_question(defn, question, table, tables)
        found += _published(question, table)
    for cross in crosstabs:
        found += _cross(defn, cross)
    return found


def _equal(name: str, expected: int, found: int, note: str = "") -> Check:
    return Check(name, f"{expected:,}", f"{found:,}", expected == found, note)


def _at_most(name: str, limit: int, found: int) -> Check:
    return Check(name, f"{limit:,}以下", f"{found:,}", found <= limit)


def _label(defn: SurveyDefinition, question: Common, table: Table) -> str:
    number = f"問{defn.numbers[question.name]}"
    return f"{number}（{table.title}）" if table.question != question.name else number


def _table(
    defn: SurveyDefinition,
    question: Common,
    table: Table,
    valid: int | None,
    invited: int | None,
) -> list[Check]:
    label = _label(defn, question, table)
    if table.hidden:
        clean = all(row.count == 0 and row.flag for row in table.rows) and table.n == 0
        verdict = "秘匿" if clean else "数値あり"
        return [Check(f"{label}：秘匿した表に数値がない", "秘匿", verdict, clean)]
    out: list[Check] = []
    if invited is not None:
        out.append(_at_most(f"{label}：nは配布数以下", invited, table.n))
    if valid is not None and not table.withheld:
        empty = 0 if table.base_label == BASES["relevant"] else table.no_answer
        whole = table.n + empty + table.not_asked + table.not_surveyed
        out.append(_equal(f"{label}：nと非該当等の計は有効回答数", valid, whole))
    if table.withheld:
        return out
    if table.mt_row is not None or table.kind == "multi":
        most = max((row.count for row in table.rows), default=0)
        out.append(_at_most(f"{label}：各行はn以下", table.n, most))
        if table.mt_row is not None:
            total = sum(row.count for row in table.rows)
            out.append(_equal(f"{label}：回答数計は各行の計", total, table.mt_row.count_total))
    elif table.kind in {"scale5", "single", "matrix"}:
        total = sum(row.count for row in table.printed_rows)
        out.append(_equal(f"{label}：内訳の計はn", table.n, total))
    elif table.kind == "number" and table.rows:
        total = sum(row.count for row in table.rows)
        out.append(_equal(f"{label}：階級の計は数値の回答数", table.n_scored, total))
    out += _shares(label, table) + _mean(label, question, table)
    return out


def _shares(label: str, table: Table) -> list[Check]:
    wrong = [
        row
        for row in table.printed_rows
        if table.n and row.share_tenths != share_tenths(row.count, table.n)
    ]
    if not table.rows or not table.n:
        return []
    found = f"不一致{len(wrong)}行" if wrong else "一致"
    return [Check(f"{label}：割合は回答数÷n", "一致", found, not wrong)]


def _mean(label: str, question: Common, table: Table) -> list[Check]:
    if table.mean_tenths is None or table.kind == "number":
        return []
    scores = [row.score for row in table.rows if row.score is not None]
    low, high = min(scores), max(scores)
    inside = 10 * low <= table.mean_tenths <= 10 * high
    printed = tenths_text(table.mean_tenths)
    grim = grim_mean(table.mean_tenths, table.n_scored, low, high)
    from_rows = sum(row.count for row in table.rows if row.score is not None)
    return [
        Check(f"{label}：平均は{low}～{high}", f"{low}～{high}", printed, inside),
        Check(
            f"{label}：平均はnで生じうる",
            "可",
            printed,
            grim.possible,
            grim.message,
        ),
        _equal(f"{label}：平均のnは点数のある行の計", from_rows, table.n_scored),
    ]


def _sub_question(
    defn: SurveyDefinition, question: Common, table: Table, tables: Mapping[str, Table]
) -> list[Check]:
    """The base of a sub-question equals the number of parents who qualify (simple conditions)."""
    tree = parse_expression(question.relevant) if question.relevant else None
    if not (
        isinstance(tree, Compare)
        and tree.op in {"=", "!="}
        and isinstance(tree.left, Ref)
        and isinstance(tree.right, Literal)
        and isinstance(tree.right.value, str)
    ):
        return []
    parent = tables.get(tree.left.name or "")
    visible = parent is not None and not (parent.hidden or parent.withheld or table.hidden)
    page = defn.pages[defn.page_of(question.name)]
    if parent is None or not visible or page.relevant or table.not_surveyed:
        return []
    if parent.kind not in {"scale5", "single"} or parent.not_asked or parent.not_surveyed:
        return []
    rows = {row.code: row.count for row in parent.rows}
    answered = sum(rows.values())
    same = parent.no_answer if tree.right.value == "" else rows.get(tree.right.value, 0)
    qualify = same if tree.op == "=" else answered + parent.no_answer - same
    asked = table.n
    if table.base_label == BASES["answered"]:
        asked += table.no_answer
    name = f"問{defn.numbers[question.name]}：対象者数は問{defn.numbers[parent.question]}の該当者数"
    return [_equal(name, qualify, asked)]


def _published(question: Common, table: Table) -> list[Check]:
    """Figures printed elsewhere: can they be, and are they what the answers give?"""
    out: list[Check] = []
    rows = {row.code: row for row in table.rows}
    for printed in question.published:
        tenths = half_up(10 * exact(printed.value))
        n = printed.n or table.n
        same_base = n == table.n and not table.hidden
        row: Row | None = rows.get(printed.row or "")
        what = row.label if row else "平均"
        name = f"公表値との照合：{what}（{printed.source}）"
        if not n:
            continue
        if printed.row is None:
            grim = grim_mean(tenths, n)
            computed = table.mean_tenths
        else:
            grim = grim_share(tenths, n, row.count if row and same_base and not row.flag else None)
            computed = row.share_tenths if row else None
        if same_base and computed is not None:
            ok = grim.possible and computed == tenths
            out.append(Check(name, tenths_text(computed), tenths_text(tenths), ok, grim.message))
        else:
            out.append(
                Check(name, f"n={n}で生じうる値", tenths_text(tenths), grim.possible, grim.message)
            )
    return out


def _cross(defn: SurveyDefinition, cross: CrossTab) -> list[Check]:
    label = f"クロス（{cross.banner_label}×{cross.title}）"
    shown = [row for row in cross.rows if not row.hidden]
    small = [row for row in shown if 0 < row.n < cross.min_base]
    left = [row for row in cross.rows if row.hidden and (row.n or any(c.count for c in row.cells))]
    out = [
        Check(f"{label}：{cross.min_base}未満の群を表示しない", "0", str(len(small)), not small),
        Check(f"{label}：秘匿した群に数値がない", "0", str(len(left)), not left),
    ]
    if not cross.overlapping and not any(row.hidden for row in cross.rows):
        whole = sum(row.n for row in cross.rows)
        out.append(_equal(f"{label}：各群のnの計は全体", cross.total.n, whole))
    reached = cross.reachable
    found = "なし" if reached is None else f"{reached}人分"
    note = "" if reached is None else "表示した群の差し引きで少人数の回答が分かる。"
    name = f"{label}：秘匿した値が差し引きで求められない"
    out.append(Check(name, "なし", found, reached is None, note))
    return out
