"""News that travels upward: a lower part says what has happened, a higher part listens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_listeners: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def on(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Mark a function as a listener for one kind of event (a past-tense dataclass)."""

    def register(listener: Callable[[E], None]) -> Callable[[E], None]:
        if listener not in _listeners[kind]:
            _listeners[kind].append(listener)
        return listener

    return register


def publish(event: object) -> None:
    """Tell every listener, inside the transaction in which the thing happened."""
    for listener in _listeners[type(event)]:
        listener(event)
