"""Names of fiscal years."""

from __future__ import annotations

import re
import unicodedata


def fiscal_year_of(name: str) -> int | None:
    """The fiscal year meant by 「令和7年度」「R7」「2025年度」「2025」; None for anything else."""
    text = unicodedata.normalize("NFKC", name).strip().upper()
    reiwa = re.fullmatch(r"(?:令和|R)\s*(元|\d{1,2})\s*(?:年度)?", text)
    if reiwa:
        year = 1 if reiwa[1] == "元" else int(reiwa[1])
        return 2018 + year
    western = re.fullmatch(r"(20\d{2})\s*(?:年度)?", text)
    return int(western[1]) if western else None


def period_name(fiscal_year: int) -> str:
    """「令和7年度」 for 2025."""
    year = fiscal_year - 2018
    return f"令和{'元' if year == 1 else year}年度"
