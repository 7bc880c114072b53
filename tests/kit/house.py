"""The house rules that every page keeps: checked on each page a test opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag

ERRORS = ".error-summary li, .error-summary__list li"
NOTICES = ".notice"
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


def check(soup: BeautifulSoup, headers: Mapping[str, str], *, where: str) -> None:
    """Hold a page to the rules; the message lists every fault with the place."""
    found = faults(soup, headers)
    assert not found, f"{where}: " + "; ".join(found)


def faults(soup: BeautifulSoup, headers: Mapping[str, str]) -> list[str]:
    """What is wrong with a page, as sentences."""
    found: list[str] = []
    headings = [" ".join(h.get_text().split()) for h in soup.select("h1")]
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    if len(headings) != 1:
        found.append(f"{len(headings)} main headings instead of one: {headings}")
    elif not headings[0] or not title.startswith(headings[0]):
        found.append(f"the title {title!r} does not begin with the heading {headings[0]!r}")
    if soup.html is None or soup.html.get("lang") != "ja":
        found.append("the page does not say that it is Japanese")
    if not soup.main:
        found.append("no main part")
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        found.append(f"no strict content policy: {policy!r}")
    found += _inline(soup) + _ids(soup) + _labels(soup) + _names(soup) + _shadowed(soup)
    return found


def _inline(soup: BeautifulSoup) -> list[str]:
    found = []
    for tag in soup.find_all(True):
        if not isinstance(tag, Tag):
            continue
        if tag.name == "style" or tag.has_attr("style"):
            found.append(f"inline style on {_show(tag)}")
        if tag.name == "script" and not tag.get("src") and tag.get("type") != "application/json":
            found.append("inline script")
        found += [f"{name} on {_show(tag)}" for name in tag.attrs if name.startswith("on")]
        for name in ("href", "src", "action"):
            if str(tag.get(name, "")).strip().lower().startswith("javascript:"):
                found.append(f"script address on {_show(tag)}")
    return found


NAMING = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "form")


def _ids(soup: BeautifulSoup) -> list[str]:
    ids = [str(tag["id"]) for tag in soup.select("[id]")]
    found = [f"id {name!r} stands {n} times" for name, n in Counter(ids).items() if n > 1]
    known = set(ids)
    for attribute in NAMING:
        for tag in soup.select(f"[{attribute}]"):
            value = tag[attribute]
            names = value.split() if isinstance(value, str) else list(value)
            found += [
                f"{attribute} of {_show(tag)} names {name!r}, which is not there"
                for name in names
                if name not in known
            ]
    for link in soup.select('a[href^="#"]'):
        name = str(link["href"])[1:]
        if name and name not in known:
            found.append(f"link to #{name}, which is not there")
    return found


def _labels(soup: BeautifulSoup) -> list[str]:
    labelled = {str(tag["for"]) for tag in soup.select("label[for]") if tag.get_text(strip=True)}
    found = []
    for control in soup.select("input, select, textarea"):
        if control.get("type") in UNLABELLED:
            continue
        if control.get("aria-label") or control.get("aria-labelledby"):
            continue
        if control.get("id") in labelled:
            continue
        around = control.find_parent("label")
        if around is None or not around.get_text(strip=True):
            found.append(f"no label for {_show(control)}")
    return found


def _names(soup: BeautifulSoup) -> list[str]:
    found = []
    for tag in soup.select("a[href], button"):
        spoken = tag.get_text(strip=True) or tag.get("aria-label") or tag.select_one("[alt], title")
        if not spoken:
            found.append(f"{_show(tag)} says nothing")
    found += [f"no alternative text on {_show(t)}" for t in soup.select("img:not([alt])")]
    found += ["a table without caption" for t in soup.select("table") if t.caption is None]
    return found


def _shadowed(soup: BeautifulSoup) -> list[str]:
    """Fields that a hidden one of the same name stands before: what is typed would not count."""
    found = []
    for form in soup.select("form"):
        hidden = {tag.get("name") for tag in form.select('input[type="hidden"]')}
        shown = form.select('input:not([type="hidden"]), textarea, select')
        found += [f"a hidden field shadows {_show(t)}" for t in shown if t.get("name") in hidden]
    return found


def _show(tag: Tag) -> str:
    shown = [
        f'{name}="{tag[name]}"'
        for name in ("id", "name", "class", "type", "href")
        if tag.has_attr(name)
    ]
    return f"<{' '.join([tag.name, *shown])}>"
