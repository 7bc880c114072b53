"""What a row of an XLSForm says of rules: conditions, constraints, limits, filters."""

from __future__ import annotations

from dataclasses import dataclass

from companion.surveys.draftdata import Data
from companion.surveys.grammar import ExpressionFault, parse_expression
from companion.surveys.xlsform import filter_from_xlsform, from_xlsform, limits_in
from companion.surveys.xlsformcells import Line, matches, yes

_UNKNOWN_COLUMNS = ("calculation", "trigger", "repeat_count", "intent")
_MEDIA = ("media::", "image", "audio", "video", "big-image")


@dataclass
class Rules:
    """Reads the rules of rows; what cannot be taken is noted with its cell."""

    faults: list[str]

    def fault(self, line: Line, column: str, message: str) -> None:
        """Note what cannot be taken, with its cell."""
        self.faults.append(f"{line.place(column)}：{message}")

    def required(self, line: Line, made: Data) -> None:
        """Whether an answer is needed: yes, no, or a condition."""
        text = line.text("required")
        if not text:
            return
        answer = yes(text)
        if answer is None:
            self.rule(line, "required", made)
        elif answer:
            made["required"] = True

    def rule(self, line: Line, column: str, made: Data) -> None:
        """A condition, refused with its cell when it is none of ours."""
        text = line.text(column)
        if not text:
            return
        text = filter_from_xlsform(text) if column == "choice_filter" else from_xlsform(text)
        try:
            parse_expression(text)
        except ExpressionFault as fault:
            self.fault(line, column, str(fault))
        else:
            made[column] = text

    def unknown_columns(self, line: Line) -> None:
        """Filled columns whose work nothing here does."""
        for column in line.columns:
            if line.raw(column) and (column in _UNKNOWN_COLUMNS or column.startswith(_MEDIA)):
                self.fault(
                    line, column, f"列「{column}」の働きはここにはありません。空欄にしてください。"
                )

    def constraint(self, line: Line, made: Data, own: Data) -> None:
        """The constraint, as limits of ours where it says nothing else."""
        text = line.text("constraint")
        if not text or text == own.get("constraint_written"):
            return
        for key in ("constraint", "min", "max", "max_length", "min_selected", "max_selected"):
            made.pop(key, None)  # the rule was changed in the workbook: it alone holds
        limits = limits_in(text)
        fitting = {
            "number": {"min", "max"},
            "text": {"max_length", "pattern"},
            "multi": {"min_selected", "max_selected"},
        }.get(made["type"], set())
        if limits is not None and set(limits) <= fitting:
            made |= limits
        else:
            self.rule(line, "constraint", made)

    def range(self, line: Line, made: Data) -> None:
        """The ends and the step of a range."""
        for part in line.text("parameters").replace(";", " ").split():
            key, _, value = part.partition("=")
            name = {"start": "min", "end": "max", "step": "step"}.get(key)
            if name and matches(r"-?[0-9]+(\.[0-9]+)?", value):
                made[name] = value
            elif name:
                self.fault(line, "parameters", f"「{part}」を数として読めません。")

    def filter(self, line: Line, made: Data, own: Data) -> None:
        """The condition on choices, unless it is the one that was written here."""
        if line.text("choice_filter") == own.get("filter_written", ""):
            return
        made.pop("choice_filter", None)
        self.rule(line, "choice_filter", made)
