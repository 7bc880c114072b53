"""Random edits of a definition that has answers, and whether those stay readable."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from companion.surveys import draftdata, edits
from companion.surveys.answers import CONSENT, OTHER, check_all, offered_choices
from companion.surveys.carryover import read_as
from companion.surveys.composing import yaml_text
from companion.surveys.definition import parse
from companion.surveys.faults import DefinitionFaults
from companion.surveys.schema import Matrix, SurveyDefinition
from companion.surveys.versions import Change, ChangeClass, compare, gravest, plain
from tests.surveys.randomly import choices, random_data, words


@dataclass(frozen=True)
class Edited:
    """A live definition, its answers, and what it was edited into (None: no usable definition)."""

    old: SurveyDefinition
    answers: list[dict[str, Any]]
    new: SurveyDefinition | None
    text: str
    changes: list[Change]

    @property
    def outcome(self) -> str:
        """What publishing makes of it."""
        if self.new is None:
            return "unusable"
        worst = gravest(self.changes)
        if worst is ChangeClass.BREAKING:
            return "refused"
        return worst.name.lower() if worst is not None else "nothing changed"


def edited(seed: int) -> Edited:
    """A random definition with answers, after up to four random edits; the same for a seed."""
    chance = random.Random(seed)
    data = random_data(chance, "1.1") | {"identity": "identified"}
    old = parse(yaml_text(data), "old.yaml")
    answers = [random_answers(old, chance) for _ in range(4)]
    data = {**data, "version": "1.2"}
    for _ in range(chance.randrange(1, 5)):
        edit(data, chance)
    text = yaml_text(data)
    try:
        new = parse(text, "new.yaml")
    except DefinitionFaults:
        return Edited(old, answers, None, text, [])
    return Edited(old, answers, new, text, compare(old, new))


def random_answers(defn: SurveyDefinition, chance: random.Random) -> dict[str, Any]:
    """Answers that the validator takes, faulty ones left out."""
    given: dict[str, Any] = {}
    for question in defn.questions:
        codes = [choice.name for choice in offered_choices(defn, question, given)]
        if question.type == "note" or chance.random() < 0.2:
            continue
        if question.type == "multi":
            given[question.name] = [code for code in codes if chance.random() < 0.5]
        elif question.type == "matrix" and codes:
            several = isinstance(question, Matrix) and question.cell == "multi"
            given[question.name] = {
                row.name: [chance.choice(codes)] if several else chance.choice(codes)
                for row in question.rows
                if chance.random() < 0.8
            }
        elif question.type == "number":
            given[question.name] = str(chance.randrange(0, 12))
        elif question.type == "text":
            given[question.name] = "0123"
            given[question.name + CONSENT] = "yes"
        elif codes:
            given[question.name] = chance.choice(codes)
        given[question.name + OTHER] = "ほか"
    return check_all(defn, given)[0]


def edit(data: draftdata.Data, chance: random.Random) -> None:
    """One change, most of them as the editor makes them, some as a hand in the YAML does."""
    places = draftdata.questions_in(data)
    if not places:
        return
    p, q, question = chance.choice(places)
    listed = draftdata.choices_of(data, question)
    act = chance.choice(
        ["label", "hint", "add", "drop", "move", "choice-add", "choice-drop", "choice-move",
         "choice-label", "retire", "score", "type", "required", "relevant", "rename", "collapse",
         "limits", "row", "page", "reuse", "publish", "code"]
    )  # fmt: skip
    if act in {"label", "hint"}:
        question[act] = words(chance)
    elif act == "add":
        edits.add_question(data, p, chance.choice(list(edits.KINDS)))
    elif act == "drop":
        edits.drop_question(data, p, q)
    elif act == "move":
        edits.move_question(data, p, q, chance.choice([-1, 1]))
    elif act == "required":
        question["required"] = chance.choice([True, False, "soft"])
    elif act == "relevant":
        question.pop("relevant", None)
    elif act == "rename":
        _rename(data, question, f"{question['name']}_new")
    elif act == "reuse":
        question |= {"type": chance.choice(["text", "number"]), "label": "別の質問"}
        for key in ("choices", "columns", "rows", "cell", "analysis", "choice_filter"):
            question.pop(key, None)
    elif act == "type":
        question["type"] = {"single": "multi", "multi": "single"}.get(question["type"], "text")
    elif act == "limits":
        key = {"text": "max_length", "number": "max", "multi": "max_selected"}
        if question["type"] in key:
            question[key[question["type"]]] = chance.randrange(1, 40)
    elif act == "publish" and question["type"] == "text":
        question["publish"] = chance.choice(["never", "ask_consent", "always"])
    elif act == "page":
        data["pages"][p]["title"] = words(chance)
    elif act == "row" and question["type"] == "matrix":
        if chance.random() < 0.5:
            edits.add_row(question)
        else:
            del question["rows"][0]
    elif listed:
        _edit_choice(data, question, listed, act, chance)


def _edit_choice(
    data: draftdata.Data,
    question: draftdata.Data,
    listed: list[draftdata.Data],
    act: str,
    chance: Any,
) -> None:
    choice = chance.choice(listed)
    if act == "choice-add":
        edits.add_choice(data, question)
    elif act == "choice-drop":
        listed.remove(choice)
    elif act == "choice-move":
        edits.move(listed, listed.index(choice), chance.choice([-1, 1]))
    elif act == "choice-label":
        choice["label"] = words(chance)
    elif act == "retire":
        choice["retired"] = True
    elif act == "score":
        choice["score"] = chance.randrange(9)
    elif act == "collapse" and len(listed) > 1:
        listed.remove(choice)
        compat = data.setdefault("compat", {})
        compat.setdefault("collapse", {})[choice["name"]] = listed[0]["name"]
    elif act == "code":
        choice["name"] = f"{choice['name']}x"
    elif act == "choice-add":
        listed += choices(chance, "single")[:1]


def _rename(data: draftdata.Data, question: draftdata.Data, name: str) -> None:
    data.setdefault("compat", {}).setdefault("rename", {})[question["name"]] = name
    old, question["name"] = question["name"], name
    for holder in [*data["pages"], *(one for _, _, one in draftdata.questions_in(data))]:
        for key in ("relevant", "required"):
            if isinstance(holder.get(key), str):
                holder[key] = holder[key].replace(f"${{{old}}}", f"${{{name}}}")


def unreadable(one: Edited) -> list[str]:
    """What of the earlier answers the new version cannot say any more; empty when all is well."""
    assert one.new is not None
    noted = {c.question for c in one.changes if c.kind is ChangeClass.NEEDS_NOTE}
    found = []
    for answers in one.answers:
        pooled = read_as(one.new, answers)
        for name, value in answers.items():
            before = one.old.by_name.get(name.partition("__")[0])
            if before is None:
                found.append(f"{name}: of no question")
                continue
            after = one.new.by_name.get(one.new.compat.rename.get(before.name, before.name))
            if after is None or after.type != before.type:
                found.append(f"{name}: no question of its kind")
            elif "__" not in name:
                shown = pooled.get(after.name)
                found += _codes(one, name, before, after, value, shown, after.name in noted)
    return found


def _codes(
    one: Edited, name: str, before: Any, after: Any, value: Any, shown: Any, is_noted: bool
) -> list[str]:
    assert one.new is not None
    old = {choice.name: choice for choice in before.choice_list(one.old)}
    new = {choice.name: choice for choice in after.choice_list(one.new)}
    if not old:
        return [] if value == shown else [f"{name}: {value!r} is now {shown!r}"]
    found = []
    if before.type == "matrix":
        lost = set(value) - {row.name for row in after.rows}
        found += [f"{name}: row {row} is gone" for row in lost]
    for was, now in zip(_flat(value), _flat(shown), strict=False):
        if now not in new:
            found.append(f"{name}: {now} is no choice")
        elif was == now and (old[was].score, old[was].missing) != (
            new[now].score,
            new[now].missing,
        ):
            found.append(f"{name}: {now} counts otherwise")
        elif was == now and plain(old[was].label) != plain(new[now].label) and not is_noted:
            found.append(f"{name}: {now} reads otherwise without a note")
    return found


def _flat(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [code for inner in value.values() for code in _flat(inner)]
    return list(value) if isinstance(value, list) else [value]


def count(seeds: range) -> tuple[Counter[str], list[str]]:
    """Outcomes of many random edits, and everything that was let through and cannot be read."""
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    for seed in seeds:
        one = edited(seed)
        outcomes[one.outcome] += 1
        if one.outcome not in {"unusable", "refused"}:
            faults += [f"seed {seed}: {fault}" for fault in unreadable(one)]
    return outcomes, faults
