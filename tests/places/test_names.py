"""Names of places: shared ones are never guessed."""

from __future__ import annotations

import pytest

from companion.core.lgcode import check_digit
from companion.places.names import Gazetteer, NotAPlace, Place, PlaceWords, read_place, region_named
from companion.places.prefectures import PREFECTURES, REGION_OF, REGIONS

pytestmark = pytest.mark.sqlite_only


def place(five: str, prefecture: str, name: str) -> Place:
    return Place(five + check_digit(five), prefecture, name)


RAINBOW = place("02701", "青森県", "虹ヶ浜町")
STAR_NORTH = place("03701", "岩手県", "星見町")
STAR_WEST = place("32701", "島根県", "星見町")
GUN = place("29701", "奈良県", "大郡雲市")
BOOK = Gazetteer([RAINBOW, STAR_NORTH, STAR_WEST, GUN])


@pytest.mark.parametrize(
    ("text", "prefecture", "found"),
    [
        ("虹ヶ浜町", None, RAINBOW),
        ("虹ケ浜町　", None, RAINBOW),
        ("青森県虹ヶ浜町", None, RAINBOW),
        ("青森県 東虹郡 虹ヶ浜町", None, RAINBOW),
        ("東虹郡虹ヶ浜町", None, RAINBOW),
        ("虹ヶ浜町（青森県）", None, RAINBOW),
        ("虹ヶ浜町(青森)", None, RAINBOW),
        ("大郡雲市", None, GUN),
        ("島根県星見町", None, STAR_WEST),
        ("星見町", "岩手県", STAR_NORTH),
        ("星見町（島根県）", None, STAR_WEST),
    ],
)
def test_a_name_in_every_way_people_write_it(
    text: str, prefecture: str | None, found: Place
) -> None:
    assert BOOK.find(text, prefecture) == found


def test_a_shared_name_lists_its_candidates() -> None:
    with pytest.raises(NotAPlace, match=r"2団体.*岩手県星見町 03701.*島根県星見町 32701"):
        BOOK.find("星見町")


@pytest.mark.parametrize(
    ("text", "prefecture", "says"),
    [
        ("ない町", None, "「ない町」は団体コード一覧にありません"),
        ("虹ヶ浜町", "岩手県", "青森県虹ヶ浜町ではありませんか"),
        ("岩手県虹ヶ浜町", None, "一覧にありません"),
        ("", None, "一覧にありません"),
    ],
)
def test_a_name_of_nothing_says_so(text: str, prefecture: str | None, says: str) -> None:
    with pytest.raises(NotAPlace, match=says):
        BOOK.find(text, prefecture)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("九州", PlaceWords(region="九州")),
        ("中国･四国", PlaceWords(region="中国・四国")),
        ("関西", PlaceWords(region="近畿")),
        ("北海道", PlaceWords(region="北海道")),
        ("沖縄県", PlaceWords(prefecture_code="47")),
        ("沖縄", PlaceWords(prefecture_code="47")),
        ("青森県虹ヶ浜町", PlaceWords(lg_code=RAINBOW.lg_code)),
        ("離島", PlaceWords(words="離島")),
    ],
)
def test_places_of_every_kind(text: str, meant: PlaceWords) -> None:
    assert read_place(text, BOOK) == meant


def test_the_47_prefectures_and_their_regions() -> None:
    assert [row.code for row in PREFECTURES] == [f"{number:02d}" for number in range(1, 48)]
    assert REGIONS == ("北海道", "東北", "関東", "中部", "近畿", "中国・四国", "九州")
    assert REGION_OF["47"] == "九州"
    assert region_named("どこか") is None
