"""Invented data say so on every page, before signing in as well."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.kit.makers import make_period, make_user
from tests.kit.pages import Browser

BAND = "デモ、架空のデータ"


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_band_is_there_exactly_where_data_are_invented(app: Flask, is_demo: bool) -> None:
    make_period(is_demo=is_demo)
    browser = Browser(app)
    seen = [browser.get("/signin"), browser.get("/no-such-page")]
    browser.sign_in_as(make_user())
    seen += [browser.get(path) for path in ("/", "/accounts", "/2025/teams", "/no-such-page")]
    assert {BAND in page.text("body") for page in seen} == {is_demo}
