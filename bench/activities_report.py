"""R5 活動実績 at the size of the whole country: seconds, peak memory, ratios to bare writers.

    [ACTIVITIES=40] .venv/bin/python bench/activities_report.py [TEAMS]

A database of its own with 1,741 teams × 40 activities over 12 months. The alternatives write the
same cells of the data sheets, in the same run: openpyxl's write-only mode with nothing around it,
and XlsxWriter in constant memory. Each runs in a process of its own, so that its peak is its own.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TEAMS, ACTIVITIES = 1741, int(os.environ.get("ACTIVITIES", "40"))


def fill(teams: int) -> None:
    """Make the period straight in the tables."""
    from sqlalchemy import insert

    from companion import create_app
    from companion.activities.models import Activity, Attendance
    from companion.applications.models import Challenge, Official
    from companion.core.db import db, new_public_id, saved
    from companion.periods.actions import open_period
    from companion.places.models import Municipality
    from companion.serving import bring_up_to_date
    from companion.teams.models import Team, TeamMember

    with create_app().app_context():
        bring_up_to_date()
        with saved():
            period = open_period("令和7年度", by=None)
            start = dt.datetime(2025, 4, 1, 1, tzinfo=dt.UTC)
            rows: dict[Any, list[dict[str, Any]]] = {
                kind: [] for kind in (Municipality, Challenge, Official, Team, TeamMember)
            }
            activities, attendances = [], []
            for n in range(1, teams + 1):
                code = f"{n % 47 + 1:02}{n:04}"
                rows[Municipality].append(
                    {"lg_code": code, "prefecture_code": code[:2], "name": f"見本{n}町", "kana": ""}
                )
                rows[Challenge].append(
                    {
                        "id": n,
                        "public_id": new_public_id(),
                        "period_id": period.id,
                        "lg_code": code,
                        "state": "selected",
                        "population": 9000,
                        "population_basis": "census",
                        "population_on": dt.date(2020, 10, 1),
                        "division": "企画課",
                        "contact_name": "見本",
                        "contact_phone": "0",
                        "contact_email": "a@example.jp",
                        "title": "交流の拡大",
                        "present_state": "",
                        "wished_support": "",
                    }
                )
                rows[Team].append(
                    {
                        "id": n,
                        "public_id": new_public_id(),
                        "period_id": period.id,
                        "number": n,
                        "challenge_id": n,
                        "state": "active",
                    }
                )
                for seat in range(3):
                    key = 3 * n + seat
                    rows[Official].append(
                        {
                            "id": key,
                            "public_id": new_public_id(),
                            "period_id": period.id,
                            "email": f"o{key}@example.jp",
                            "name": f"見本{key}",
                            "ministry_code": "mic",
                            "division": "課",
                            "post": "係長",
                            "rank_class": "chief",
                            "share_percent": 15,
                        }
                    )
                    rows[TeamMember].append(
                        {
                            "id": key,
                            "public_id": new_public_id(),
                            "team_id": n,
                            "official_id": key,
                            "position": seat,
                            "started_on": period.first_day,
                        }
                    )
                for k in range(ACTIVITIES):
                    key = ACTIVITIES * n + k
                    began = start + dt.timedelta(days=9 * k)
                    activities.append(
                        {
                            "id": key,
                            "public_id": new_public_id(),
                            "team_id": n,
                            "kind": "site_visit" if k % 10 == 0 else "online_meeting",
                            "state": "recorded",
                            "title": f"第{k + 1}回 現状の共有と課題の整理",
                            "held_start": began,
                            "held_end": began + dt.timedelta(hours=1),
                        }
                    )
                    attendances += [
                        {
                            "activity_id": key,
                            "member_id": 3 * n + seat,
                            "status": "present",
                            "minutes": 90,
                        }
                        for seat in range(3)
                    ]
            for kind, found in rows.items():
                db.session.execute(insert(kind), found)
            db.session.execute(insert(Activity), activities)
            db.session.execute(insert(Attendance), attendances)


def lines() -> list[tuple[str, list[str], Any]]:
    """Name, headings and rows of the data sheets."""
    from companion.periods.queries import all_periods
    from companion.reports.packs import activity
    from companion.reports.terms import Edition

    report = activity.build(all_periods()[0], Edition.INTERNAL)
    return [(s.name, s.headings, s.lines()) for s in report.data_sheets()]


def ours(target: Path) -> int:
    """The whole report as it is handed out."""
    from companion.periods.queries import all_periods
    from companion.reports.packs import activity
    from companion.reports.terms import Edition
    from companion.reports.workbook import make_book

    made = make_book(activity.build(all_periods()[0], Edition.INTERNAL))
    target.write_bytes(made.data)
    return made.rows


def bare(target: Path) -> int:
    """The same cells of data through openpyxl's write-only mode."""
    from openpyxl import Workbook

    book, count = Workbook(write_only=True), 0
    for name, headings, rows in lines():
        sheet = book.create_sheet(name[:31])
        sheet.append(headings)
        for row in rows:
            sheet.append(row)
            count += 1
    book.save(target)
    return count


def xlsxwriter(target: Path) -> int:
    """The same cells of data through XlsxWriter in constant memory."""
    import xlsxwriter as writer

    book, count = writer.Workbook(str(target), {"constant_memory": True}), 0
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, headings, rows in lines():
        sheet = book.add_worksheet(name[:31])
        sheet.write_row(0, 0, headings)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, place, value, day)
                elif isinstance(value, str):
                    sheet.write_string(number, place, value)
                elif value is not None:
                    sheet.write_number(number, place, value)
            count += 1
    book.close()
    return count


def measured(name: str) -> None:
    """Run one of them in this process and print its figures."""
    from companion import create_app

    with create_app().app_context(), tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "r5.xlsx"
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        rows = {"ours": ours, "bare": bare, "xlsxwriter": xlsxwriter}[name](target)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            json.dumps(
                {
                    "rows": rows,
                    "seconds": seconds,
                    "peak": peak / 1024,
                    "start": before / 1024,
                    "size": target.stat().st_size / 2**20,
                }
            )
        )


def main() -> None:
    """Fill, measure each in its own process, print ratios."""
    if len(sys.argv) > 2:
        fill(int(sys.argv[1])) if sys.argv[2] == "fill" else measured(sys.argv[2])
        return
    teams = int(sys.argv[1]) if len(sys.argv) > 1 else TEAMS
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COMPANION_INSTANCE"] = folder
        # Even the filling runs apart: a child begins with its parent's peak.
        subprocess.run([sys.executable, __file__, str(teams), "fill"], check=True)
        found = {}
        for name in ("ours", "bare", "xlsxwriter"):
            command = [sys.executable, __file__, str(teams), name]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found[name] = json.loads(done.stdout)
        for name, f in found.items():
            print(
                f"{name:11} {f['rows']:,} rows, {f['seconds']:.1f} s, peak {f['peak']:.0f} MB"
                f" (before {f['start']:.0f}), file {f['size']:.1f} MB"
            )
        for name in ("bare", "xlsxwriter"):
            print(f"ratio to {name}: {found['ours']['seconds'] / found[name]['seconds']:.2f}")


if __name__ == "__main__":
    main()
