"""Articles about good cases, brought by the same acts as people's to the state a test needs."""

from __future__ import annotations

from companion.cases import actions
from companion.cases.models import Case
from companion.cases.terms import CaseState, Section
from companion.core.access import Viewer
from companion.core.db import saved
from companion.teams.models import Team


def made_case(
    team: Team, state: CaseState, official: Viewer, boss: Viewer, title: str = "例の題名"
) -> Case:
    """An article of a team in that state, every part of it filled; `official` writes it and
    `boss` says what the municipality and the secretariat say."""
    texts = {section: f"{section.label}の例。" for section in Section}
    words = actions.CaseWords(title, team.challenge.main_field.code, texts)
    with saved():
        case = actions.begin_case(team, words, by=official)
        if state is not CaseState.DRAFT:
            actions.ask_for_consent(case, by=official)
        if state not in {CaseState.DRAFT, CaseState.ASKED}:
            actions.consent(case, "例", by=boss)
        if state in {CaseState.PUBLISHED, CaseState.WITHDRAWN}:
            actions.publish_case(case, "", by=boss)
        if state is CaseState.WITHDRAWN:
            actions.withdraw_case(case, "例", by=boss)
    return case
