"""The central ministries and agencies: the starting rows of the master, with their short names."""

from __future__ import annotations

from typing import NamedTuple


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
