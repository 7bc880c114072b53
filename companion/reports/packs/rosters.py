"""R2 チーム一覧, R3 分野別チーム数, R4 支援官の府省庁別・職位別, R9 報告会次第."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from companion.applications.terms import RankClass
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.reports.packs.base import begin, field_name, share
from companion.reports.queries import announced_teams, ministries
from companion.reports.tables import Cell, Chart, Column, DataSheet, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition
from companion.surveys.tables import ROUNDING_NOTE
from companion.teams.models import Team, TeamMember

TEAMS, FIELDS, MINISTRIES, SESSIONS = (
    "チーム一覧",
    "分野別チーム数",
    "支援官の府省庁別・職位別",
    "報告会次第",
)
TEAMS_A_SESSION = 10
NO_TEAMS = "公表したチームがまだありません。"


def _missing(teams: Sequence[Team]) -> tuple[str, ...]:
    return () if teams else (NO_TEAMS,)


def _theme(team: Team, edition: Edition) -> str:
    hidden = edition is Edition.PUBLIC and team.challenge.may_publish is False
    return "（公表の同意なし）" if hidden else team.challenge.title


def _fields_of(team: Team) -> str:
    return "、".join(field_name(row.field) for row in team.challenge.fields)


def _posted(member: TeamMember, edition: Edition) -> str:
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
        members = [_posted(member, edition) for member in team.current_members]
        rows.append(
            (
                team.number,
                place.lg_code,
                place.prefecture,
                place.name,
                team.challenge.population,
                _theme(team, edition),
                _fields_of(team),
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
        chart=Chart("bar", "ministry", "share") if n else None,
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


def build_sessions(period: Period, edition: Edition) -> Report:
    """The programme of the meetings where teams report: ten a session, in the order of teams."""
    teams = announced_teams(period)
    tables = []
    for start in range(0, max(len(teams), 1), TEAMS_A_SESSION):
        part, number = teams[start : start + TEAMS_A_SESSION], start // TEAMS_A_SESSION + 1
        rows = [_session_row(number, place, team, edition) for place, team in enumerate(part, 1)]
        tables.append(_session(number, rows, period))
    everything = DataSheet(
        "データ_報告会次第",
        tables[0].columns,
        [row for table in tables for row in table.rows],
    )
    missing = [*_missing(teams)]
    missing.append("報告会の日時、会場、講評者は登録する画面がまだないため、空欄にしてある。")
    return begin(
        "sessions",
        SESSIONS,
        period,
        edition,
        sheets=(PrintSheet("報告会次第", tuple(tables), page_per_table=True),),
        data=(everything,),
        facts=(("対象", f"公表したチーム {len(teams):,}、1回{TEAMS_A_SESSION}チーム"),),
        missing=tuple(missing),
    )


def _session_row(session: int, place: int, team: Team, edition: Edition) -> list[Cell]:
    return [
        session,
        place,
        None,
        team.challenge.municipality.lg_code,
        team.challenge.municipality.full_name,
        _theme(team, edition),
        _fields_of(team),
        "\n".join(_posted(member, edition) for member in team.current_members),
    ]


def _session(number: int, rows: Sequence[Row], period: Period) -> Table:
    return Table(
        f"報告会_第{number}回",
        f"{period.ordinal}　地方創生伴走支援　報告会次第（第{number}回）",
        (
            Column("session", "回", "number", in_print=False),
            Column("order", "順", "number", width=6),
            Column("time", "時刻", "code", width=12),
            Column("lg_code", "団体コード", "code", in_print=False),
            Column("town", "団体", width=22),
            Column("theme", "テーマ", width=40),
            Column("fields", "政策分野", width=22),
            Column("officials", "支援官", width=44),
        ),
        rows,
        has_data=False,
        base=f"n={len(rows)}チーム　日時：　　年　　月　　日（　）　　時　　分～　　会場：",
        n=len(rows),
    )
