"""Random programmes, their cross tables as published, and the attack on them."""

from __future__ import annotations

import random
from collections import Counter

from companion.surveys.crosstab import crosstabs
from companion.surveys.definition import SurveyDefinition
from companion.surveys.tables import AnswerSet
from tests.surveys.attack import attack, from_tables
from tests.surveys.makers import small

TICKS = (0.928, 0.616, 0.456, 0.29, 0.1, 0.02)
QUESTIONS = """
- {name: overall, type: scale5, label: 全体}
- name: cont
  type: single
  label: 継続
  choices:
  - {name: need, label: 要}
  - {name: no, label: 不要}
  - {name: dk, label: 不明, missing: dont_know}
- name: reasons
  type: multi
  label: 理由
  choices:
""" + "".join(f"  - {{name: r{i}, label: 理由{i}}}\n" for i in range(len(TICKS)))

Banners = dict[str, list[tuple[str, str]]]


def definition() -> SurveyDefinition:
    """Five steps, one of three, several of six; no base under ten is shown."""
    return small(QUESTIONS, min_base=10)


def make_programme(chance: random.Random) -> tuple[list[AnswerSet], Banners]:
    """Respondents in overlapping fields, a region and a size; answers as skewed as real ones."""
    codes = {
        "policy_field": [f"f{i}" for i in range(chance.randint(3, 12))],
        "region": [f"g{i}" for i in range(chance.randint(3, 8))],
        "band": [f"b{i}" for i in range(chance.randint(2, 5))],
    }
    weights = {name: [chance.random() + 0.1 for _ in listed] for name, listed in codes.items()}
    used = chance.sample(list(codes), chance.choice([1, 2, 3, 3]))
    several = chance.choice([[1], [1, 2], [1, 1, 2, 3]])
    shares = chance.choice([(62, 28, 6, 2, 2), (30, 40, 20, 7, 3), (20, 20, 20, 20, 20)])
    sets = []
    for _ in range(chance.choice([12, 20, 40, 57, 57, 57, 80, 125])):
        answers: dict[str, object] = {
            "overall": chance.choices("54321", shares)[0],
            "cont": chance.choices(["need", "no", "dk"], [85, 10, 5])[0],
            "reasons": [f"r{i}" for i, share in enumerate(TICKS) if chance.random() < share],
        }
        if chance.random() < 0.03:
            del answers["cont"]
        groups = {
            name: list(
                dict.fromkeys(
                    chance.choices(
                        codes[name],
                        weights[name],
                        k=chance.choice(several) if name == "policy_field" else 1,
                    )
                )
            )
            for name in used
        }
        sets.append(AnswerSet(answers, banners=groups))
    return sets, {name: [(code, code) for code in codes[name]] for name in used}


def try_programme(seed: int, defn: SurveyDefinition) -> Counter[str]:
    """One programme, one of its questions published and attacked; what was found, by kind."""
    chance = random.Random(seed)
    sets, banners = make_programme(chance)
    name = ("overall", "cont", "reasons")[seed % 3]
    return attacked(defn, name, sets, banners, noughts=seed % 50 == 0)


def attacked(
    defn: SurveyDefinition,
    name: str,
    sets: list[AnswerSet],
    banners: Banners,
    *,
    noughts: bool = False,
) -> Counter[str]:
    """The tables of one question as published, and what an attacker has of them."""
    made = crosstabs(defn, name, sets, banners)
    tables = []
    for banner in banners:
        members = {
            row.code: frozenset(
                i
                for i, one in enumerate(sets)
                if (row.code in one.banners[banner] if row.code else not one.banners[banner])
            )
            for row in made[banner].rows
        }
        tables.append((made[banner], members))
    is_multi = defn.question(name).type == "multi"
    answers = [
        frozenset(one.answers.get(name) or ())
        if is_multi
        else frozenset({str(one.answers[name])} if name in one.answers else ())
        for one in sets
    ]
    if len(sets) < defn.min_base:
        return Counter({"programmes": 1})
    public = from_tables(tables, answers, single=not is_multi)
    found = attack(public, noughts=noughts)
    noughts_known = sum(1 for _, _, value in found.cells if not value)
    return Counter(
        {
            "programmes": 1,
            "rows": len(public.shown) + len(public.hidden),
            "hidden rows": len(public.hidden),
            "hidden figures": len(public.hidden) * len(public.columns),
            "answers": len(sets),
            "recovered figures": len(found.cells) - noughts_known,
            "noughts known": noughts_known,
            "determined answers": len(found.people),
        }
    )
