"""Which rows of the cross tables of one question are hidden: by their size, then by what they tell.

First the rows under the threshold and those that betray them, whatever was answered
(`suppression`). Then, as long as somebody's answer or a hidden figure follows from the counts
that would be printed (`disclosure`), one more row: the smallest that mends it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from companion.surveys.disclosure import Codes, Printed, known_from
from companion.surveys.suppression import Members, exposed, hidden_groups

RowKey = tuple[str, str]  # banner and group

# Above so many respondents the linear programmes take too long; there a row in which everybody
# answered alike is hidden, and the rest rests on the size of the groups.
MOST_ASKED = 600


def hidden_rows(
    members: Mapping[RowKey, Members],
    answers: Mapping[int, Codes],
    threshold: int,
    *,
    single: bool,
    already: Collection[RowKey] = (),
) -> set[RowKey]:
    """The rows to hide. `answers` are the codes of everybody who was asked (no answer: none)."""
    everybody = frozenset(answers)
    # Each banner on its own first, where the search is exact; then what they betray together.
    banners = dict.fromkeys(banner for banner, _ in members)
    hidden: set[RowKey] = {key for key in already if key in members}
    for banner in banners:
        own = {key: people for key, people in members.items() if key[0] == banner}
        hidden |= hidden_groups(own, everybody, threshold, hidden & own.keys())
    if len(banners) > 1:
        hidden = hidden_groups(members, everybody, threshold, hidden)
    if not len(everybody) >= threshold > 0:
        return hidden
    if single:
        kinds = {key: {answers[person] for person in people} for key, people in members.items()}
        if len(set(answers.values())) > 1:
            hidden |= {key for key, found in kinds.items() if len(found) == 1}
    return _until_nobody_is_known(members, answers, hidden, single)


def _until_nobody_is_known(
    members: Mapping[RowKey, Members],
    answers: Mapping[int, Codes],
    hidden: set[RowKey],
    single: bool,
) -> set[RowKey]:
    if len(answers) > MOST_ASKED:
        return hidden
    plain = {person: codes or ("",) for person, codes in answers.items()} if single else answers
    columns = tuple(dict.fromkeys(code for codes in plain.values() for code in codes))

    def known(
        gone: set[RowKey], only: Members | None = None, *, in_whole: bool = False
    ) -> Members | None:
        shown = [people for key, people in members.items() if key not in gone and people]
        left_out = [people for key, people in members.items() if key in gone and people]
        return known_from(Printed(plain, columns, single, shown, left_out), only, in_whole=in_whole)

    while (who := known(hidden) or known(hidden, in_whole=True)) is not None:
        visible = [key for key in members if key not in hidden and members[key]]
        if not visible:
            break
        related = [key for key in visible if members[key] & who] or visible
        related.sort(key=lambda key: len(members[key]))
        mends = (key for key in related if known({*hidden, key}, who) is None)
        hidden = {*hidden, next(mends, related[0])}
    return hidden


def reachable(
    members: Mapping[RowKey, Members],
    hidden: Collection[RowKey],
    everybody: Members,
    threshold: int,
) -> int | None:
    """The size of a small set that the printed rows still betray; None, as it must be."""
    if not len(everybody) >= threshold > 0:
        return None
    shown = [people for key, people in members.items() if key not in hidden]
    return exposed(shown, everybody, threshold)
