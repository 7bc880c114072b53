"""The one validator of answers: the web form, the Excel form and paper typed in all come here.

Shapes of an answer (`None`, "" and [] are empty and are left out of what is kept):
scale5, single: code; multi: list of codes in the order of the questionnaire; text: text;
number: exact decimal as text; matrix: {row: code} (cell: multi: {row: [codes]}).
Beside them stand `<name>__other` (words for the choice marked other) and `<name>__consent`
("yes" or "no": may the text be published).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from companion.surveys.answervalues import Refusal, clean_value, is_empty, one_text
from companion.surveys.expression import evaluate, parse_expression
from companion.surveys.schema import (
    Choice,
    FreeText,
    Matrix,
    Multi,
    Question,
    Single,
    SurveyDefinition,
)

Answers = Mapping[str, Any]
Errors = dict[str, str]

OTHER = "__other"
CONSENT = "__consent"
_OTHER_LENGTH = 200


def relevant_questions(
    defn: SurveyDefinition, answers: Answers, attrs: Mapping[str, str] | None = None
) -> list[Question]:
    """The questions asked of someone who has given these answers, in order, notes included.

    An answer to a question that is not asked counts as empty in the conditions after it.
    `attrs` are facts the application knows (`team.kind`), for attr(...).
    """
    seen: dict[str, Any] = {}
    asked: list[Question] = []
    for _, question, shown in _walk(defn, seen, attrs or {}):
        if shown:
            asked.append(question)
            if not is_empty(answers.get(question.name)):
                seen[question.name] = answers[question.name]
    return asked


def offered_choices(
    defn: SurveyDefinition,
    question: Question,
    answers: Answers,
    attrs: Mapping[str, str] | None = None,
) -> list[Choice]:
    """The choices a respondent may take now: not retired, and let through by choice_filter."""
    choices = [choice for choice in question.choice_list(defn) if not choice.retired]
    rule = question.choice_filter if isinstance(question, Single | Multi) else None
    if rule is None:
        return choices
    tree = parse_expression(rule)

    def passes(choice: Choice) -> bool:
        known = {**(attrs or {}), "choice.group": choice.group or ""}
        return evaluate(tree, answers, choice.name, known)

    return [choice for choice in choices if passes(choice)]


def check_page(
    defn: SurveyDefinition,
    page_index: int,
    raw: Answers,
    earlier: Answers | None = None,
    attrs: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], Errors]:
    """Check what was sent for one page (index from 0).

    `raw` holds form fields (`name`, `name/row` or a map for a matrix, `name__other`,
    `name__consent`); `earlier` the answers of the other pages, for conditions.
    Returns the values that can be kept (also of questions hidden at the moment, so that a
    change of mind loses nothing) and one sentence for each field in error.
    """
    check = _Check(defn, raw, earlier or {}, attrs or {}, page_index)
    check.run()
    return {**check.values, **check.hidden}, check.errors


def check_all(
    defn: SurveyDefinition, answers: Answers, attrs: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], Errors]:
    """Check a whole answer set before submission; answers that were not asked are dropped."""
    check = _Check(defn, answers, {}, attrs or {}, None)
    check.run()
    return check.values, check.errors


def unanswered_soft(
    defn: SurveyDefinition, answers: Answers, attrs: Mapping[str, str] | None = None
) -> list[Question]:
    """Questions with `required: soft` asked and left empty: worth a remark, not a refusal."""
    asked = relevant_questions(defn, answers, attrs)
    return [q for q in asked if q.soft and is_empty(answers.get(q.name))]


def _walk(
    defn: SurveyDefinition, seen: dict[str, Any], attrs: Mapping[str, str]
) -> Iterator[tuple[int, Question, bool]]:
    """Every question with its page and whether it is asked; `seen` grows as the caller fills it."""
    for index, page in enumerate(defn.pages):
        open_page = page.relevant is None or _holds(page.relevant, seen, attrs)
        for question in page.questions:
            shown = open_page and (
                question.relevant is None or _holds(question.relevant, seen, attrs)
            )
            yield index, question, shown


def _holds(text: str, answers: Answers, attrs: Mapping[str, str], this: Any = None) -> bool:
    return evaluate(parse_expression(text), answers, this, attrs)


@dataclass
class _Check:
    defn: SurveyDefinition
    raw: Answers
    earlier: Answers
    attrs: Mapping[str, str]
    page: int | None  # None: all pages
    values: dict[str, Any] = field(default_factory=dict)
    hidden: dict[str, Any] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)

    def run(self) -> None:
        seen: dict[str, Any] = {}
        for index, question, shown in _walk(self.defn, seen, self.attrs):
            if question.type == "note":
                continue
            if self.page is None or index == self.page:
                value = self.question(question, shown, seen)
            else:
                value = self.earlier.get(question.name)
            if shown and not is_empty(value):
                seen[question.name] = value

    def question(self, question: Question, shown: bool, seen: Answers) -> Any:
        name = question.name
        sent = self.earlier.get(name) if self._kept(question) else self._sent(question)
        choices = offered_choices(self.defn, question, seen, self.attrs)
        number = self.defn.numbers[name]
        value, refusals = clean_value(question, choices, number, sent)
        errors = {refusal.field: refusal.message for refusal in refusals}
        if not errors and not is_empty(value):
            errors = self._constraint(question, value, seen, number)
        if shown and not errors:
            errors = self._required(question, value, seen, number)
        if shown:
            self.errors.update(errors)
        if not is_empty(value):
            kept = self.values if shown else self.hidden
            if not errors or isinstance(question, Matrix):
                kept[name] = value
            self._beside(question, value, kept, shown)
        return value

    def _kept(self, question: Question) -> bool:
        """A read-only question keeps what it had; on the whole check that is in `raw`."""
        return question.read_only and self.page is not None

    def _sent(self, question: Question) -> Any:
        name = question.name
        if isinstance(question, Matrix) and not isinstance(self.raw.get(name), Mapping):
            prefix = f"{name}/"
            cells = ((key, value) for key, value in self.raw.items() if key.startswith(prefix))
            return {key.removeprefix(prefix): value for key, value in cells}
        return self.raw.get(name)

    def _constraint(self, question: Question, value: Any, seen: Answers, number: str) -> Errors:
        if question.constraint is None or _holds(question.constraint, seen, self.attrs, value):
            return {}
        message = question.constraint_message or f"問{number}の回答が条件に合っていません。"
        return {question.name: message}

    def _required(self, question: Question, value: Any, seen: Answers, number: str) -> Errors:
        if isinstance(question, Matrix) and question.all_rows_required:
            empty = [row for row in question.rows if is_empty((value or {}).get(row.name))]
            return {
                f"{question.name}/{row.name}": question.required_message
                or f"問{number}の「{row.short}」に回答してください。"
                for row in empty
            }
        needed = question.required is True or (
            isinstance(question.required, str)
            and not question.soft
            and _holds(question.required, seen, self.attrs)
        )
        if needed and is_empty(value):
            message = question.required_message or f"問{number}に回答してください。"
            return {question.name: message}
        return {}

    def _beside(self, question: Question, value: Any, kept: dict[str, Any], shown: bool) -> None:
        """The words for 「その他」 and the consent to publish, where the answer calls for them."""
        ticked = value if isinstance(value, list) else [value]
        others = {choice.name for choice in question.choice_list(self.defn) if choice.other}
        key = question.name + OTHER
        if not isinstance(question, Matrix) and others & set(ticked):
            words = one_text(self.raw.get(key))
            if len(words) > _OTHER_LENGTH:
                if shown:
                    number = self.defn.numbers[question.name]
                    self.errors[key] = (
                        f"問{number}のその他は{_OTHER_LENGTH}文字以内で入力してください"
                        f"（現在{len(words)}文字）。"
                    )
            elif words:
                kept[key] = words
        if isinstance(question, FreeText) and question.publish == "ask_consent":
            consent = one_text(self.raw.get(question.name + CONSENT))
            if consent in {"yes", "no"}:
                kept[question.name + CONSENT] = consent
            elif consent and shown:
                number = self.defn.numbers[question.name]
                message = f"問{number}の公表資料への掲載可否を選び直してください。"
                self.errors[question.name + CONSENT] = message


__all__ = [
    "CONSENT",
    "OTHER",
    "Refusal",
    "check_all",
    "check_page",
    "is_empty",
    "offered_choices",
    "relevant_questions",
    "unanswered_soft",
]
