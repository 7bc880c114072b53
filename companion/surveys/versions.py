"""What a change of a published definition does to the answers given before it.

safe: all answers count together; additive: pooled, earlier answers are 「※調査していない」;
needs note: the coordinator writes why, tables are shown split and pooled; breaking: refused
unless `compat` maps the old names and codes to new ones, or another id is used.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from companion.surveys.expression import parse_expression
from companion.surveys.schema import (
    Choice,
    FreeText,
    Matrix,
    Page,
    Question,
    SurveyDefinition,
)


class ChangeClass(IntEnum):
    """How grave a change is; the gravest one decides."""

    SAFE = 0
    ADDITIVE = 1
    NEEDS_NOTE = 2
    BREAKING = 3

    @property
    def label(self) -> str:
        """As screens and the sheet 利用上の注意 say it."""
        return ("影響なし", "追加", "説明が必要", "互換性なし")[self]


@dataclass(frozen=True)
class Change:
    """One difference: its class, the question ("" for the survey), and one sentence."""

    kind: ChangeClass
    question: str
    message: str


SAFE, ADDITIVE, NEEDS_NOTE, BREAKING = ChangeClass

_LOOSER = {"never": 0, "ask_consent": 1, "always": 2}


def compare(old: SurveyDefinition, new: SurveyDefinition) -> list[Change]:
    """Every difference from a published definition to a draft, the gravest first.

    Raises ValueError when the two are not the same survey (their ids differ).
    """
    if old.id != new.id:
        raise ValueError("only versions of one survey can be compared")
    found = [*_survey(old, new), *_questions(old, new)]
    return sorted(found, key=lambda change: -change.kind)


def gravest(changes: list[Change]) -> ChangeClass | None:
    """The class that decides, None when nothing has changed."""
    return max((change.kind for change in changes), default=None)


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
        yield Change(BREAKING, name, f"種類を{before.type}から{after.type}に変えました。")
        return
    yield from _wording(name, "質問文", before.label, after.label)
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
    yield from _limits(before, after)
    yield from _choices(name, before.choice_list(old), after.choice_list(new), new)
    if isinstance(before, Matrix) and isinstance(after, Matrix):
        yield from _rows(before, after)
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


def plain(text: str) -> str:
    """A text without what does not change its meaning: width, blanks, punctuation."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c)[0] not in {"P", "Z", "C"})


def _wording(name: str, word: str, before: str, after: str) -> Iterator[Change]:
    """A wording: marks and blanks are safe; whether more is only a typo, a person must say."""
    if before == after:
        return
    if plain(before) == plain(after):
        yield Change(SAFE, name, f"{word}の句読点や空白を直しました。")
    else:
        message = f"{word}を「{before[:40]}」から「{after[:40]}」に変えました。"
        yield Change(NEEDS_NOTE, name, message)


def _limits(before: Question, after: Question) -> Iterator[Change]:
    """Longer or wider is additive, since earlier answers stay right; narrower needs a note."""
    for key, upward in (
        ("max_length", True),
        ("max", True),
        ("max_selected", True),
        ("min", False),
        ("min_selected", False),
    ):
        first, second = getattr(before, key, None), getattr(after, key, None)
        if first == second:
            continue
        wider = second is None or (
            first is not None and (second > first if upward else second < first)
        )
        kind = ADDITIVE if wider else NEEDS_NOTE
        yield Change(kind, after.name, "範囲を広げました。" if wider else "範囲を狭めました。")


def _choices(
    name: str, before: list[Choice], after: list[Choice], new: SurveyDefinition
) -> Iterator[Change]:
    old_codes, by_code = [choice.name for choice in before], {c.name: c for c in after}
    for choice in before:
        now = by_code.get(choice.name)
        if now is None:
            target = new.compat.collapse.get(choice.name)
            if target in by_code:
                message = f"選択肢「{choice.short}」を「{by_code[target].short}」にまとめました。"
                yield Change(NEEDS_NOTE, name, message)
            else:
                yield Change(BREAKING, name, f"選択肢「{choice.short}」を削りました。")
            continue
        yield from _wording(name, f"選択肢「{choice.name}」", choice.label, now.label)
        if choice.score != now.score or choice.missing != now.missing:
            message = f"選択肢「{choice.short}」の点数か欠損の扱いを変えました。"
            yield Change(BREAKING, name, message)
        if (choice.exclusive, choice.other) != (now.exclusive, now.other):
            yield Change(NEEDS_NOTE, name, f"選択肢「{choice.short}」の選び方を変えました。")
        if choice.retired != now.retired:
            word = "廃止しました" if now.retired else "再び選べるようにしました"
            yield Change(ADDITIVE, name, f"選択肢「{choice.short}」を{word}。")
        if (choice.short_label, choice.group, choice.label_en) != (
            now.short_label,
            now.group,
            now.label_en,
        ):
            yield Change(SAFE, name, f"選択肢「{choice.name}」の表示や区分を変えました。")
    fresh = [choice for choice in after if choice.name not in old_codes]
    kept = [choice.name for choice in after if choice.name in old_codes]
    if kept != [code for code in old_codes if code in by_code]:
        yield Change(NEEDS_NOTE, name, "選択肢の順序を変えました。")
    for choice in fresh:
        at_end = after.index(choice) >= len(after) - len(fresh)
        if at_end and choice.score is None:
            yield Change(ADDITIVE, name, f"選択肢「{choice.short}」を最後に加えました。")
        else:
            word = "点数のある選択肢" if at_end else "途中に選択肢"
            yield Change(NEEDS_NOTE, name, f"{word}「{choice.short}」を加えました。")


def _rows(before: Matrix, after: Matrix) -> Iterator[Change]:
    now = {row.name: row for row in after.rows}
    for row in before.rows:
        if row.name not in now:
            yield Change(BREAKING, after.name, f"行「{row.short}」を削りました。")
        else:
            yield from _wording(after.name, f"行「{row.name}」", row.label, now[row.name].label)
    old_names = [row.name for row in before.rows]
    if [r.name for r in after.rows if r.name in old_names] != [n for n in old_names if n in now]:
        yield Change(NEEDS_NOTE, after.name, "行の順序を変えました。")
    for row in after.rows:
        if row.name not in old_names:
            kind = NEEDS_NOTE if after.all_rows_required else ADDITIVE
            yield Change(kind, after.name, f"行「{row.short}」を加えました。")
