"""The satisfaction workbook of the demo: seconds, twice the same bytes, ratio to bare openpyxl.

    make demo-data && .venv/bin/python bench/workbook.py

The alternative writes the same cells of the finished workbook with openpyxl and nothing else.
"""

from __future__ import annotations

import hashlib
import io
import time

import openpyxl

from companion import create_app
from companion.periods.queries import all_periods
from companion.reports.packs import satisfaction
from companion.reports.terms import Edition
from companion.reports.workbook import make_book


def main() -> None:
    """Measure and print."""
    with create_app().app_context():
        period = all_periods()[0]
        digests, times, data = [], [], b""
        for _ in range(3):
            began = time.perf_counter()
            report = satisfaction.build(period, Edition.INTERNAL)
            data = make_book(report).data
            times.append(time.perf_counter() - began)
            digests.append(hashlib.sha256(data).hexdigest())
    source = openpyxl.load_workbook(io.BytesIO(data))
    cells = [
        (sheet.title, [[cell.value for cell in row] for row in sheet.iter_rows()])
        for sheet in source
    ]
    began = time.perf_counter()
    bare = openpyxl.Workbook()
    for title, rows in cells:
        sheet = bare.create_sheet(title)
        for row in rows:
            sheet.append(row)
    bare.save(io.BytesIO())
    alone = time.perf_counter() - began
    print(f"seconds {min(times):.2f} (first {times[0]:.2f}); bare openpyxl {alone:.2f}")
    print(f"ratio {min(times) / alone:.1f}; identical bytes: {len(set(digests)) == 1}")


main()
