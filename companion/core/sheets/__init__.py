"""Excel and CSV: one writer, one guarded reader, charts, and finding headers by their words."""

from companion.core.sheets.guard import InvalidWorkbook
from companion.core.sheets.reader import Sheet, read_workbook

__all__ = ["InvalidWorkbook", "Sheet", "read_workbook"]
