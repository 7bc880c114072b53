"""The columns of 活動記録一覧, by the words that head them, and the words that tell the kind."""

from __future__ import annotations

from companion.activities.terms import ActivityKind
from companion.applications.blanks import TemplateColumn
from companion.core.sheets.records import Wanted

ACTIVITY_LIST = "活動記録一覧"
COLUMNS = (
    Wanted("lg_code", ("団体コード", "市町村コード", "自治体コード"), required=False),
    Wanted("prefecture", ("都道府県", "都道府県名"), required=False),
    Wanted("name", ("市町村", "市町村名", "市区町村名", "団体名", "自治体名")),
    Wanted("day", ("実施日", "日付", "開催日", "年月日")),
    Wanted("start", ("開始", "開始時刻", "時刻"), required=False),
    Wanted("end", ("終了", "終了時刻"), required=False),
    Wanted("last_day", ("最終日",), required=False),
    Wanted("kind", ("種別", "区分", "形式"), required=False),
    Wanted("title", ("内容", "テーマ", "活動内容", "一行")),
    Wanted("present", ("出席した支援官", "出席者", "参加した支援官", "出席"), required=False),
    Wanted("absent", ("欠席した支援官", "欠席者", "欠席"), required=False),
    Wanted("guests", ("自治体・外部の参加者", "自治体側出席者", "外部参加者"), required=False),
    Wanted("place", ("場所",), required=False),
    Wanted("medium", ("手段",), required=False),
    Wanted("minutes", ("一人当たり時間（分）", "時間（分）", "所要時間（分）"), required=False),
    Wanted("nights", ("泊数",), required=False),
    Wanted("present_state", ("現状・論点", "現状", "論点"), required=False),
    Wanted("advice", ("助言・提供情報", "助言"), required=False),
    Wanted("decisions", ("決定事項",), required=False),
    Wanted("until_next", ("次回まで", "宿題", "今後の対応"), required=False),
)
# The first words found decide; without any the column 種別 is asked for.
KIND_WORDS = (
    (ActivityKind.MAYORS_TALK, ("首長", "町長", "村長", "市長")),
    (ActivityKind.WORKSHOP, ("ワークショップ",)),
    (ActivityKind.HEARING, ("ヒアリング", "聞き取り")),
    (ActivityKind.BRIEFING, ("報告", "説明")),
    (ActivityKind.ONLINE_MEETING, ("オンライン", "web", "リモート", "会議")),
    (ActivityKind.SITE_VISIT, ("現地", "訪問", "視察")),
    (ActivityKind.OTHER_CONTACT, ("その他", "電話", "メール", "連絡")),
)
TEMPLATE_COLUMNS: tuple[TemplateColumn, ...] = (
    ("No", 6, "", ""),
    ("団体コード", 12, "", "6桁。空欄なら市町村名で探します"),
    ("都道府県", 12, "", ""),
    ("市町村", 16, "", ""),
    ("実施日", 16, "", "令和7年5月14日 など"),
    ("開始", 10, "", "13:00"),
    ("終了", 10, "", "14:30"),
    ("最終日", 16, "", "任意。泊まりのとき"),
    ("種別", 18, "kinds", ""),
    ("内容", 36, "", "一行で"),
    ("出席した支援官", 30, "", "任意。空欄なら全員"),
    ("欠席した支援官", 24, "", "任意"),
    ("自治体・外部の参加者", 30, "", "任意。「、」で区切る"),
    ("場所", 18, "", "任意"),
    ("手段", 14, "", "任意"),
    ("一人当たり時間（分）", 12, "", "任意。準備・移動を含む"),
    ("泊数", 8, "", "任意"),
    ("現状・論点", 40, "", "任意"),
    ("助言・提供情報", 40, "", "任意"),
    ("決定事項", 40, "", "任意"),
    ("次回まで", 40, "", "任意"),
)
