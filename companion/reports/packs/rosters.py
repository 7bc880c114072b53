"""R2 チーム一覧, R3 分野別チーム数, R4 支援官の府省庁別・職位別."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from companion.applications.terms import RankClass
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.reports.packs.base import begin, field_name, share
from companion.reports.queries import announced_teams, ministries
from companion.reports.tables import Chart, Column, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition
from companion.surveys.tables import ROUNDING_NOTE
from companion.teams.models import Team, TeamMember

TEAMS, FIELDS, MINISTRIES = "チーム一覧", "分野別チーム数", "支援官の府省庁別・職位別"
NO_TEAMS = "公表したチームがまだありません。"


def _missing(teams: Sequence[Team]) -> tuple[str, ...]:
    return () if teams else (NO_TEAMS,)


def theme_of(team: Team, edition: Edition) -> str:
    """What a team works on: its theme once that is fixed, until then the challenge's title."""
    hidden = edition is Edition.PUBLIC and team.challenge.may_publish is False
    fixed = team.support_theme if team.theme_fixed_on else ""
    return "（公表の同意なし）" if hidden else fixed or team.challenge.title


def fields_of(team: Team) -> str:
    """The policy fields of a team, as official tables write them."""
    return "、".join(field_name(row.field) for row in team.challenge.fields)


def posted(member: TeamMember, edition: Edition) -> str:
    """An official's ministry and post; the name in the internal edition only."""
    official = member.official
    words = f"{official.ministry.name} {official.post}"
    return words if edition is Edition.PUBLIC else f"{words} {official.name}"


def build_teams(period: Period, edition: Edition) -> Report:
    """The list of teams as it is made public; names of officials in the internal edition only."""
    teams = announced_teams(period)
    seats = max([3, *(len(team.current_members) for team in teams)])
    rows: list[Row] = []
    for team in teams:
        place = team.challenge.municipality
        members = [posted(member, edition) for member in team.current_members]
        rows.append(
            (
                team.number,
                place.lg_code,
                place.prefecture,
                place.name,
                team.challenge.population,
                theme_of(team, edition),
                fields_of(team),
                *members,
                *(["－"] * (seats - len(members))),
            )
        )
    vacant = sum(len(team.current_members) < period.team_size for team in teams)
    missing = list(_missing(teams))
    if vacant:
        missing.append(
            f"支援官が{period.team_size}人に満たないチームが{vacant}あります（「－」）。"
        )
    unfixed = sum(team.theme_fixed_on is None for team in teams)
    if unfixed:
        missing.append(
            f"支援テーマが確定していないチームが{unfixed}あります（応募時の課題で示す）。"
        )
    bases = sorted({team.challenge.population_basis.label for team in teams})
    table = Table(
        "チーム一覧",
        "地方創生伴走支援制度　支援チーム一覧",
        (
            Column("number", "No.", "number", width=6),
            Column("lg_code", "団体コード", "code", in_print=False),
            Column("prefecture", "都道府県", width=11),
            Column("town", "市町村", width=13),
            Column("population", "人口", "count", "人", 11),
            Column("theme", "支援テーマ", width=34),
            Column("fields", "政策分野", width=20),
            *(Column(f"official{i}", f"支援官{i}", width=24) for i in range(1, seats + 1)),
        ),
        rows,
        base=f"{period.ordinal}　n={len(teams):,}　単位：人（人口）",
        n=len(teams),
        notes=(f"人口は{'・'.join(bases) or '国勢調査'}による。市町村コードの順に並べる。",),
        leads=tuple({"team": team.public_id} for team in teams),
        behind="teams",
    )
    return begin(
        "teams",
        TEAMS,
        period,
        edition,
        sheets=(PrintSheet("チーム一覧", (table,)),),
        facts=(("対象", f"公表したチーム {len(teams):,}"),),
        missing=tuple(missing),
    )


