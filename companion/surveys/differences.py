"""A definition beside the published one, question by question, in the words of the screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from companion.surveys.conditionrows import condition_names, in_words
from companion.surveys.edits import (
    KINDS,
)
from companion.surveys.groups import BANNERS
from companion.surveys.ladderrows import ladder_words, rungs_of
from companion.surveys.rulerows import rules_in_words
from companion.surveys.schema import Choice, FreeText, Matrix, Multi, Number, Question
from companion.surveys.schema import SurveyDefinition as Definition
from companion.surveys.terms import Identity

MISSING = {"not_applicable": "該当なし", "dont_know": "わからない", "refused": "答えない"}
PUBLISH = {"never": "公表しない", "ask_consent": "本人に可否を尋ねる", "always": "公表する"}
EDITING = {"never": "できない", "until_close": "締切までできる", "always": "いつでもできる"}
CHANNELS = {"web": "画面", "excel": "Excel回答票", "paper": "紙・電話（担当者が入力）"}
Lines = tuple[tuple[str, bool], ...]  # a line, and whether it is only on this side


@dataclass(frozen=True)
class Difference:
    """One question (or the survey) that differs: (what, published, draft)."""

    title: str
    rows: tuple[tuple[str, Lines, Lines], ...]


def differences(old: Definition, new: Definition) -> list[Difference]:
    """Everything that reads differently, the survey first, then in the order of the draft."""
    found = [_difference("アンケート全体", _survey(old), _survey(new))]
    rename = {after: before for before, after in new.compat.rename.items()}
    kept: set[str] = set()
    for question in new.questions:
        before = rename.get(question.name, question.name)
        kept.add(before)
        there = before in old.by_name
        title = f"問{new.numbers[question.name]}" if question.name in new.numbers else "説明文"
        found.append(
            _difference(
                f"{title}　{question.short[:40]}",
                described(old, old.by_name[before]) if there else {},
                described(new, question),
            )
        )
    found += [
        _difference(f"削った設問　{question.short[:40]}", described(old, question), {})
        for question in old.questions
        if question.name not in kept
    ]
    return [one for one in found if one.rows]


def _difference(title: str, before: Mapping[str, str], after: Mapping[str, str]) -> Difference:
    labels = list(dict.fromkeys([*after, *before]))
    rows = []
    for label in labels:
        old, new = before.get(label, ""), after.get(label, "")
        if old != new:
            left, right = old.splitlines(), new.splitlines()
            rows.append((label, _marked(left, right), _marked(right, left)))
    return Difference(title, tuple(rows))


def _marked(lines: list[str], other: list[str]) -> Lines:
    same = SequenceMatcher(None, lines, other, autojunk=False).get_matching_blocks()
    kept = {block.a + step for block in same for step in range(block.size)}
    return tuple((line, i not in kept) for i, line in enumerate(lines))


def _survey(defn: Definition) -> dict[str, str]:
    limits, reminders = defn.reminder_limits, [one.model_dump() for one in defn.reminders]
    return _written(
        {
            "題名": defn.title,
            "前書き": defn.intro,
            "回答後の文": defn.thanks,
            "回答の扱い": Identity(defn.identity).label,
            "期間": f"{defn.window.open}～{defn.window.close}".replace("T", " "),
            "締切後に受け付ける時間": f"{defn.window.grace_hours}時間",
            "提出後の訂正": EDITING[defn.edit_after_submit],
            "回答方法": "、".join(CHANNELS[channel] for channel in defn.channels),
            "秘匿の基準": f"{defn.min_base}{'（1・2人の回答数も秘匿）' if defn.strict else ''}",
            "ページ": "\n".join(page.title for page in defn.pages),
            "催促": ladder_words(rungs_of(reminders)),
            "催促の上限": f"一人に{limits.max_per_person}回、{limits.min_gap_days}日以上あける",
            "クロス集計": "\n".join(
                f"{cross.label or BANNERS.get(cross.banner, cross.banner)}："
                f"{_numbered(defn, cross.of)}"
                for cross in defn.crosstabs
            ),
            "集計表": "\n".join(
                f"表{table.id}　{table.title}（{_numbered(defn, table.questions)}）"
                f"{'　シート名：' + table.sheet if table.sheet else ''}"
                for table in defn.export.tables
            ),
        }
    )


def _numbered(defn: Definition, names: list[str]) -> str:
    return "、".join(f"問{defn.numbers[name]}" for name in names if name in defn.numbers)


def described(defn: Definition, question: Question) -> dict[str, str]:
    """A question in words: what is asked, of whom, and what may be answered."""
    page = defn.pages[defn.page_of(question.name)]
    kinds = {q.name: q.type for q in defn.questions}
    words: dict[str, str | None] = {
        "ページ": page.title,
        "番号": defn.numbers.get(question.name),
        "種類": KINDS[question.type],
        "質問文": question.label,
        "短い名前": question.short_label,
        "補足": question.hint,
        "職員向けの補足": question.guidance_hint,
        "回答": required_words(question.required),
        "尋ねる条件": in_words(question.relevant, kinds, condition_names(defn)),
        "回答の条件": rules_in_words(question.constraint, condition_names(defn)),
        "条件に合わないときの文": question.constraint_message,
        "選択肢": "\n".join(_choice(one) for one in question.choice_list(defn)),
    }
    if isinstance(question, Matrix):
        words["行"] = "\n".join(row.label for row in question.rows)
        words["全行必須"] = "はい" if question.all_rows_required else ""
    if isinstance(question, Multi):
        words["選べる数"] = _range(question.min_selected, question.max_selected)
    if isinstance(question, Number):
        words["範囲"] = _range(question.min, question.max)
        words["単位"] = question.unit
    if isinstance(question, FreeText):
        words["文字数"] = f"{question.max_length}文字まで"
        words["公表"] = PUBLISH[question.publish]
    return _written(words)


def required_words(required: bool | str) -> str:
    """Whether an answer is needed, in a word."""
    if isinstance(required, str):
        return "未回答なら確かめる" if required == "soft" else f"次のとき必須：{required}"
    return "必須" if required else "任意"


def _choice(choice: Choice) -> str:
    marks = [MISSING[choice.missing]] if choice.missing else []
    marks += [f"{choice.score}点"] if choice.score is not None else []
    marks += ["ほかと選べない"] if choice.exclusive else []
    marks += ["内容を書く"] if choice.other else []
    marks += ["廃止"] if choice.retired else []
    return f"{choice.label}{'（' + '、'.join(marks) + '）' if marks else ''}"


def _range(low: object, high: object) -> str:
    if low is None and high is None:
        return ""
    return f"{'' if low is None else low}～{'' if high is None else high}"


def _written(words: Mapping[str, str | None]) -> dict[str, str]:
    return {label: text for label, text in words.items() if text}
