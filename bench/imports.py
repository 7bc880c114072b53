"""Import of the two lists of a period: seconds, and the ratio to merely opening them with openpyxl.

    .venv/bin/python bench/imports.py CODES.xlsx CHALLENGES.xlsx OFFICIALS.xlsx

The three files are those a coordinator receives (list of codes, 市町村応募一覧, 応募者名簿). The
database is a fresh SQLite file in a temporary folder. The list of codes is imported before the
clock starts, as it is once a year.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import openpyxl


def main(codes: Path, challenges: Path, officials: Path) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COMPANION_INSTANCE"] = folder
        os.environ.pop("DATABASE_URL", None)
        from companion import create_app
        from companion.applications.actions import apply_plan, plan_import, summary
        from companion.core.db import saved
        from companion.periods.actions import open_period
        from companion.serving import bring_up_to_date

        def take(kind: str, path: Path) -> str:
            with saved():
                period = open_period("令和7年度", by=None)
                plan = plan_import(kind, path.read_bytes(), path.name, period=period)
                result = summary(plan)
                apply_plan(plan, by=None)
            return f"{kind}: created {result['created']}, refused {len(result['refused'])}"

        with create_app().app_context():
            bring_up_to_date()
            print(take("codes", codes))
            began = time.perf_counter()
            print(take("challenges", challenges))
            print(take("officials", officials))
            seconds = time.perf_counter() - began
            began = time.perf_counter()
            print("the same again:", take("challenges", challenges))
            print("the same again:", take("officials", officials))
            again = time.perf_counter() - began
    began = time.perf_counter()
    for path in (challenges, officials):
        book = openpyxl.load_workbook(path)
        for sheet in book:
            for row in sheet.iter_rows(values_only=True):
                list(row)
    bare = time.perf_counter() - began
    print(f"both lists: {seconds:.2f} s; again: {again:.2f} s; openpyxl alone: {bare:.2f} s")
    print(f"ratio {seconds / bare:.1f}")


main(*(Path(name) for name in sys.argv[1:4]))
