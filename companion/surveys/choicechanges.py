"""What changes of choices, of a matrix's lines and of limits do to earlier answers."""

from __future__ import annotations

from collections.abc import Iterator

from companion.surveys.changes import ADDITIVE, BREAKING, NEEDS_NOTE, SAFE, Change, wording
from companion.surveys.schema import Choice, Matrix, Question, SurveyDefinition


def limit_changes(before: Question, after: Question) -> Iterator[Change]:
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


def choice_changes(
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
        yield from wording(name, f"選択肢「{choice.name}」", choice.label, now.label)
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


def row_changes(before: Matrix, after: Matrix) -> Iterator[Change]:
    now = {row.name: row for row in after.rows}
    for row in before.rows:
        if row.name not in now:
            yield Change(BREAKING, after.name, f"行「{row.short}」を削りました。")
        else:
            yield from wording(after.name, f"行「{row.name}」", row.label, now[row.name].label)
    old_names = [row.name for row in before.rows]
    if [r.name for r in after.rows if r.name in old_names] != [n for n in old_names if n in now]:
        yield Change(NEEDS_NOTE, after.name, "行の順序を変えました。")
    for row in after.rows:
        if row.name not in old_names:
            kind = NEEDS_NOTE if after.all_rows_required else ADDITIVE
            yield Change(kind, after.name, f"行「{row.short}」を加えました。")
