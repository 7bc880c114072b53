"""Whether a question of two years is the same question: only then their figures are compared."""

from __future__ import annotations

from companion.surveys.changes import ChangeClass
from companion.surveys.schema import Question, SurveyDefinition
from companion.surveys.tables import Table
from companion.surveys.versions import compare


def why_different(before: SurveyDefinition, now: SurveyDefinition, name: str) -> str:
    """Why the figures of a question are not compared, in one sentence; empty when they are.

    It was asked, nothing that needs a note or breaks answers was changed, and the same choices
    could be chosen. Asking the same people in the same order is not demanded.
    """
    if name not in before.by_name:
        return "前の期には尋ねていません。"
    grave = [
        change.message
        for change in compare(before, now)
        if change.question == name and change.kind >= ChangeClass.NEEDS_NOTE
    ]
    if grave:
        return grave[0]
    if _offered(before, before.question(name)) != _offered(now, now.question(name)):
        return "選べる選択肢が違います。"
    return ""


def why_not_compared(
    before: SurveyDefinition, now: SurveyDefinition, name: str, then: Table | None, table: Table
) -> str:
    """The same of two tables: what is different in how they were counted is a reason too."""
    why = why_different(before, now, name)
    if why or then is None:
        return why or "前の期の集計がありません。"
    if [row.code for row in then.rows] != [row.code for row in table.rows]:
        return "階級の区切りが違います。" if table.kind == "number" else "選択肢が違います。"
    if [part.question for part in then.parts] != [part.question for part in table.parts]:
        return "行が違います。"
    return ""


def _offered(defn: SurveyDefinition, question: Question) -> list[str]:
    return [choice.name for choice in question.choice_list(defn) if not choice.retired]
