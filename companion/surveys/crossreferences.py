"""What a definition says in one place about another: names, codes, conditions, bases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from companion.surveys.expression import (
    ExpressionFault,
    Ref,
    Selected,
    compared_codes,
    parse_expression,
    references,
    walk,
)
from companion.surveys.faults import nearest
from companion.surveys.schema import (
    Choice,
    FreeText,
    Matrix,
    Multi,
    Number,
    Question,
    Scale5,
    Single,
    SurveyDefinition,
)
from companion.surveys.source import Path

Finding = tuple[Path, str, str]


def crossreference_faults(defn: SurveyDefinition) -> list[Finding]:
    """Every broken reference: (place in the file, question or "", sentence)."""
    found: list[Finding] = []
    for name, choices in defn.choices.items():
        found += _choices(("choices", name), "", choices)
    earlier: dict[str, Question] = {}
    for p, page in enumerate(defn.pages):
        if page.relevant is not None:
            found += _expression(defn, ("pages", p, "relevant"), "", page.relevant, earlier, None)
        for q, question in enumerate(page.questions):
            at: Path = ("pages", p, "questions", q)
            if question.name in earlier:
                message = f"質問名「{question.name}」が重複しています。"
                found.append(((*at, "name"), question.name, message))
            found += _question(defn, at, question, earlier)
            earlier.setdefault(question.name, question)
    found += list(_outputs(defn))
    if defn.window.closes_at <= defn.window.opens_at:
        found.append((("window", "close"), "", "締切が開始より前です。"))
    return found


def _choices(at: Path, question: str, choices: list[Choice]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, choice in enumerate(choices):
        if choice.name in seen:
            yield (
                (*at, index, "name"),
                question,
                f"選択肢のコード「{choice.name}」が重複しています。",
            )
        seen.add(choice.name)
        if choice.missing and choice.score is not None:
            message = f"「{choice.name}」は欠損（missing）なので点数（score）を持てません。"
            yield (*at, index), question, message
    if not choices:
        yield at, question, "選択肢がありません。"


def _question(
    defn: SurveyDefinition, at: Path, question: Question, earlier: dict[str, Question]
) -> Iterator[Finding]:
    name = question.name
    if "__" in name:  # kept for what belongs to a question: `q__other`, `q__consent`
        yield (*at, "name"), name, "質問名に「__」は使えません。"
    for key in ("relevant", "constraint", "required", "choice_filter"):
        text = getattr(question, key, None)
        if isinstance(text, str) and text != "soft":
            inside = question if key in {"constraint", "choice_filter"} else None
            yield from _expression(defn, (*at, key), name, text, earlier, inside)
    key = "columns" if isinstance(question, Matrix) else "choices"
    source = getattr(question, key, None)
    if isinstance(source, str) and source not in defn.choices:
        message = f"選択肢の一覧「{source}」がありません。{nearest(source, defn.choices)}"
        yield (*at, key), name, message
        return
    if isinstance(source, list):
        yield from _choices((*at, key), name, source)
    choices = question.choice_list(defn)
    codes = [choice.name for choice in choices]
    if isinstance(question, Scale5):
        scores = [choice.score for choice in choices if choice.score is not None]
        unscored = [c.name for c in choices if c.score is None and not c.missing]
        if sorted(scores) != [1, 2, 3, 4, 5]:
            message = "5段階には点数（score）1～5の選択肢が1つずつ必要です。"
            yield (*at, key), name, message
        elif unscored:
            message = (
                f"5段階の「{unscored[0]}」には点数（score）か欠損の理由（missing）が必要です。"
            )
            yield (*at, key), name, message
    for field in ("top_box", "bottom_box"):
        for code in getattr(question.analysis, field) or []:
            if code not in codes:
                yield (*at, "analysis", field), name, _no_code(code, codes)
    for index, printed in enumerate(question.published):
        if printed.row is not None and printed.row not in codes:
            yield (*at, "published", index), name, _no_code(printed.row, codes)
    if isinstance(question, Multi):
        yield from _multi(at, question, codes)
    if isinstance(question, Matrix):
        rows = [row.name for row in question.rows]
        for index, row in enumerate(rows):
            if row in rows[:index]:
                yield (*at, "rows", index), name, f"行の名前「{row}」が重複しています。"
    if isinstance(question, Number):
        yield from _number(at, question)
    if isinstance(question, FreeText) and question.pattern is not None:
        try:
            re.compile(question.pattern)
        except re.error:
            yield (*at, "pattern"), name, "形（pattern）が正規表現として読めません。"


def _no_code(code: str, codes: list[str]) -> str:
    return f"選択肢のコード「{code}」がありません。{nearest(code, codes)}"


def _multi(at: Path, question: Multi, codes: list[str]) -> Iterator[Finding]:
    for code in question.exclusive:
        if code not in codes:
            yield (*at, "exclusive"), question.name, _no_code(code, codes)
    low, high = question.min_selected or 0, question.max_selected
    if high is not None and low > high:
        message = "選べる数の下限（min_selected）が上限（max_selected）を超えています。"
        yield (*at, "min_selected"), question.name, message
    if low > len(codes):
        message = f"選択肢は{len(codes)}個なので、{low}個以上は選べません。"
        yield (*at, "min_selected"), question.name, message


def _number(at: Path, question: Number) -> Iterator[Finding]:
    if question.min is not None and question.max is not None and question.min > question.max:
        yield (*at, "min"), question.name, "下限（min）が上限（max）を超えています。"
    if question.step is not None and question.step <= 0:
        yield (*at, "step"), question.name, "刻み（step）は0より大きくしてください。"
    bins = question.analysis.bins
    if bins is not None and (len(bins) < 2 or any(a >= b for a, b in pairwise(bins))):
        message = "階級（bins）は小さい順に2つ以上書いてください。"
        yield (*at, "analysis", "bins"), question.name, message


def _expression(
    defn: SurveyDefinition,
    at: Path,
    name: str,
    text: str,
    earlier: dict[str, Question],
    inside: Question | None,
) -> Iterator[Finding]:
    try:
        tree = parse_expression(text)
    except ExpressionFault as error:
        yield at, name, str(error)
        return
    for other in references(tree):
        if other in earlier:
            continue
        if other == name:
            message = f"式が自分自身「{other}」を見ています。自分の回答は「.」と書きます。"
        elif other in defn.by_name:
            message = f"式が後の質問「{other}」を見ています。先に聞く質問だけが使えます。"
        else:
            message = f"式の質問「{other}」がありません。{nearest(other, earlier)}"
        yield at, name, message
    for node in walk(tree):
        if node == Ref(None) and inside is None:
            yield at, name, "「.」は constraint と choice_filter の中だけで使えます。"
        if isinstance(node, Selected):
            asked = earlier.get(node.of.name) if node.of.name else inside
            codes = [choice.name for choice in asked.choice_list(defn)] if asked else []
            if asked is not None and node.code not in codes:
                yield at, name, _no_code(node.code, codes)
    for of, code in compared_codes(tree):
        asked = earlier.get(of) if of else None
        if isinstance(asked, Scale5 | Single):
            codes = [choice.name for choice in asked.choice_list(defn)]
            if codes and code not in codes:
                yield at, name, _no_code(code, codes)


def _outputs(defn: SurveyDefinition) -> Iterator[Finding]:
    """Cross tables and workbook tables: only of questions that exist and can be counted."""
    names = list(defn.by_name)
    used = [
        (("crosstabs", i, "of"), name)
        for i, cross in enumerate(defn.crosstabs)
        for name in cross.of
    ] + [
        (("export", "tables", i, "of"), name)
        for i, table in enumerate(defn.export.tables)
        for name in table.questions
    ]
    for at, name in used:
        question = defn.by_name.get(name)
        if question is None:
            yield at, "", f"質問「{name}」がありません。{nearest(name, names)}"
        elif at[0] == "crosstabs" and not isinstance(question, Scale5 | Single | Multi | Number):
            yield at, name, "クロス集計できるのは scale5、single、multi、number の質問です。"
    ids = [table.id for table in defn.export.tables]
    for i, table_id in enumerate(ids):
        if table_id in ids[:i]:
            yield ("export", "tables", i, "id"), "", f"表の番号「{table_id}」が重複しています。"
