"""Random definitions that say everything a definition can say, and random answers to them."""

from __future__ import annotations

import random
from typing import Any

from companion.surveys.crossreferences import crossreference_faults
from companion.surveys.schema import SurveyDefinition

Data = dict[str, Any]
KINDS = ("scale5", "single", "multi", "text", "number", "matrix", "note")
WORDS = (
    "支援",
    "良い",
    "5割",
    "=1+1",
    "a: b",
    "#注",
    "「」",
    "no",
    "0120",
    "改行\nあり",
    "A&B",
    "<b>",
    "'x'",
)


def random_definition(seed: int, *, version: str = "1.1") -> SurveyDefinition:
    """A usable definition; the same seed gives the same one."""
    return SurveyDefinition.model_validate(random_data(random.Random(seed), version))


def random_data(chance: random.Random, version: str = "1.1") -> Data:
    """The data of a definition, all its references right."""
    identity = chance.choice(["identified", "confidential", "anonymous"])
    data: Data = {
        "schema": "companion.survey/1",
        "id": "random",
        "version": version,
        "title": words(chance),
        "audience": "official",
        "unit": "person",
        "population": "cohort_officials",
        "identity": identity,
        "window": {"open": "2025-09-01T09:00", "close": "2025-09-19T18:00"},
        "channels": ["web", "excel"],
        "min_base": chance.randrange(5, 12),
        "reminders": [{"at": "midpoint", "to": "not_submitted"}] if chance.random() < 0.3 else [],
        "pages": [],
    }
    for key in ("intro", "thanks", "title_en"):
        sometimes(chance, data, key, words)
    shared = {f"list{i}": choices(chance, "single") for i in range(chance.randrange(0, 3))}
    if shared:
        data["choices"] = shared
    earlier: list[Data] = []
    for p in range(chance.randrange(1, 4)):
        page: Data = {"title": words(chance), "questions": []}
        sometimes(chance, page, "intro", words)
        sometimes(chance, page, "title_en", words)
        condition = rule(chance, earlier, shared, identity)
        if condition:
            page["relevant"] = condition
        for q in range(chance.randrange(1, 5)):
            page["questions"].append(question(chance, f"q{p}_{q}", earlier, shared, identity))
        earlier += page["questions"]
        data["pages"].append(page)
    countable = [q["name"] for q in earlier if q["type"] in {"scale5", "single", "multi", "number"}]
    if countable and chance.random() < 0.5:
        data["crosstabs"] = [{"banner": "region", "of": countable[:2], "overlapping": True}]
        data["export"] = {
            "workbook": "集計",
            "tables": [{"id": "1-1", "of": countable[0], "title": "表"}],
        }
    return data


def words(chance: random.Random) -> str:
    """A text that is hard on readers of YAML and Excel."""
    return "".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 4)))


def sometimes(chance: random.Random, target: Data, key: str, make: Any) -> None:
    """A field that is there now and then."""
    if chance.random() < 0.3:
        target[key] = make(chance)


def choices(chance: random.Random, kind: str) -> list[Data]:
    """A list of choices of a kind of question."""
    if kind == "scale5":
        listed: list[Data] = [
            {"name": str(n), "label": f"{n} {words(chance)}", "score": n} for n in range(5, 0, -1)
        ]
        if chance.random() < 0.4:
            listed.append({"name": "dk", "label": "わからない", "missing": "dont_know"})
        return listed
    listed = []
    for i in range(chance.randrange(2, 5)):
        choice: Data = {"name": chance.choice(["c", "0", "no"]) + str(i), "label": words(chance)}
        for key in ("short_label", "label_en", "short_label_en"):
            sometimes(chance, choice, key, words)
        if chance.random() < 0.2:
            choice["group"] = "positive"
        if chance.random() < 0.15:
            choice["missing"] = "refused"
        elif chance.random() < 0.2:
            choice["score"] = i
        if chance.random() < 0.1:
            choice["other"] = True
        if i and chance.random() < 0.15:
            choice["retired"] = True
        if kind == "multi" and chance.random() < 0.15:
            choice["exclusive"] = True
        listed.append(choice)
    return listed


def codes_of(one: Data, shared: Data) -> list[str]:
    """The codes of a question's choices."""
    listed = one.get("choices", [])
    return [c["name"] for c in (shared[listed] if isinstance(listed, str) else listed)]


