"""Words of the audit trail: an action is `<resource>.<verb>`; both have words on screen."""

from __future__ import annotations

from typing import Any

from companion.core.access import Role

WHOLE = {
    "page.read": "閲覧（部外秘の情報）",
    "request.done": "操作（記録の変更なし）",
    "request.refused": "操作（拒否）",
    "sign_in.begin": "サインイン",
    "sign_in.end": "サインアウト（端末の終了を含む）",
    "sign_in.role": "役割の切替",
    "audit.anchor": "監査記録の控えの作成",
    "audit.export": "監査記録の出力",
    "record.export": "活動記録の出力",
    "report.export": "帳票の出力",
    "roster.export": "管内一覧・所属支援官名簿の出力",
    "report.plan": "帳票の定期出力の設定",
    "case.export": "好事例一覧の出力",
    "memo.open": "内部メモの緊急の閲覧の開始",
    "backup.restore": "控えからの復元",
    "key.renew": "秘密鍵の交換",
    "survey.disclose": "アンケートの生の回答の開示（監査担当者へ）",
    "survey.open": "アンケートの開始",
    "survey.close": "アンケートの終了",
    "survey.publish_results": "アンケートの結果の公表",
    "survey.take_back_results": "アンケートの結果の公表の取消し",
    "survey.submit": "アンケートの提出",
    "statistic.import": "統計指標の取込",
    "statistic.stage": "統計指標の取込の確認",
    "team.announce": "チームの公表",
    "user.add": "アカウントの作成",
    "user.confirm": "在職の確認",
    "user.tell_left": "異動・退職の知らせ",
    "match.run": "マッチングの実行",
    "match.decide": "編成の決定",
}
# Who looked at answers, and when: pages that show single answers, and files that hold them.
ANSWERS = "answers"
ANSWER_PAGES = (
    "freetexts.text",
    "freetexts.texts",
    "surveys.enter",
    "surveys.raw_answers",
    "surveys.results",
)
ANSWER_REPORTS = ("satisfaction",)
RESOURCES = {
    "action": "宿題",
    "activity": "活動",
    "alert": "注意の条件",
    "approval": "承認",
    "attachment": "添付",
    "briefing": "報告会",
    "case": "好事例",
    "challenge": "市町村の課題",
    "consultation": "相談カルテ",
    "diet": "国会の会期",
    "draft": "編成の下書き",
    "feed": "カレンダー連携",
    "import": "取込",
    "indicator": "指標",
    "inquiry": "後方支援",
    "letter": "手紙",
    "match": "マッチング",
    "member": "構成員",
    "memo": "内部メモ",
    "official": "応募職員",
    "period": "年度",
    "poll": "日程調整",
    "proposal": "職員の推薦",
    "report.template": "帳票の様式",
    "screening": "審査",
    "series": "繰り返しの予定",
    "statistic": "統計指標",
    "survey": "アンケート",
    "survey.draft": "アンケートの下書き",
    "team": "チーム",
    "team_report": "中間・成果報告",
    "text": "自由記述",
    "user": "アカウント",
}
VERBS = {
    "accept": "承諾",
    "activate": "再開",
    "add": "追加",
    "add_from_logs": "記録からの追記",
    "adopt": "採用",
    "announce": "公表",
    "answer": "回答",
    "app_enrol": "認証アプリの登録",
    "appoint": "着任",
    "approve": "承認",
    "ask": "依頼",
    "begin": "開始",
    "call": "電話の記録",
    "cancel": "中止",
    "carry": "引継ぎ",
    "change": "変更",
    "chase": "督促",
    "choose": "受け取る種類の選択",
    "close": "終了",
    "code": "分類",
    "confirm": "確認",
    "conflict": "利害関係の登録",
    "conflict_lifted": "利害関係の解除",
    "consent": "同意の確認",
    "day_add": "都合の悪い日の追加",
    "day_remove": "都合の悪い日の削除",
    "decide": "決定",
    "decline": "見送り",
    "deputy": "代理の登録",
    "discard": "取りやめ",
    "drop": "破棄",
    "due": "期限の変更",
    "edit": "変更",
    "end": "終了",
    "end_taken_back": "終了の取消し",
    "extend": "締切の延長",
    "factors_forget": "端末の登録の消去",
    "forget_names": "名前の消去",
    "form": "編成",
    "form_issued": "回答票の発行",
    "gather": "取りまとめ",
    "give_back": "差戻し",
    "handle": "対応",
    "invite": "招待の送付",
    "link": "リンクの作り直し",
    "make": "作成",
    "move": "移動・日時の変更",
    "object": "違いの指摘",
    "office_link": "府省庁のサインインとの連携",
    "office_unlink": "府省庁のサインインとの連携の解除",
    "open": "開始",
    "opinion": "意見の記入",
    "passkey_add": "パスキーの登録",
    "passkey_drop": "パスキーの削除",
    "password": "パスワードの設定",
    "pause": "休止",
    "plan": "予定の登録",
    "propose": "配置の提案",
    "publish": "公表",
    "quote": "掲載文の変更",
    "record": "記録",
    "recovery_codes": "予備コードの作成",
    "redo": "やり直し",
    "refuse": "却下",
    "remind": "催促",
    "reminder": "催促の予定の変更",
    "remoteness": "場所の遠さの変更",
    "remove": "削除",
    "reopen": "再開",
    "restore": "復元",
    "resume": "再開",
    "review": "評価",
    "revise": "訂正",
    "revoke": "取消し",
    "roles": "役割の変更",
    "route": "府省庁への依頼",
    "send": "送付",
    "set": "設定",
    "settings": "設定の変更",
    "share": "共有",
    "solve": "解き直し",
    "state": "状態の変更",
    "stop": "停止",
    "submit": "提出",
    "tag_add": "タグの追加",
    "tag_word": "タグの言葉の変更",
    "take_back": "元に戻す",
    "take_out": "出番から外す",
    "terms": "任期の延長",
    "theme": "テーマの確定",
    "theme_reopen": "テーマの確定の取消し",
    "undo": "取消し",
    "value": "値の記録",
    "version": "新しい版",
    "weigh": "重みの変更",
    "withdraw": "取下げ",
    "write": "記入",
}
DETAILS = {
    "page": "画面",
    "status": "応答",
    "rows": "読んだ件数",
    "via": "方法",
    "before": "変更前",
    "after": "変更後",
    "changed": "変えた項目",
    "roles": "役割",
    "count": "件数",
    "kind": "種類",
    "reason": "理由",
    "until": "期限",
    "subject": "対象",
    "role": "役割",
    "teams": "チーム数",
    "hash": "ハッシュ",
    "to": "相手",
    "people": "人数",
    "contacts": "連絡先を示した応募",
    "approved": "承認",
}
ACTORS = {role.value: role.label for role in Role} | {
    "system": "システム",
    "anonymous": "サインイン前",
}


def label_of(action: str) -> str:
    """The action as shown; what has no words is shown as it is stored."""
    if action in WHOLE:
        return WHOLE[action]
    resource, _, verb = action.rpartition(".")
    if resource not in RESOURCES or verb not in VERBS:
        return action
    return f"{RESOURCES[resource]}：{VERBS[verb]}"


def detail_in_words(detail: dict[str, Any]) -> str:
    """What else a line says, on one line; names without words stay as they are stored."""
    return "、".join(
        f"{DETAILS.get(name, name)}：{_words(value)}" for name, value in sorted(detail.items())
    )


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {inner}" for name, inner in value.items()) or "なし"
    if isinstance(value, list):
        return " ".join(str(one) for one in value) or "なし"
    return "なし" if value is None or value == "" else str(value)
