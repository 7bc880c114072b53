"""Types, limits and rules of questions in the words of XLSForm."""

from __future__ import annotations

import json
from typing import Any

from companion.surveys.schema import FreeText, Multi, Number, Question, SurveyDefinition
from companion.surveys.xlsform import for_xlsform


def kind_of(question: Question) -> str:
    """The type as XLSForm calls it."""
    if isinstance(question, Number):
        return "integer" if question.integer else "decimal"
    return {"scale5": "select_one", "single": "select_one", "multi": "select_multiple"}.get(
        question.type, question.type
    )


def required_of(question: Question) -> str:
    """Whether an answer is needed, as XLSForm writes it."""
    if question.required is True:
        return "yes"
    is_rule = isinstance(question.required, str) and not question.soft
    return for_xlsform(str(question.required)) if is_rule else ""


def limits_of(question: Question, defn: SurveyDefinition) -> list[str]:
    """What our own fields forbid, in words of XLSForm."""
    if isinstance(question, Number):
        low = [] if question.min is None else [f". >= {question.min}"]
        return low + ([] if question.max is None else [f". <= {question.max}"])
    if isinstance(question, FreeText):
        limits = [f"string-length(.) <= {question.max_length}"]
        if question.pattern is not None and "'" not in question.pattern:
            limits.append(f"regex(., '{question.pattern}')")
        return limits
    if isinstance(question, Multi):
        least, most = question.min_selected, question.max_selected
        alone = [c.name for c in question.choice_list(defn) if question.stands_alone(c)]
        return [
            *([] if least is None else [f"count-selected(.) >= {least}"]),
            *([] if most is None else [f"count-selected(.) <= {most}"]),
            *(f"(not(selected(., '{code}')) or count-selected(.) = 1)" for code in alone),
        ]
    return []


def as_json(data: dict[str, Any]) -> str:
    """Data for the column of our own; empty when there is none."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True) if data else ""
