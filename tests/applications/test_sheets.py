"""The lists of applications: all dirt read right, every fault named with place and remedy."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from companion.applications.sheets import (
    ChallengeRow,
    Fault,
    OfficialRow,
    Parsed,
    Reference,
    challenge_template,
    mark_refused,
    official_template,
    read_challenges,
    read_officials,
)
from companion.applications.terms import PopulationBasis, RankClass
from companion.core.sheets import InvalidWorkbook, Sheet, read_workbook
from companion.core.sheets.reader import Formula
from companion.places.names import PlaceWords
from tests.applications.lists import (
    CHALLENGE,
    CLOUD,
    CLOUD_TWIN,
    OFFICIAL,
    RAINBOW,
    REFERENCE,
    STAR_WEST,
)
from tests.core.packages import book_of

pytestmark = pytest.mark.sqlite_only


def sheet_of(like: dict[str, Any], rows: Sequence[dict[str, Any]], name: str = "一覧") -> Sheet:
    return Sheet(name, rows=[list(like), *[list((like | row).values()) for row in rows]])


def challenges(*rows: dict[str, Any], reference: Reference = REFERENCE) -> Parsed[ChallengeRow]:
    return read_challenges([sheet_of(CHALLENGE, rows)], reference=reference)


def officials(*rows: dict[str, Any]) -> Parsed[OfficialRow]:
    return read_officials([sheet_of(OFFICIAL, rows)], reference=REFERENCE)


def only(faults: list[Fault]) -> Fault:
    assert len(faults) == 1, faults
    assert "ください" in faults[0].message  # every fault says what to do
    return faults[0]


def test_a_challenge_is_read_whole() -> None:
    parsed = challenges({})
    assert (parsed.refused, parsed.warnings) == ([], [])
    assert parsed.rows == [
        ChallengeRow(
            sheet="一覧",
            row=2,
            lg_code=RAINBOW.lg_code,
            population=5_000,
            population_basis=PopulationBasis.CENSUS,
            population_on=dt.date(2020, 10, 1),
            division="企画課",
            contact_name="虹野 浜子",
            contact_phone="000-0000-0000",
            contact_email="kikaku@niji.example.lg.jp",
            title="港のにぎわい",
            present_state="来る人が減った",
            efforts="朝市",
            wished_support="助言",
            fields=("tourism", "culture", "townplanning"),
            wished_officials="国交省",
            may_publish=True,
            applied_on=dt.date(2025, 2, 8),
        )
    ]
    assert parsed.rows[0].cells["population"] == "E列「人口」"


@pytest.mark.parametrize(
    ("row", "attribute", "value"),
    [
        ({"団体コード": "０２７０１" + RAINBOW.lg_code[-1]}, "lg_code", RAINBOW.lg_code),
        ({"団体コード": int(RAINBOW.lg_code)}, "lg_code", RAINBOW.lg_code),
        ({"団体コード": "02701"}, "lg_code", RAINBOW.lg_code),
        ({"市町村": "虹ケ浜町　"}, "lg_code", RAINBOW.lg_code),
        ({"都道府県": None}, "lg_code", RAINBOW.lg_code),
        ({"都道府県": "青森"}, "lg_code", RAINBOW.lg_code),
        # Five digits that stand for two places: the name says which.
        (
            {"団体コード": 12106, "都道府県": "千葉県", "市町村": "雲見町"},
            "lg_code",
            CLOUD.lg_code,
        ),
        (
            {"団体コード": "12106", "都道府県": "北海道", "市町村": "白波町"},
            "lg_code",
            CLOUD_TWIN.lg_code,
        ),
        ({"人口": "20,049人"}, "population", 20_049),
        ({"人口": "６，４０１"}, "population", 6_401),
        ({"人口": 7_795.0}, "population", 7_795),
        ({"基準": "住基"}, "population_basis", PopulationBasis.REGISTER),
        ({"基準日": "R7.1.1"}, "population_on", dt.date(2025, 1, 1)),
        ({"基準日": dt.date(2025, 1, 1)}, "population_on", dt.date(2025, 1, 1)),
        (
            {"メール": " ＫＩＫＡＫＵ@niji.example.lg.jp"},
            "contact_email",
            "kikaku@niji.example.lg.jp",
        ),
        ({"公表の可否": "いいえ"}, "may_publish", False),
        ({"公表の可否": None}, "may_publish", None),
        ({"応募日": None}, "applied_on", None),
        (
            {"主な政策分野": "観光、産業振興"},
            "fields",
            ("tourism", "industry", "culture", "townplanning"),
        ),
        ({"その他の政策分野": None}, "fields", ("tourism",)),
        ({"その他の政策分野": "観光"}, "fields", ("tourism",)),
        ({"課題名": "一\n二"}, "title", "一 二"),
        ({"現状・背景": " 一\r\n二 "}, "present_state", "一\n二"),
        ({"これまでの取組": None}, "efforts", ""),
    ],
)
def test_dirt_of_a_challenge_is_read_right(
    row: dict[str, Any], attribute: str, value: object
) -> None:
    parsed = challenges(row)
    assert parsed.refused == []
    assert getattr(parsed.rows[0], attribute) == value


@pytest.mark.parametrize(
    ("row", "column", "found", "says"),
    [
        ({"団体コード": "027010"}, "B列「団体コード」", "027010", "検査数字（6桁目）"),
        ({"団体コード": "123"}, "B列「団体コード」", "123", "桁数"),
        ({"団体コード": "472018"}, "B列「団体コード」", "472018", "一覧にありません"),
        ({"市町村": "星見町"}, "B列「団体コード」", RAINBOW.lg_code, "虹ヶ浜町ですが、名称は"),
        ({"都道府県": "岩手県"}, "B列「団体コード」", RAINBOW.lg_code, "名称は「岩手県虹ヶ浜町」"),
        ({"都道府県": "虹県"}, "C列「都道府県」", "虹県", "都道府県名ではありません"),
        (
            {"団体コード": None, "都道府県": None, "市町村": "星見町"},
            "D列「市町村」",
            "星見町",
            "岩手県星見町 .*島根県星見町 ",
        ),
        ({"団体コード": None, "市町村": "ない町"}, "D列「市町村」", "ない町", "一覧にありません"),
        ({"人口": "約１万人くらい"}, "E列「人口」", "約１万人くらい", "数として読めません"),
        ({"人口": None}, "E列「人口」", "", "空欄"),
        ({"人口": -1}, "E列「人口」", "-1", "数として読めません"),
        ({"人口": Formula("=E3*2", 5000)}, "E列「人口」", "=E3*2", "数式"),
        ({"課題名": "あ\x0bい"}, "L列「課題名」", "あ\x0bい", "制御文字（U\\+000B）"),
        ({"課題名": "あ" * 201}, "L列「課題名」", "あ" * 80 + "…", "201字"),
        ({"基準": "目分量"}, "F列「基準」", "目分量", "国勢調査"),
        ({"基準日": "2025/2/30"}, "G列「基準日」", "2025/2/30", "暦にない"),
        ({"メール": "なし"}, "K列「メール」", "なし", "メールアドレスの形"),
        ({"メール": "a@b.jp、c@d.jp"}, "K列「メール」", "a@b.jp、c@d.jp", "一つだけ"),
        (
            {"主な政策分野": "虹の研究"},
            "P列「主な政策分野」",
            "虹の研究",
            "政策分野にありません.*観光",
        ),
        (
            {"その他の政策分野": "観光、雲"},
            "Q列「その他の政策分野」",
            "観光、雲",
            "「雲」は政策分野に",
        ),
        ({"公表の可否": "検討中"}, "S列「公表の可否」", "検討中", "「○」か「×」"),
        ({"応募日": "きのう"}, "T列「応募日」", "きのう", "日付として読めません"),
    ],
)
def test_a_fault_names_its_cell_the_value_and_the_remedy(
    row: dict[str, Any], column: str, found: str, says: str
) -> None:
    parsed = challenges(row)
    fault = only(parsed.refused)
    assert (fault.sheet, fault.row, fault.column, fault.value) == ("一覧", 2, column, found)
    assert re.search(says, fault.message)
    assert parsed.rows == []
    assert fault.as_json().keys() == {"sheet", "row", "column", "value", "message"}


def test_population_over_the_limit_warns_and_lets_in() -> None:
    parsed = challenges({"人口": 101_096})
    assert (only(parsed.warnings).column, len(parsed.rows)) == ("E列「人口」", 1)
    assert challenges({"人口": 99_999}).warnings == []
    small = Reference(REFERENCE.municipalities, population_limit=3_000)
    assert len(challenges({}, reference=small).warnings) == 1


def test_an_address_of_no_office_warns_and_lets_in() -> None:
    strict = Reference(REFERENCE.municipalities, mail_domains=("go.jp", "lg.jp"))
    assert challenges({}, reference=strict).warnings == []
    parsed = challenges({"メール": "town@mail.example.com"}, reference=strict)
    assert "職場のアドレス（go.jp、lg.jp）ではありません" in only(parsed.warnings).message
    assert len(parsed.rows) == 1
    roster = read_officials(
        [sheet_of(OFFICIAL, [{"メール": "hoshino@notgo.jp"}])], reference=strict
    )
    assert "アカウントを作れない" in roster.warnings[-1].message
    assert len(roster.rows) == 1
    assert challenges({"メール": "town@mail.example.com"}).warnings == []


def test_the_same_municipality_twice_names_the_first_row() -> None:
    parsed = challenges({}, {"団体コード": "02701"})
    assert (len(parsed.rows), parsed.refused_rows) == (1, 1)
    assert "2行目にもあります" in only(parsed.refused).message
    assert parsed.refused[0].row == 3


def test_a_row_with_several_faults_is_one_refused_row() -> None:
    parsed = challenges({"人口": "?", "メール": "?"})
    assert (len(parsed.refused), parsed.refused_rows) == (2, 1)


def test_a_missing_code_is_found_by_an_unmistakable_name_and_said() -> None:
    parsed = challenges({"団体コード": None})
    assert parsed.rows[0].lg_code == RAINBOW.lg_code
    assert "名称から" in only(parsed.warnings).message


def test_ditto_of_a_prefecture_counts_and_a_wrong_one_is_seen() -> None:
    twin = {"団体コード": STAR_WEST.lg_code, "市町村": "星見町", "都道府県": "〃", "No": 2}
    parsed = challenges({}, twin)
    assert "名称は「青森県星見町」" in only(parsed.refused).message


def test_an_official_is_read_whole() -> None:
    parsed = officials({})
    assert (parsed.refused, parsed.warnings) == ([], [])
    assert parsed.rows == [
        OfficialRow(
            sheet="一覧",
            row=2,
            email="hajime.hoshino@example.go.jp",
            name="星野 一",
            kana="ほしの はじめ",
            ministry_code="mlit",
            division="総合政策課",
            post="課長補佐",
            rank_class=RankClass.DEPUTY,
            experience_years=12,
            fields=("tourism", "transport"),
            secondments=(
                PlaceWords(RAINBOW.lg_code, words="青森県虹ヶ浜町（2011年から2年）"),
                PlaceWords(prefecture_code="03", words="岩手県（2015年、1年間）"),
            ),
            birthplace=PlaceWords(STAR_WEST.lg_code),
            wishes=(
                PlaceWords(RAINBOW.lg_code),
                PlaceWords(prefecture_code="03"),
                PlaceWords(region="中国・四国"),
                PlaceWords(region="東北"),
            ),
            is_anywhere=False,
            excluded=(PlaceWords(words="離島"),),
            share_percent=15,
            has_consent=True,
            conflicts=(PlaceWords(region="北海道"),),
            conflict_note="北海道",
            can_lead=True,
            can_record=True,
            travel_days=8,
            applied_on=dt.date(2025, 2, 9),
        )
    ]


@pytest.mark.parametrize(
    ("row", "attribute", "value"),
    [
        ({"府省庁": "国税庁（財務省）"}, "ministry_code", "nta"),
        ({"職位区分": "審議官級"}, "rank_class", RankClass.COUNSELLOR),
        ({"職位区分": "室長・企画官"}, "rank_class", RankClass.OFFICE_HEAD),
        ({"経験年数": 9}, "experience_years", 9),
        ({"経験年数": None}, "experience_years", None),
        ({"得意な政策分野": "まちづくり\nデジタル"}, "fields", ("townplanning", "digital")),
        ({"従事可能割合": 0.1}, "share_percent", 10),
        ({"従事可能割合": "２０％"}, "share_percent", 20),
        ({"従事可能割合": "1割"}, "share_percent", 10),
        ({"上司の同意": "〇"}, "has_consent", True),
        ({"上司の同意": "有"}, "has_consent", True),
        ({"希望地域": "どこでも"}, "is_anywhere", True),
        (
            {"希望地域": None},
            "wishes",
            (PlaceWords(RAINBOW.lg_code), PlaceWords(prefecture_code="03")),
        ),
        ({"利害関係": "なし"}, "conflicts", ()),
        ({"利害関係": "なし"}, "conflict_note", ""),
        ({"利害関係": "港の許可"}, "conflicts", (PlaceWords(words="港の許可"),)),
        ({"引受可能な役割": "記録"}, "can_lead", False),
        ({"引受可能な役割": None}, "can_record", False),
        ({"出身地": None}, "birthplace", None),
        ({"出身地": "外国"}, "birthplace", PlaceWords(words="外国")),
        (
            {"対応困難な地域": "沖縄県、離島"},
            "excluded",
            (PlaceWords(prefecture_code="47"), PlaceWords(words="離島")),
        ),
        ({"地方勤務・出向経験": None}, "secondments", ()),
    ],
)
def test_dirt_of_an_official_is_read_right(
    row: dict[str, Any], attribute: str, value: object
) -> None:
    parsed = officials(row)
    assert parsed.refused == []
    assert getattr(parsed.rows[0], attribute) == value


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ({"府省庁": "虹星庁"}, "D列「府省庁」", "府省庁の一覧にありません"),
        ({"職位区分": "王"}, "G列「職位区分」", "係員、係長"),
        ({"従事可能割合": "80%"}, "Q列「従事可能割合」", "10%から20%"),
        ({"従事可能割合": "少し"}, "Q列「従事可能割合」", "割合として読めません"),
        ({"従事可能割合": "12.5%"}, "Q列「従事可能割合」", "1%単位"),
        ({"第１希望": "星見町"}, "L列「第1希望」", "2団体あり"),
        ({"第１希望": "ない町"}, "L列「第1希望」", "一覧にありません"),
        ({"出身地": "星見町"}, "K列「出身地」", "2団体あり"),
        ({"希望地域": "雲の上"}, "O列「希望地域」", "地域として読めません"),
        ({"メール": None}, "V列「メール」", "空欄"),
        ({"上司の同意": "たぶん"}, "R列「上司の同意」", "「○」か「×」"),
        ({"経験年数": "ながい"}, "H列「経験年数」", "数として読めません"),
    ],
)
def test_a_fault_of_an_official_names_its_cell(row: dict[str, Any], column: str, says: str) -> None:
    parsed = officials(row)
    fault = only(parsed.refused)
    assert fault.column == column
    assert says in fault.message
    assert parsed.rows == []


@pytest.mark.parametrize("mark", ["×", "未", "無", None])
def test_missing_consent_warns_and_lets_in(mark: str | None) -> None:
    parsed = officials({"上司の同意": mark})
    assert only(parsed.warnings).column == "R列「上司の同意」"
    assert [row.has_consent for row in parsed.rows] == [False]


def test_the_same_address_twice_in_any_case_names_the_first_row() -> None:
    parsed = officials({}, {"メール": "hajime.hoshino@EXAMPLE.go.jp"})
    assert "2行目にもあります" in only(parsed.refused).message


def test_a_list_in_the_wrong_place_is_called_by_its_name() -> None:
    with pytest.raises(InvalidWorkbook, match="このブックは応募者名簿のようです"):
        read_challenges([sheet_of(OFFICIAL, [{}])], reference=REFERENCE)
    with pytest.raises(InvalidWorkbook, match="このブックは市町村応募一覧のようです"):
        read_officials([sheet_of(CHALLENGE, [{}])], reference=REFERENCE)


def test_two_lists_in_one_workbook_are_refused() -> None:
    sheets = [sheet_of(CHALLENGE, [{}], "甲"), sheet_of(CHALLENGE, [{}], "乙")]
    with pytest.raises(InvalidWorkbook, match="「甲」、「乙」"):
        read_challenges(sheets, reference=REFERENCE)


def test_refused_cells_come_back_red_with_a_comment_and_can_be_sent_again() -> None:
    rows = [list(CHALLENGE), list((CHALLENGE | {"人口": "たくさん", "課題名": "=1+1"}).values())]
    data = book_of(rows, sheet="応募一覧")
    parsed = read_challenges(read_workbook(data), reference=REFERENCE)
    marked = mark_refused(data, parsed.refused)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    for address, says in (("E2", "数として読めません"), ("L2", "数式")):
        cell = book["応募一覧"][address]
        assert cell.fill.fgColor.rgb == "00FFC7CE"
        assert says in cell.comment.text
    assert book["応募一覧"]["D2"].comment is None
    listed = [[cell.value for cell in row] for row in book["取込結果"].iter_rows()]
    assert listed[0] == ["シート", "行", "列", "見つかった値", "内容"]
    assert [row[:4] for row in listed[1:]] == [
        ["応募一覧", 2, "L列「課題名」", "=1+1"],
        ["応募一覧", 2, "E列「人口」", "たくさん"],
    ]
    assert {cell.data_type for cell in book["取込結果"][2]} == {"s", "n"}
    again = read_challenges(read_workbook(marked, "again.xlsx"), reference=REFERENCE)
    assert [fault.as_json() for fault in again.refused] == [f.as_json() for f in parsed.refused]


@pytest.mark.parametrize(
    ("make", "read", "row"),
    [
        (challenge_template, read_challenges, CHALLENGE),
        (official_template, read_officials, OFFICIAL),
    ],
)
def test_a_template_that_has_been_filled_in_is_read(make: Any, read: Any, row: Any) -> None:
    data = make(REFERENCE)
    assert data == make(REFERENCE)
    with pytest.raises(InvalidWorkbook, match="記入された行がありません"):
        read(read_workbook(data), reference=REFERENCE)
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    assert book.worksheets[1].sheet_state == "hidden"
    assert len(page.data_validations.dataValidation) >= 4
    for column, value in enumerate(row.values(), 1):
        page.cell(5, column, value)
    out = io.BytesIO()
    book.save(out)
    parsed = read(read_workbook(out.getvalue()), reference=REFERENCE)
    assert (len(parsed.rows), parsed.refused) == (1, [])