def field_table(teams: Sequence[Team]) -> Table:
    """Teams by policy field: a team counts in each of its fields, shares are of teams."""
    counted = Counter(row.field_code for team in teams for row in team.challenge.fields)
    fields, n = policy_fields(), len(teams)
    total = sum(counted.values())
    return Table(
        "分野別",
        "分野別チーム数（重複を含む）",
        (
            Column("no", "No.", "number", width=6, in_data=False),
            Column("code", "分野コード", "code", in_print=False),
            Column("field", "政策分野", width=46),
            Column("count", "チーム数", "count", "チーム", 11),
            Column("share", "割合", "share", "％", 11),
        ),
        [
            (i, f.code, field_name(f), counted[f.code], share(counted[f.code], n))
            for i, f in enumerate(fields, 1)
        ],
        base=f"対象：活動チーム　n={n}　単位：チーム、％",
        n=n,
        notes=(
            f"割合はチーム数（n={n}）を100％として算出。一つのチームが複数の分野に数えられるため、"
            "合計は100％を超える。",
            ROUNDING_NOTE,
            "①②④以外の分野の番号と名称は暫定。",
        ),
        total=(None, None, "延べ数", total, share(total, n)),
        chart=Chart("bar", "field", "share") if n else None,
        leads=tuple({"field": f.code} for f in fields),
        behind="teams",
    )


def build_fields(period: Period, edition: Edition) -> Report:
    """Teams by policy field."""
    teams = announced_teams(period)
    return begin(
        "fields",
        FIELDS,
        period,
        edition,
        sheets=(PrintSheet("分野別チーム数", (field_table(teams),)),),
        facts=(("対象", f"公表したチーム {len(teams):,}（重複を含む）"),),
        missing=_missing(teams),
        slides=("分野別",),
    )


def build_ministries(period: Period, edition: Edition) -> Report:
    """Officials who serve today, by ministry and rank."""
    teams = announced_teams(period)
    officials = [member.official for team in teams for member in team.current_members]
    counted = Counter((row.ministry_code, row.rank_class) for row in officials)
    sums = Counter(row.ministry_code for row in officials)
    ranks = Counter(row.rank_class for row in officials)
    n = len(officials)
    listed = [row for row in ministries() if sums[row.code]]
    rank_columns = [Column(r.value, r.label, "count", "人", 11) for r in RankClass]
    cross = Table(
        "支援官_府省庁別職位別",
        "支援官の府省庁別・職位別の人数",
        (
            Column("code", "府省庁コード", "code", in_print=False),
            Column("ministry", "府省庁", width=24),
            *rank_columns,
            Column("sum", "計", "count", "人", 11),
            Column("share", "割合", "share", "％", 11),
        ),
        [
            (
                m.code,
                m.name,
                *(counted[m.code, r] for r in RankClass),
                sums[m.code],
                share(sums[m.code], n),
            )
            for m in listed
        ],
        base=f"対象：公表したチームの支援官（現任）　n={n:,}　単位：人、％",
        n=n,
        total=(None, "計", *(ranks[r] for r in RankClass), n, share(n, n)),
        leads=tuple({"ministry": m.code} for m in listed),
        behind="members",
    )
    picture = Table(
        "支援官_府省庁別",
        "支援官の府省庁別の人数",
        (
            Column("code", "府省庁コード", "code", in_print=False),
            Column("ministry", "府省庁", width=24),
            Column("count", "人数", "count", "人", 11),
            Column("share", "割合", "share", "％", 11),
        ),
        [(m.code, m.name, sums[m.code], share(sums[m.code], n)) for m in listed],
        base=f"対象：公表したチームの支援官（現任）　n={n:,}　単位：人、％",
        n=n,
        total=(None, "計", n, share(n, n)),
        chart=Chart("bar", "ministry", "count") if n else None,
        leads=tuple({"ministry": m.code} for m in listed),
        behind="members",
        has_data=False,
    )
    return begin(
        "ministries",
        MINISTRIES,
        period,
        edition,
        sheets=(PrintSheet("府省庁×職位", (cross,)), PrintSheet("府省庁別", (picture,))),
        facts=(("対象", f"公表したチームの支援官 {n:,}人、{len(listed)}府省庁"),),
        missing=_missing(teams),
    )
