"""What is said about an account: its person is in post, or has left."""

from __future__ import annotations

from collections.abc import Iterable

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.people.models import User


def confirm(users: Iterable[User], *, by: Viewer) -> None:
    """Keep that these persons are in post; what was told before of their leaving is void."""
    for user in users:
        user.confirmed_on, user.left_told_on = clock.today(), None
        audit.record("user.confirm", user.public_id, by=by)


def tell_left(users: Iterable[User], *, by: Viewer) -> None:
    """Tell the coordinators that these persons have left; the accounts go on until they act."""
    for user in users:
        if user.left_told_on is None:
            user.left_told_on = clock.today()
            audit.record("user.tell_left", user.public_id, by=by)
