"""What a change of a published definition does to the answers given before it.

safe: all answers count together; additive: pooled, earlier answers are 「※調査していない」;
needs note: the coordinator writes why, tables are shown split and pooled; breaking: refused
unless `compat` maps the old names and codes to new ones, or another id is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from companion.surveys.changes import (
    ADDITIVE,
    BREAKING,
    NEEDS_NOTE,
    SAFE,
    Change,
    ChangeClass,
    gravest,
    plain,
    wording,
)
from companion.surveys.choicechanges import choice_changes, limit_changes, row_changes
from companion.surveys.edits import KINDS
from companion.surveys.expression import parse_expression
from companion.surveys.schema import (
    FreeText,
    Matrix,
    Page,
    Question,
    SurveyDefinition,
)

__all__ = ["Change", "ChangeClass", "compare", "gravest", "plain"]

_LOOSER = {"never": 0, "ask_consent": 1, "always": 2}


def compare(old: SurveyDefinition, new: SurveyDefinition) -> list[Change]:
    """Every difference from a published definition to a draft, the gravest first.

    Raises ValueError when the two are not the same survey (their ids differ).
    """
    if old.id != new.id:
        raise ValueError("only versions of one survey can be compared")
    found = [*_survey(old, new), *_questions(old, new)]
    return sorted(found, key=lambda change: -change.kind)


def _survey(old: SurveyDefinition, new: SurveyDefinition) -> Iterator[Change]:
    for key, kind, word in (
        ("identity", BREAKING, "匿名性の水準"),
        ("audience", BREAKING, "対象者の種類"),
        ("unit", BREAKING, "回答の単位"),
        ("population", NEEDS_NOTE, "対象"),
        ("visible_to", NEEDS_NOTE, "回答を見られる人"),
        ("weights", NEEDS_NOTE, "重み付け"),
        ("intro", SAFE, "前書き"),
        ("thanks", SAFE, "回答後の文"),
        ("title", SAFE, "題名"),
        ("window", SAFE, "期間"),
        ("edit_after_submit", SAFE, "提出後の修正"),
        ("channels", SAFE, "回答方法"),
        ("reminders", SAFE, "催促"),
        ("reminder_limits", SAFE, "催促の上限"),
        ("crosstabs", SAFE, "クロス集計"),
        ("export", SAFE, "集計表"),
    ):
        if getattr(old, key) != getattr(new, key):
            yield Change(kind, "", f"{word}を変えました。")
    if new.min_base < old.min_base:
        yield Change(NEEDS_NOTE, "", f"秘匿の基準を{old.min_base}から{new.min_base}に下げました。")
    elif new.min_base > old.min_base:
        yield Change(SAFE, "", f"秘匿の基準を{old.min_base}から{new.min_base}に上げました。")
    if old.strict and not new.strict:
        yield Change(NEEDS_NOTE, "", "1人・2人の回答数を秘匿しないことにしました。")
    elif new.strict and not old.strict:
        yield Change(SAFE, "", "1人・2人の回答数も秘匿することにしました。")


def _questions(old: SurveyDefinition, new: SurveyDefinition) -> Iterator[Change]:
    rename = new.compat.rename
    matched: set[str] = set()
    for before in old.questions:
        name = rename.get(before.name, before.name)
        after = new.by_name.get(name)
        if after is None:
            if before.type == "note":
                yield Change(SAFE, before.name, "説明文を削りました。")
            else:
                yield Change(BREAKING, before.name, "質問を削りました。")
            continue
        if name in matched:
            yield Change(BREAKING, name, f"質問名「{name}」を別の質問に使い回しています。")
            continue
        matched.add(name)
        if name != before.name:
            message = f"質問名を「{before.name}」から「{name}」に変えました。"
            yield Change(NEEDS_NOTE, name, message)
        yield from _question(old, new, before, after)
    for question in new.questions:
        if question.name not in matched:
            yield _added(question)
    yield from _moved(old, new)


def _added(question: Question) -> Change:
    if question.type == "note":
        return Change(SAFE, question.name, "説明文を加えました。")
    forced = question.required not in (False, "soft")
    if forced or (isinstance(question, Matrix) and question.all_rows_required):
        return Change(NEEDS_NOTE, question.name, "必須の質問を加えました。")
    return Change(ADDITIVE, question.name, "任意の質問を加えました。")


def _moved(old: SurveyDefinition, new: SurveyDefinition) -> Iterator[Change]:
    rename = new.compat.rename
    before = [rename.get(q.name, q.name) for q in old.questions if q.type != "note"]
    after = [q.name for q in new.questions if q.type != "note"]
    shared = set(before) & set(after)
    if [name for name in before if name in shared] != [name for name in after if name in shared]:
        yield Change(NEEDS_NOTE, "", "質問の順序を変えました。")


def _question(
    old: SurveyDefinition, new: SurveyDefinition, before: Question, after: Question
) -> Iterator[Change]:
    name = after.name
    if before.type != after.type:
        yield Change(
            BREAKING,
            name,
            f"種類を「{KINDS[before.type]}」から「{KINDS[after.type]}」に変えました。",
        )
        return
    yield from wording(name, "質問文", before.label, after.label)
    for key, kind, word in (
        ("hint", SAFE, "補足"),
        ("guidance_hint", SAFE, "職員向けの補足"),
        ("short_label", SAFE, "短い名前"),
        ("label_en", SAFE, "英訳"),
        ("number", SAFE, "番号"),
        ("required_message", SAFE, "未回答のときの文"),
        ("constraint_message", SAFE, "条件に合わないときの文"),
        ("required", NEEDS_NOTE, "必須かどうか"),
        ("default", NEEDS_NOTE, "初期値"),
        ("prefill", NEEDS_NOTE, "あらかじめ入れる値"),
        ("read_only", NEEDS_NOTE, "書き換えの可否"),
        ("layout", SAFE, "並べ方"),
        ("choice_order", SAFE, "表での順序"),
        ("coding", SAFE, "分類の札"),
        ("pii_hint", SAFE, "個人名等の注意"),
        ("sensitive", SAFE, "要配慮の印"),
        ("published", SAFE, "公表値"),
        ("direction", BREAKING, "点数の向き"),
        ("cell", BREAKING, "1行で選べる数"),
        ("unit", BREAKING, "単位"),
        ("integer", NEEDS_NOTE, "整数かどうか"),
        ("step", NEEDS_NOTE, "刻み"),
        ("pattern", NEEDS_NOTE, "形"),
        ("all_rows_required", NEEDS_NOTE, "全行必須かどうか"),
        ("exclusive", NEEDS_NOTE, "ほかと一緒に選べない選択肢"),
    ):
        if getattr(before, key, None) != getattr(after, key, None):
            yield Change(kind, name, f"{word}を変えました。")
    for key, word in (
        ("relevant", "対象の条件"),
        ("constraint", "回答の条件"),
        ("choice_filter", "選択肢の条件"),
    ):
        if _rule(getattr(before, key, None)) != _rule(getattr(after, key, None)):
            yield Change(NEEDS_NOTE, name, f"{word}を変えました。")
    if _rule(_page(old, before).relevant) != _rule(_page(new, after).relevant):
        yield Change(NEEDS_NOTE, name, "ページの対象の条件が変わりました。")
    if before.analysis.base != after.analysis.base:
        yield Change(BREAKING, name, "集計の基数を変えました。")
    elif before.analysis != after.analysis:
        yield Change(SAFE, name, "集計の設定を変えました。")
    yield from limit_changes(before, after)
    yield from choice_changes(name, before.choice_list(old), after.choice_list(new), new)
    if isinstance(before, Matrix) and isinstance(after, Matrix):
        yield from row_changes(before, after)
    if isinstance(before, FreeText) and isinstance(after, FreeText):
        if before.rows != after.rows:
            yield Change(SAFE, name, "欄の高さを変えました。")
        looser = _LOOSER[after.publish] - _LOOSER[before.publish]
        if looser:
            kind = BREAKING if looser > 0 else NEEDS_NOTE
            yield Change(kind, name, "公表の約束を変えました。")


def _page(defn: SurveyDefinition, question: Question) -> Page:
    return defn.pages[defn.page_of(question.name)]


def _rule(text: str | None) -> Any:
    return None if text is None else parse_expression(text)
