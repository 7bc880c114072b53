"""The central ministries and agencies: the starting rows of the master, with their short names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from companion.core.text import name_key


class MinistryRow(NamedTuple):
    """A ministry or agency: stable code, name, code of the ministry it belongs to, short names."""

    code: str
    name: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()


# In the order of the government's own list; an agency (外局) stands after its ministry.
MINISTRIES: tuple[MinistryRow, ...] = (
    MinistryRow("cas", "内閣官房", None, ("官房",)),
    MinistryRow("clb", "内閣法制局", None, ("法制局",)),
    MinistryRow("jinjiin", "人事院"),
    MinistryRow("cao", "内閣府"),
    MinistryRow("iha", "宮内庁", "cao"),
    MinistryRow("jftc", "公正取引委員会", "cao", ("公取委", "公取")),
    MinistryRow("npa", "警察庁", "cao"),
    MinistryRow("ppc", "個人情報保護委員会", "cao", ("個情委",)),
    MinistryRow("jcrc", "カジノ管理委員会", "cao"),
    MinistryRow("fsa", "金融庁", "cao"),
    MinistryRow("caa", "消費者庁", "cao"),
    MinistryRow("cfa", "こども家庭庁", "cao", ("こ家庁", "子ども家庭庁")),
    MinistryRow("digital", "デジタル庁", None, ("デジ庁",)),
    MinistryRow("reconstruction", "復興庁"),
    MinistryRow("mic", "総務省"),
    MinistryRow("eda", "公害等調整委員会", "mic", ("公調委",)),
    MinistryRow("fdma", "消防庁", "mic"),
    MinistryRow("moj", "法務省"),
    MinistryRow("isa", "出入国在留管理庁", "moj", ("入管庁", "出入国庁")),
    MinistryRow("psia", "公安調査庁", "moj", ("公調庁",)),
    MinistryRow("mofa", "外務省"),
    MinistryRow("mof", "財務省"),
    MinistryRow("nta", "国税庁", "mof"),
    MinistryRow("mext", "文部科学省", None, ("文科省",)),
    MinistryRow("sports", "スポーツ庁", "mext"),
    MinistryRow("culture", "文化庁", "mext"),
    MinistryRow("mhlw", "厚生労働省", None, ("厚労省",)),
    MinistryRow("maff", "農林水産省", None, ("農水省",)),
    MinistryRow("forestry", "林野庁", "maff"),
    MinistryRow("fisheries", "水産庁", "maff"),
    MinistryRow("meti", "経済産業省", None, ("経産省",)),
    MinistryRow("anre", "資源エネルギー庁", "meti", ("エネ庁",)),
    MinistryRow("jpo", "特許庁", "meti"),
    MinistryRow("smea", "中小企業庁", "meti", ("中企庁",)),
    MinistryRow("mlit", "国土交通省", None, ("国交省",)),
    MinistryRow("jtsb", "運輸安全委員会", "mlit"),
    MinistryRow("jta", "観光庁", "mlit"),
    MinistryRow("jma", "気象庁", "mlit"),
    MinistryRow("jcg", "海上保安庁", "mlit", ("海保",)),
    MinistryRow("env", "環境省"),
    MinistryRow("nra", "原子力規制委員会", "env", ("原子力規制庁", "規制庁", "規制委")),
    MinistryRow("mod", "防衛省"),
    MinistryRow("atla", "防衛装備庁", "mod", ("装備庁",)),
    MinistryRow("jba", "会計検査院", None, ("検査院",)),
)


class MinistryNames:
    """Finds a ministry by name or short name, also 「国税庁（財務省）」 and 「財務省国税庁」."""

    def __init__(self, ministries: Iterable[MinistryRow] = MINISTRIES) -> None:
        self._rows = {row.code: row for row in ministries}
        self._codes: dict[str, str] = {}
        for row in self._rows.values():
            for name in (row.name, *row.aliases):
                self._codes.setdefault(name_key(name), row.code)

    def find(self, text: str) -> str | None:
        """The code meant by a text; None when it is no ministry or contradicts itself."""
        key = name_key(text)
        if key in self._codes:
            return self._codes[key]
        outer, _, inner = key.rstrip(")").partition("(")
        if inner:
            return self._of_pair(self._codes.get(outer), self._codes.get(inner))
        for cut in range(1, len(key)):
            pair = self._of_pair(self._codes.get(key[cut:]), self._codes.get(key[:cut]))
            if pair:
                return pair
        return None

    def _of_pair(self, one: str | None, other: str | None) -> str | None:
        """The agency of an agency and its ministry, in whichever order they are written."""
        if one is None or other is None:
            return None
        if self._rows[one].parent == other:
            return one
        return other if self._rows[other].parent == one else None

    def name(self, code: str) -> str:
        """The full name of a code."""
        return self._rows[code].name
