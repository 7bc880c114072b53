"""Pages of the free texts: the list, reading and coding one, the code book, the summary."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, State, need_viewer, needs, needs_fresh
from companion.core.db import saved
from companion.core.errors import Refused
from companion.freetexts.actions import add_tag, code, edit_quote, gather, word_tag
from companion.freetexts.forms import CodeForm, GatherForm, QuoteForm, TagForm
from companion.freetexts.keywords import keywords, method
from companion.freetexts.models import FreeText, TextTag
from companion.freetexts.queries import (
    authors_of,
    consent_of,
    find_tag,
    find_text,
    newest_round,
    obstacle,
    tag_lines,
    tag_table,
    tags_of,
    text_questions,
    texts_of,
    whole_agreement,
)
from companion.freetexts.rules import difference, hundredths
from companion.freetexts.terms import Decision
from companion.periods.routes import show_period
from companion.surveys.models import SurveyRound
from companion.surveys.queries import definition_of, find_round, is_too_small
from companion.surveys.schema import FreeText as TextQuestion
from companion.surveys.shares import format_count, format_percent, format_share

bp = Blueprint("freetexts", __name__)

# What the list may be narrowed to: value, words.
SHOWN = (("mine", "自分がまだ読んでいない"), ("publish", "掲載する"), ("open", "掲載が未定"))


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def _round(public_id: str) -> SurveyRound:
    row = find_round(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    if row.closed_at is None or not need_viewer().may(Permission.SURVEY_RESULTS, State.CLOSED):
        # Nothing is shown before closing; the page of the results says so.
        abort(redirect(url_for("surveys.results", public_id=public_id), 303))
    return row


def _question(row: SurveyRound, name: str | None) -> TextQuestion:
    """The question meant, by default the first one answered in words."""
    found = text_questions(definition_of(row))
    wanted = [question for question in found if name in {None, "", question.name}]
    question: TextQuestion = wanted[0] if wanted else abort(404)
    return question


def _is_shown(text: FreeText, show: str, me: int) -> bool:
    if show == "mine":
        return all(one.coder_id != me for one in text.codings)
    if show == "publish":
        return text.decision is Decision.PUBLISH
    return show != "open" or text.decision is Decision.UNDECIDED


@bp.route("/rounds/<public_id>/texts", methods=["GET", "POST"])
@needs(Permission.SURVEY_RESULTS)
@needs_fresh
def texts(public_id: str) -> str | Response:
    """The texts of a question, with who has read them and what is decided."""
    row, form = _round(public_id), GatherForm()
    if form.validate_on_submit():
        here = url_for("freetexts.texts", public_id=public_id)
        with saved():
            form.once().location = here
            gather(row, by=need_viewer())
        return redirect(here, 303)
    question = _question(row, request.args.get("question"))
    me, show = need_viewer().user_id, request.args.get("show", "")
    found = texts_of(row, question.name)
    tags = {tag.id: tag.name for tag in tags_of(row.survey_id, question.name)}
    return render_template(
        "freetexts/texts.html",
        row=row,
        form=form,
        question=question,
        questions=text_questions(definition_of(row)),
        found=found,
        shown=[text for text in found if _is_shown(text, show, me)],
        show=show,
        too_small=definition_of(row).min_base if is_too_small(row) else 0,
        choices=SHOWN,
        authors=authors_of(row),
        consent=consent_of,
        own={
            text.id: [tags[tag] for tag in one.tag_ids if tag in tags]
            for text in found
            for one in text.codings
            if one.coder_id == me
        },
    )


@bp.route("/texts/<public_id>", methods=["GET", "POST"])
@needs(Permission.SURVEY_RESULTS)
@needs_fresh
def text(public_id: str) -> str | Response | tuple[str, int]:
    """Read one text and give it tags; saving leads to the next that one has not read."""
    row = _text(public_id)
    tags = tags_of(row.round.survey_id, row.question)
    own = next((one for one in row.codings if one.coder_id == need_viewer().user_id), None)
    form = CodeForm(tags=own.tag_ids if own else [])
    form.tags.choices = [(tag.id, tag.name) for tag in tags]
    if form.validate_on_submit():
        with saved():
            code(row, form.tags.data or [], by=need_viewer())
        flash("タグを保存しました。", "success")
        return redirect(_after(row), 303)
    return _page(row, form, QuoteForm(obj=row, decision=row.decision.value), bool(form.errors))


def _text(public_id: str) -> FreeText:
    row = find_text(public_id, need_viewer()) or abort(404)
    show_period(row.round.period)
    return row


def _after(row: FreeText) -> str:
    me = need_viewer().user_id
    rest = [one for one in texts_of(row.round, row.question) if _is_shown(one, "mine", me)]
    later = [one for one in rest if one.public_id > row.public_id] or rest
    if later:
        return url_for("freetexts.text", public_id=later[0].public_id)
    return url_for("freetexts.texts", public_id=row.round.public_id, question=row.question)


def _page(
    row: FreeText, form: CodeForm, quote: QuoteForm, has_failed: bool
) -> str | tuple[str, int]:
    every = texts_of(row.round, row.question)
    place = next(i for i, one in enumerate(every) if one.id == row.id)
    me = need_viewer().user_id
    has_own = any(one.coder_id == me for one in row.codings)
    tags = tags_of(row.round.survey_id, row.question)
    names = {tag.id: tag.name for tag in tags}
    page = render_template(
        "freetexts/text.html",
        row=row,
        form=form,
        quote=quote,
        question=definition_of(row.round).question(row.question),
        tags=tags,
        place=place + 1,
        count=len(every),
        before=every[place - 1] if place else None,
        after=every[place + 1] if place + 1 < len(every) else None,
        author=authors_of(row.round).get(row.answer_id),
        consent=consent_of(row),
        obstacle=obstacle(row),
        pieces=difference(row.original, row.quote) if row.quote else [],
        others=[
            (one.coder.name, [names[tag] for tag in one.tag_ids if tag in names])
            for one in row.codings
            if has_own and one.coder_id != me
        ],
        hidden_others=0 if has_own else len(row.codings),
    )
    return (page, 422) if has_failed else page


@bp.post("/texts/<public_id>/quote")
@needs(Permission.SURVEY_RESULTS)
@needs_fresh
def quote(public_id: str) -> str | Response | tuple[str, int]:
    """Keep the edited quote and the decision; somebody else's newer one is shown, not lost."""
    row, form = _text(public_id), QuoteForm()
    here = url_for("freetexts.text", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            stored = {"quote": row.quote, "decision": row.decision.value}
            raise form.conflict(stored, title="掲載文", back=here)
        try:
            with saved():
                decision = Decision(form.decision.data)
                edit_quote(row, form.quote.data or "", decision, by=need_viewer())
            flash("掲載文と判断を保存しました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = _text(public_id)
            form.quote.errors = [str(refusal)]
    coding = CodeForm(formdata=None)
    coding.tags.choices = [(t.id, t.name) for t in tags_of(row.round.survey_id, row.question)]
    own = [one for one in row.codings if one.coder_id == need_viewer().user_id]
    coding.tags.data = own[0].tag_ids if own else []
    return _page(row, coding, form, has_failed=True)


@bp.route("/rounds/<public_id>/codebook", methods=["GET", "POST"])
@needs(Permission.SURVEY_RESULTS)
def codebook(public_id: str) -> str | Response | tuple[str, int]:
    """The tags of a question with what they mean; a new one is added below."""
    row, form = _round(public_id), TagForm()
    question = _question(row, request.args.get("question"))
    here = url_for("freetexts.codebook", public_id=public_id, question=question.name)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = here
                name, meaning = form.name.data or "", form.meaning.data or ""
                add_tag(row.survey_id, question.name, name, meaning, by=need_viewer())
            flash("タグを追加しました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            form.name.errors = [str(refusal)]
    page = render_template(
        "freetexts/codebook.html",
        row=row,
        question=question,
        form=form,
        tags=tags_of(row.survey_id, question.name),
    )
    return (page, 422) if form.errors else page


@bp.route("/tags/<public_id>", methods=["GET", "POST"])
@needs(Permission.SURVEY_RESULTS)
def tag(public_id: str) -> str | Response | tuple[str, int]:
    """Word one tag or its meaning anew."""
    found: TextTag = find_tag(public_id, need_viewer()) or abort(404)
    row = newest_round(found)
    show_period(row.period)
    form = TagForm(obj=found)
    back = url_for("freetexts.codebook", public_id=row.public_id, question=found.question)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = back
                word_tag(found, form.name.data or "", form.meaning.data or "", by=need_viewer())
            flash("タグを直しました。付けてあるタグはそのままです。", "success")
            return redirect(back, 303)
        except Refused as refusal:
            form.name.errors = [str(refusal)]
    page = render_template("freetexts/tag.html", tag=found, form=form, back=back)
    return (page, 422) if form.errors else page


@bp.get("/rounds/<public_id>/text-summary")
@needs(Permission.SURVEY_RESULTS)
def summary(public_id: str) -> str:
    """Tags counted, how far coders agree, and the words that stand in many texts."""
    row = _round(public_id)
    question = _question(row, request.args.get("question"))
    found, tags = texts_of(row, question.name), tags_of(row.survey_id, question.name)
    return render_template(
        "freetexts/summary.html",
        row=row,
        question=question,
        questions=text_questions(definition_of(row)),
        found=found,
        table=tag_table(row, question.name, min_base=0),
        lines=tag_lines(found, tags),
        whole=whole_agreement(found, tags),
        words=keywords(text.original for text in found),
        method=method(),
        hundredths=hundredths,
        shown={"share": format_share, "percent": format_percent, "count": format_count},
    )
