"""Setting indicators and entering their values."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal

from sqlalchemy import func, select

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.indicators.models import Indicator, IndicatorValue
from companion.teams.models import Team

MOST = 5  # two or three are meant; more are not looked at


@dataclass(frozen=True)
class IndicatorWords:
    """What an indicator says of itself."""

    name: str
    unit: str
    baseline: Decimal
    baseline_on: dt.date
    target: Decimal
    target_on: dt.date
    source: str


def add_indicator(team: Team, words: IndicatorWords, *, by: Viewer) -> Indicator:
    """Set an indicator for a team's challenge.

    Raises:
        Refused: the name is taken, there are five already, or the target is not after the baseline.
    """
    count = db.session.scalar(
        select(func.count()).select_from(Indicator).where(Indicator.team_id == team.id)
    )
    if (count or 0) >= MOST:
        raise Refused(f"指標は{MOST}つまでです。使わないものを直して使ってください。")
    indicator = Indicator(team_id=team.id)
    _write(indicator, words)
    db.session.add(indicator)
    db.session.flush()
    audit.record("indicator.add", indicator.public_id, by=by)
    return indicator


def change_indicator(indicator: Indicator, words: IndicatorWords, *, by: Viewer) -> None:
    """Word an indicator anew; its values stay.

    Raises:
        Refused: the name is taken, or the target is not after the baseline.
    """
    _write(indicator, words)
    db.session.flush()
    audit.record("indicator.change", indicator.public_id, by=by)


def _write(indicator: Indicator, words: IndicatorWords) -> None:
    if words.target_on <= words.baseline_on:
        raise Refused("目標の日は、基準の日より後にしてください。")
    same = select(Indicator.id).where(
        Indicator.team_id == indicator.team_id, Indicator.name == words.name
    )
    if indicator.id is not None:
        same = same.where(Indicator.id != indicator.id)
    if db.session.scalar(same) is not None:
        raise Refused(f"「{words.name}」という指標は既にあります。")
    for name, value in asdict(words).items():
        setattr(indicator, name, value)


def enter_value(
    indicator: Indicator, measured_on: dt.date, value: Decimal, note: str, *, by: Viewer
) -> IndicatorValue:
    """Enter a value; the same day once more replaces it.

    Raises:
        Refused: the day lies ahead, or before the baseline.
    """
    if measured_on > clock.today():
        raise Refused("測った日が今日より後です。日付を確かめてください。")
    if measured_on < indicator.baseline_on:
        raise Refused("測った日が基準の日より前です。日付を確かめてください。")
    row = next((v for v in indicator.values if v.measured_on == measured_on), None)
    before = row.value if row else None
    if row is None:
        row = IndicatorValue(measured_on=measured_on)
        indicator.values.append(row)
    row.value, row.note, row.entered_by_id, row.entered_at = value, note, by.user_id, clock.now()
    db.session.flush()
    audit.record(
        "indicator.value",
        indicator.public_id,
        by=by,
        day=measured_on.isoformat(),
        before=str(before) if before is not None else None,
        after=str(value),
    )
    return row