def rule(chance: random.Random, earlier: list[Data], shared: Data, identity: str) -> str | None:
    """A condition on earlier questions, or None."""
    parts = []
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        if identity == "identified" and chance.random() < 0.2:
            parts.append("attr('municipality.kind') = '町'")
        usable = [q for q in earlier if q["type"] != "note"]
        if not usable:
            continue
        one = chance.choice(usable)
        of, codes = f"${{{one['name']}}}", codes_of(one, shared)
        if one["type"] == "multi":
            parts.append(f"selected({of}, '{chance.choice(codes)}')")
            parts.append(f"count-selected({of}) > 1")
        elif codes:
            parts.append(f"{of} {chance.choice(['=', '!='])} '{chance.choice(codes)}'")
        elif one["type"] == "number":
            parts.append(f"not({of} >= {chance.randrange(9)})")
        else:
            parts.append(f"{of} != ''")
    return chance.choice([" and ", " or "]).join(parts) or None


def question(
    chance: random.Random, name: str, earlier: list[Data], shared: Data, identity: str
) -> Data:
    """A question of any kind with any of its fields."""
    kind = chance.choice(KINDS)
    one: Data = {"name": name, "type": kind, "label": words(chance)}
    for key in ("hint", "guidance_hint", "short_label", "label_en", "hint_en", "short_label_en"):
        sometimes(chance, one, key, words)
    condition = rule(chance, earlier, shared, identity)
    if condition:
        one["relevant"] = condition
    if kind == "note":
        return one
    one["required"] = chance.choice([True, False, "soft"])
    if condition and chance.random() < 0.2:
        one["required"] = condition
    sometimes(chance, one, "required_message", words)
    sometimes(chance, one, "number", lambda _: name.replace("_", "-"))
    if kind in {"single", "multi"}:
        one["choices"] = (
            chance.choice(list(shared))
            if shared and chance.random() < 0.5
            else (choices(chance, kind))
        )
        if chance.random() < 0.2:
            one["choice_filter"] = f". != '{codes_of(one, shared)[-1]}'"
    if kind == "scale5" and chance.random() < 0.7:
        one["choices"] = choices(chance, kind)
        one["analysis"] = {"mean": True, "top_box": ["5", "4"], "chart": "column"}
    if kind == "scale5":
        sometimes(chance, one, "published", lambda c: [{"value": "4.6", "n": 57, "source": "資料"}])
        sometimes(chance, one, "direction", lambda c: "low_good")
    if kind == "multi":
        if chance.random() < 0.2:
            one["default"] = codes_of(one, shared)[:2]
        sometimes(chance, one, "min_selected", lambda c: c.randrange(0, 2))
        sometimes(chance, one, "max_selected", lambda c: c.randrange(1, 3))
        sometimes(chance, one, "choice_order", lambda c: "count_desc")
    elif kind == "text":
        sometimes(chance, one, "max_length", lambda c: c.randrange(1, 3000))
        sometimes(chance, one, "pattern", lambda c: "[0-9]{4}")
        one["publish"] = chance.choice(["never", "ask_consent", "always"])
        one["pii_hint"] = identity == "anonymous" or chance.random() < 0.5
        sometimes(chance, one, "rows", lambda c: c.randrange(1, 9))
        sometimes(chance, one, "default", words)
        sometimes(chance, one, "coding", lambda c: {"tags": ["意欲", "連携"]})
    elif kind == "number":
        one["integer"] = chance.random() < 0.5
        sometimes(chance, one, "min", lambda c: c.randrange(0, 3))
        sometimes(chance, one, "max", lambda c: c.randrange(10, 30))
        sometimes(chance, one, "step", lambda c: "0.5")
        sometimes(chance, one, "unit", words)
        sometimes(chance, one, "constraint", lambda c: ". < 100 and . != 7")
        sometimes(chance, one, "constraint_message", words)
        sometimes(chance, one, "analysis", lambda c: {"bins": [0, 5, 10], "stats": ["n", "mean"]})
    elif kind == "matrix":
        one["rows"] = [
            {"name": f"r{i}", "label": words(chance)} for i in range(chance.randrange(1, 4))
        ]
        sometimes(chance, one["rows"][0], "short_label", words)
        sometimes(chance, one["rows"][0], "label_en", words)
        one["columns"] = choices(chance, chance.choice(["single", "scale5"]))
        one["cell"] = chance.choice(["single", "multi"])
        one["all_rows_required"] = chance.random() < 0.5
    if kind in {"single", "text"}:
        sometimes(chance, one, "prefill", lambda c: "team.name")
        sometimes(chance, one, "read_only", lambda c: True)
    sometimes(chance, one, "sensitive", lambda c: True)
    return one


def assert_usable(defn: SurveyDefinition) -> None:
    """The generator itself is right."""
    assert crossreference_faults(defn) == []
