"""Were one cell of the table of rights wrong, a test would say so: each is flipped, one at a time.

What pages do is asked once with the true table (`test_access`); here every wrong table is compared
with what is meant, written by hand in `MEANT` and in `test_rights.TABLE`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from companion.core.policy import GRANTS, Grant, Permission, Role, Scope, State

# The six roles in order: a all, t own team, e every team while serving in one,
# p own place, f own prefecture, k own ministry, o own, c counts, - nothing; a capital letter:
# only what is announced, open, closed or agreed to.
MEANT = """
home:view            aooooa
account:own          oooooo
account:view         a----a
account:manage       a-----
deputy:manage        --p---
account:confirm      a-p-k-
approval:view        a----a
approval:decide      a-----
audit:view           -----a
job:view             a-----
period:manage        a-----
place:import         a-----
application:import   a-----
challenge:list       a-pf-a
official:list        ao--ka
screening:view       a----a
screening:decide     a-----
challenge:opinion    ---F--
official:opinion     ----K-
proposal:view        a---ka
proposal:make        ----k-
proposal:decide      a-----
match:view           a----a
match:run            a-----
team:list            aAAAAa
team:announce        a-----
team:change          a-----
team:change_view     a----a
handover:view        aT---a
contact:view         aTPFk-
activity:list        aTPF-a
activity:view        aTP--a
activity:record      -T----
activity:overview    a----a
action:update        -TP---
activity:confirm     --P---
activity:publish     a-----
activity:export      aTP---
poll:answer          -TP---
calendar:feed        -TP---
indicator:view     aTPF-a
indicator:edit     -TP---
briefing:view        aAAAAa
briefing:arrange     a-----
briefing:days        aTP---
team_report:view     aTP--a
team_report:write    -T----
team_report:confirm  --P---
team_report:decide   a-----
inquiry:view         aTP-Ka
inquiry:ask          -T----
inquiry:answer       a-----
inquiry:reply        ----K-
case:published       AAAAAA
case:view            aTP--a
case:write           -T----
case:edit            aT----
case:consent         --P---
case:decide          a-----
memo:view            AT----
memo:write           -T----
memo:open            a-----
memo:overview        -----a
consultation:view    aTpFka
consultation:write   --p---
consultation:handle  a-----
consultation:reply   ----k-
statistic:view       aaaaaa
statistic:import     a-----
shared:view          aE---a
load:view            ao--ca
survey:manage        a-----
survey:status        a----a
survey:counts        ----c-
survey:answer        -op---
survey:results       A-----
survey:published     AAAAAA
survey:shared_texts  -T----
survey:disclosed     -----A
outbox:view          a----a
outbox:resolve       a-----
alert:set            a-----
alert:view           a----a
report:view          a----a
report:export        a-----
roster:export        ---FK-
"""
LETTERS = {
    Scope.ALL: "a", Scope.TEAM: "t", Scope.PEERS: "e", Scope.PLACE: "p", Scope.PREFECTURE: "f",
    Scope.MINISTRY: "k", Scope.OWN: "o", Scope.COUNT: "c", Scope.NONE: "-",
}  # fmt: skip
Cells = dict[tuple[Permission, Role], Grant]


def written(grant: Grant) -> str:
    """One cell as a letter."""
    letter = LETTERS[grant.scope]
    return letter.upper() if grant.when else letter


def is_meant(cells: Cells) -> bool:
    """True when a table says what is meant in every cell."""
    meant = dict(line.split() for line in MEANT.strip().splitlines())
    return set(meant) == {p.value for p in Permission} and all(
        written(grant) == meant[permission.value][list(Role).index(role)]
        for (permission, role), grant in cells.items()
    )


def true_cells() -> Cells:
    """The table of the program, cell by cell."""
    return {(p, role): grant for p, row in GRANTS.items() for role, grant in row.items()}


def mutants() -> Iterator[tuple[str, Cells]]:
    """Every table that differs from the true one in one cell: another scope, or another state."""
    cells = true_cells()
    for key, grant in cells.items():
        for scope in Scope:
            if scope is not grant.scope:
                changed = dataclasses.replace(grant, scope=scope)
                if scope is Scope.NONE:
                    changed = Grant(Scope.NONE)
                yield f"{key} {scope}", cells | {key: changed}
        if grant.scope is not Scope.NONE:
            when = None if grant.when else State.ANNOUNCED
            yield f"{key} {when}", cells | {key: dataclasses.replace(grant, when=when)}


def test_the_table_says_what_is_meant() -> None:
    found = {
        p.value: "".join(written(grant) for grant in row.values()) for p, row in GRANTS.items()
    }
    meant = dict(line.split() for line in MEANT.strip().splitlines())
    assert found == meant


def test_every_flipped_cell_is_caught() -> None:
    tried = list(mutants())
    assert len(tried) >= 1_000
    assert [name for name, cells in tried if is_meant(cells)] == []
