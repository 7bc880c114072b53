"""What is done with teams: formed, made known, members leaving and coming, pauses."""

from companion.teams.actions.forming import (
    TeamPlan,
    announce_as_asked,
    announce_by_two,
    announce_teams,
    ask_to_announce,
    form_teams,
)
from companion.teams.actions.serving import (
    appoint,
    end_appointment,
    fix_theme,
    pause_team,
    reopen_theme,
    resume_team,
    take_back_end,
)

__all__ = [
    "TeamPlan",
    "announce_as_asked",
    "announce_by_two",
    "announce_teams",
    "appoint",
    "ask_to_announce",
    "end_appointment",
    "fix_theme",
    "form_teams",
    "pause_team",
    "reopen_theme",
    "resume_team",
    "take_back_end",
]
