"""What conditions may know of who answers, `attr('municipality.kind')`: names, values, finding.

Only named answers keep their respondent, so only identified surveys may ask by these facts:
otherwise nobody could tell afterwards to whom a question was put.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from companion.applications.terms import RankClass
from companion.places.prefectures import PREFECTURE_NAMES, REGION_OF
from companion.surveys.faults import nearest
from companion.surveys.grammar import (
    Attr,
    Compare,
    ExpressionFault,
    Literal,
    parse_expression,
    walk,
)
from companion.surveys.schema import SurveyDefinition
from companion.surveys.source import Path


@dataclass(frozen=True)
class Fact:
    """One fact: what it is called on screen, and every value with its words."""

    label: str
    values: dict[str, str]


FACTS: dict[str, Fact] = {
    "municipality.kind": Fact("団体の種類", {word: word for word in "市町村区"}),
    "municipality.region": Fact("地域", {name: name for name in dict.fromkeys(REGION_OF.values())}),
    "municipality.prefecture": Fact("都道府県", {name: name for name in PREFECTURE_NAMES.values()}),
    "official.rank": Fact("支援官の職級", {rank.value: rank.label for rank in RankClass}),
}


def fact_names() -> dict[str, str]:
    """What conditions in words say of facts: by `@key`, and by `@key=value`."""
    names = {f"@{key}": f"回答する人の{fact.label}" for key, fact in FACTS.items()}
    for key, fact in FACTS.items():
        names |= {f"@{key}={value}": words for value, words in fact.values.items()}
    return names


def facts_of(invitation: Any) -> dict[str, str]:
    """The facts of an invitation's respondent; of an official also those of the town supported.

    As they stood when the invitation was made: a later correction would put other questions to
    who has answered already, and change the bases of a closed survey.
    """
    if invitation.facts is not None:
        return dict(invitation.facts)
    return known_of(invitation.team, invitation.official)


def known_of(team: Any, official: Any) -> dict[str, str]:
    """The facts of a team's municipality, or of one of its officials."""
    place = team.challenge.municipality
    facts = {
        "municipality.kind": place.name[-1:],
        "municipality.region": place.region,
        "municipality.prefecture": place.prefecture,
    }
    if official is not None:
        facts["official.rank"] = official.rank_class.value
    return facts


def _conditions(defn: SurveyDefinition) -> Iterator[tuple[Path, str, str]]:
    for p, page in enumerate(defn.pages):
        if page.relevant:
            yield ("pages", p, "relevant"), "", page.relevant
        for q, question in enumerate(page.questions):
            for key in ("relevant", "constraint", "required", "choice_filter"):
                text = getattr(question, key, None)
                if isinstance(text, str) and text != "soft":
                    yield ("pages", p, "questions", q, key), question.name, text


def facts_used(defn: SurveyDefinition) -> list[str]:
    """The facts that a definition's conditions look at, each once."""
    found = [
        node.key
        for _, _, text in _conditions(defn)
        for node in walk(parse_expression(text))
        if isinstance(node, Attr)
    ]
    return list(dict.fromkeys(found))


def fact_faults(defn: SurveyDefinition) -> Iterator[tuple[Path, str, str, str]]:
    """Conditions on facts that nobody knows, or that cannot be known afterwards."""
    for at, question, text in _conditions(defn):
        try:
            nodes = list(walk(parse_expression(text)))
        except ExpressionFault:
            continue
        keys = [node.key for node in nodes if isinstance(node, Attr)]
        for key in keys:
            if key not in FACTS:
                message = f"回答する人の「{key}」は分かりません。{nearest(key, FACTS)}"
                yield at, question, message, "error"
        if keys and defn.identity != "identified":
            message = "回答する人による条件（attr）は、記名の調査だけで使えます。"
            yield at, question, message, "error"
        for node in nodes:
            if isinstance(node, Compare) and isinstance(node.left, Attr) and node.left.key in FACTS:
                values = FACTS[node.left.key].values
                written = str(node.right.value) if isinstance(node.right, Literal) else ""
                if written and written not in values:
                    message = f"「{written}」という{FACTS[node.left.key].label}はありません。"
                    yield at, question, message + nearest(written, values), "error"
