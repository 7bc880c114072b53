"""The columns of the two lists of applications, by the words that head them."""

from __future__ import annotations

from companion.core.sheets.records import Wanted
from companion.places.sheets import CODE_COLUMNS, CODE_LIST

CHALLENGE_LIST = "市町村応募一覧"
CHALLENGE_COLUMNS = (
    Wanted("lg_code", ("団体コード", "市町村コード", "市区町村コード", "自治体コード")),
    Wanted("prefecture", ("都道府県", "都道府県名"), required=False),
    Wanted("name", ("市町村", "市町村名", "市区町村", "市区町村名", "団体名", "自治体名")),
    Wanted("population", ("人口", "人口（人）", "総人口")),
    Wanted("basis", ("基準", "人口の基準", "人口基準", "算定基準")),
    Wanted("population_on", ("基準日", "人口基準日", "人口の基準日")),
    Wanted("division", ("担当課", "担当部署", "担当課名", "所属")),
    Wanted("contact_name", ("担当者", "担当者名", "担当者氏名")),
    Wanted("contact_phone", ("電話", "電話番号", "TEL")),
    Wanted("contact_email", ("メール", "メールアドレス", "Eメール", "E-mail")),
    Wanted("title", ("課題名", "課題", "課題のタイトル")),
    Wanted("present_state", ("現状・背景", "現状", "現状と背景", "現状と課題")),
    Wanted("efforts", ("これまでの取組", "これまでの取り組み"), required=False),
    Wanted("wished_support", ("希望する支援", "希望する支援内容", "希望支援")),
    Wanted("main_field", ("主な政策分野", "主たる政策分野", "政策分野")),
    Wanted("other_fields", ("その他の政策分野", "他の政策分野"), required=False),
    Wanted(
        "wished_officials",
        ("希望する府省庁・専門性", "希望する府省庁", "希望する職員", "希望する専門性"),
        required=False,
    ),
    Wanted("may_publish", ("公表の可否", "公表", "公表可否"), required=False),
    Wanted("applied_on", ("応募日", "申込日", "提出日"), required=False),
)
OFFICIAL_LIST = "応募者名簿"
WISHES = 5
OFFICIAL_COLUMNS = (
    Wanted("email", ("メール", "メールアドレス", "Eメール", "E-mail")),
    Wanted("name", ("氏名", "名前")),
    Wanted(
        "kana", ("ふりがな", "フリガナ", "氏名（カナ）", "氏名（かな）", "よみがな"), required=False
    ),
    Wanted("ministry", ("府省庁", "所属府省庁", "府省庁名", "省庁")),
    Wanted("division", ("局・課", "局課", "所属課", "部局・課", "課室")),
    Wanted("post", ("役職", "官職", "役職名")),
    Wanted("rank", ("職位区分", "職位")),
    Wanted("experience", ("経験年数", "勤務年数"), required=False),
    Wanted("fields", ("得意な政策分野", "政策分野", "得意分野")),
    Wanted("secondments", ("地方勤務・出向経験", "出向経験", "地方勤務経験"), required=False),
    Wanted("birthplace", ("出身地", "出身"), required=False),
    *(
        Wanted(f"wish_{number}", (f"第{number}希望", f"希望市町村{number}"), required=number == 1)
        for number in range(1, WISHES + 1)
    ),
    Wanted("regions", ("希望地域", "希望する地域"), required=False),
    Wanted("excluded", ("対応困難な地域", "対応困難地域", "対応できない地域"), required=False),
    Wanted("share", ("従事可能割合", "従事割合", "従事可能な割合")),
    Wanted("consent", ("上司の同意", "上司同意", "所属長の同意")),
    Wanted("conflict", ("利害関係", "利害関係のある地域"), required=False),
    Wanted("roles", ("引受可能な役割", "引き受け可能な役割", "役割"), required=False),
    Wanted(
        "travel_days", ("出張可能日数／年", "出張可能日数", "出張可能日数（年）"), required=False
    ),
    Wanted("applied_on", ("応募日", "申込日", "提出日"), required=False),
)

# What may be taken for one of the lists by mistake, the most particular first.
LISTS = {
    OFFICIAL_LIST: OFFICIAL_COLUMNS,
    CHALLENGE_LIST: CHALLENGE_COLUMNS,
    CODE_LIST: CODE_COLUMNS,
}
