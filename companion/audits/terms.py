"""Words of the audit trail: an action is `<resource>.<verb>`; the common verbs have a label."""

from __future__ import annotations

ACTIONS = {
    "page.read": "閲覧（部外秘の情報）",
    "request.done": "操作（記録の変更なし）",
    "request.refused": "操作（拒否）",
    "user.add": "アカウントの作成",
    "user.stop": "アカウントの停止",
    "user.activate": "アカウントの再開",
    "team.announce": "チームの公表",
    "survey.open": "アンケートの開始",
    "survey.close": "アンケートの終了",
    "survey.submit": "アンケートの提出",
    "audit.anchor": "監査記録の控えの作成",
    "backup.restore": "控えからの復元",
}


def label_of(action: str) -> str:
    """The action as shown; one without a label is shown as it is stored."""
    return ACTIONS.get(action, action)
