"""What is pinned can be installed on the oldest Python that is promised: that of Debian 12."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata

from packaging.specifiers import SpecifierSet

from tests.shape.sources import PACKAGE

OLDEST = "3.11.2"


def test_every_pin_is_for_the_oldest_python() -> None:
    lines = (PACKAGE.parent / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if re.match(r"[\w.-]+==", line))
    assert len(pins) > 50
    found = {}
    for name in pins:
        try:
            wanted = metadata(name).get("Requires-Python")
        except PackageNotFoundError:
            continue  # of an extra that is not installed here
        if wanted and not SpecifierSet(wanted).contains(OLDEST):
            found[name] = wanted
    assert found == {}
