"""Plain data to YAML text that reads back the same, as drafts and imported workbooks are kept."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
# Words that another YAML reader takes for something else.
_TRAPS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ON_ONE_LINE = frozenset({"window", "reminder_limits", "analysis", "decimals", "channels"})
_ITEMS_ON_ONE_LINE = frozenset(
    {"choices", "columns", "rows", "reminders", "crosstabs", "tables", "published"}
)
_WIDTH = 1_000_000  # long lines are not broken: a break inside a text is hard to read


class _Representer(RoundTripRepresenter):
    pass


def _exact(representer: RoundTripRepresenter, value: Decimal) -> ScalarNode:
    whole = value.to_integral_value()
    if value == whole:
        return representer.represent_scalar("tag:yaml.org,2002:int", format(whole, "f"))
    return representer.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))


_Representer.add_representer(Decimal, _exact)


def yaml_text(data: dict[str, Any]) -> str:
    """The YAML text of a definition's data; reading it gives equal data.

    Texts stand in quotation marks except names and codes, so that no reader takes them for
    numbers or truth values.
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = _Representer
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(_node(data, ()), out)
    return out.getvalue()


def _node(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        made = CommentedMap((key, _node(inner, (*path, key))) for key, inner in value.items())
        if _is_short(path):
            made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        listed = CommentedSeq(_node(inner, (*path, "-")) for inner in value)
        if _is_short(path) or all(not isinstance(inner, dict | list) for inner in value):
            listed.fa.set_flow_style()
        return listed
    if isinstance(value, str) and (not _PLAIN.fullmatch(value) or value in _TRAPS):
        return DoubleQuotedScalarString(value)
    return value


def _is_short(path: tuple[str, ...]) -> bool:
    """Whether what stands at a path reads best on one line: a choice, a window, a reminder."""
    if path and path[-1] in _ON_ONE_LINE:
        return True
    item = len(path) > 1 and path[-1] == "-" and path[-2] in _ITEMS_ON_ONE_LINE
    shared = len(path) == 3 and path[0] == "choices" and path[-1] == "-"
    return item or shared
