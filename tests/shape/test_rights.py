"""Which role may open which page: the whole table in one view, to be read and argued about.

Which things of a page's kind a role reaches is held by `test_access`. A page that is missing here
fails, so that nobody adds one without having decided for whom it is.
"""

from __future__ import annotations

from flask import Flask

from companion.core.access import PUBLIC, ROLES_OF, Permission, Role, Scope, mark_of
from companion.core.policy import OWN_SCOPE, grant, may_write

LETTERS = {
    "C": Role.COORDINATOR,
    "O": Role.OFFICIAL,
    "M": Role.MUNICIPALITY,
    "P": Role.PREFECTURE,
    "K": Role.MINISTRY,
    "A": Role.AUDITOR,
}
# "all": whoever comes. The pages of answers open themselves to the addressee and to who holds the
# link of a letter, and are not there for anybody else.
TABLE = """
statistics.discard          C . . . . .
statistics.place            C O M P K A
statistics.place_workbook   C O M P K A
statistics.statistic        C O M P K A
statistics.statistic_file   C O M P K A
statistics.statistic_workbook C O M P K A
statistics.statistics       C O M P K A
statistics.take             C . . . . .
statistics.take_in          C . . . . .
statistics.template         C . . . . .
statistics.upload           C . . . . .
activities.action           C O M . . A
activities.activities       C O M P . A
activities.activity         C O M . . A
activities.answer           . O M . . .
activities.attach_files     . O . . . .
activities.autosave         . O . . . .
activities.board            C O M . . A
activities.cancel           . O . . . .
activities.confirm          . . M . . .
activities.decide           . O . . . .
activities.diet             C . . . . .
activities.discard_draft    . O . . . .
activities.edit_action      . O . . . .
activities.feed             all
activities.feeds            . O M . . .
activities.file             C O M . . A
activities.load             C O . . K A
activities.log              . O . . . .
activities.move             . O . . . .
activities.new_action       . O . . . .
activities.new_meeting      . O . . . .
activities.new_poll         . O . . . .
activities.new_visit        . O . . . .
activities.overview         C . . . . A
activities.plan             . O . . . .
activities.plan_file        C O M . . A
activities.poll             C O M . . A
activities.publish          C . . . . .
activities.record           C O M . . A
activities.remove_file      . O . . . .
activities.repeat           . O . . . .
activities.revoke           . O M . . .
activities.stop_repeating   . O . . . .
activities.tick             . O M . . .
activities.workbook         C O M . . .
approvals.approval          C . . . . A
approvals.approvals         C . . . . A
approvals.decide            C . . . . .
applications.challenge      C . M P . A
applications.challenges     C . M P . A
applications.confirm        C . . . . .
applications.discard        C . . . . .
applications.imports        C . . . . .
applications.official       C O . . K A
applications.officials      C O . . K A
applications.preview        C . . . . .
applications.refused        C . . . . .
applications.template       C . . . . .
audits.check                . . . . . A
audits.export               . . . . . A
audits.sign_ins             C O M P K A
audits.trail                . . . . . A
boards.home                 C O M P K A
boards.new_period           C . . . . .
briefings.briefings         C O M P K A
briefings.change            C . . . . .
briefings.days              C O M . . .
briefings.new_sessions      C . . . . .
briefings.propose           C . . . . .
briefings.remove            C . . . . .
briefings.seat              C . . . . .
briefings.session           C . . . . .
consultations.agree         . . M . . .
consultations.answer        C . . . . .
consultations.ask_on        . . M . . .
consultations.close         C . . . . .
consultations.consultation  C O M P K A
consultations.consultations C O M P K A
consultations.edit_consultation . . M . . .
consultations.new_consultation . . M . . .
consultations.reply         . . . . K .
consultations.route         C . . . . .
indicators.add_value        . O M . . .
indicators.edit             . O M . . .
indicators.indicator        C O M P . A
indicators.new_indicator    . O M . . .
inquiries.ask               . O . . . .
inquiries.again             . O . . . .
inquiries.close             . O . . . .
inquiries.handle            C . . . . .
inquiries.inquiries         C O M . K A
inquiries.inquiry           C O M . K A
inquiries.reply             . . . . K .
inquiries.share             . O . . . .
cases.article               C O M P K A
cases.ask                   . O . . . .
cases.case                  C O M . . A
cases.cases                 C O M P K A
cases.collection            C O M P K A
cases.consent               . . M . . .
cases.decide                C . . . . .
cases.drafts                C O M . . A
cases.edit                  C O . . . .
cases.new_case              . O . . . .
cases.workbook              C . . . . .
memos.edit                  . O . . . .
memos.entry                 C O . . . .
memos.memo                  C O . . . .
memos.open_memo             C . . . . .
memos.overview              . . . . . A
memos.write                 . O . . . .
sharing.shared              C O . . . A
sharing.shared_inquiry      C O . . . A
sharing.shared_log          C O . . . A
matching.adopt              C . . . . .
matching.adopt_a_draft      C . . . . .
matching.again              C . . . . .
matching.begin              C . . . . .
matching.change             C . . . . A
matching.compare_drafts     C . . . . A
matching.copy               C . . . . .
matching.decide             C . . . . .
matching.decision           C . . . . A
matching.publication        C . . . . A
matching.draft              C . . . . A
matching.draft_official     C . . . . A
matching.draft_officials    C . . . . A
matching.draft_places       C . . . . A
matching.draft_team         C . . . . A
matching.draft_variants     C . . . . A
matching.history            C . . . . A
matching.make_change        C . . . . .
matching.seat               C . . . . A
matching.start_variants     C . . . . .
matching.step_back          C . . . . .
matching.step_forward       C . . . . .
matching.take               C . . . . .
matching.texts              C . . . . A
matching.weights            C . . . . .
matching.cancel             C . . . . .
matching.job                C . . . . .
matching.job_state          C . . . . .
matching.run                C . . . . A
matching.runs               C . . . . A
offices.back                all
offices.begin               all
offices.drop                C O M P K A
offices.enter               all
offices.leave               all
deputies.deputy             . . M . . .
deputies.end                . . M . . .
own.account                 C O M P K A
own.app_setup               C O M P K A
own.change_password         C O M P K A
own.end                     C O M P K A
own.end_others              C O M P K A
own.recovery                C O M P K A
passkeys.drop               C O M P K A
passkeys.passkeys           C O M P K A
passkeys.sign_in            all
notices.alert_settings      C . . . . .
notices.alerts              C . . . . A
notices.choices             all
notices.decide              C . . . . .
notices.letters             C . . . . A
notices.own_choices         C O M P K A
people.accounts             C . . . . A
people.change_state         C . . . . .
people.choose_role          C O M P K A
people.edit                 C . . . . .
people.forget               C . . . . .
people.invite_again         C . . . . .
people.new_account          C . . . . .
people.roles                C . . . . .
rechecks.check              C . M . K .
reports.chart               C . . . . A
reports.export              C . . . . .
reports.export_file         C . . . . .
reports.history             C . . . . A
reports.fill_office_template C . . . . .
reports.items               C . . . . .
reports.office_template     C . . . . .
reports.office_template_file C . . . . .
reports.office_templates    C . . . . .
reports.own_workbook        . . . P K .
reports.plan                C . . . . .
reports.remove_office_template C . . . . .
reports.publish_results     C . . . . .
reports.published_result    C O M P K A
reports.published_results   C O M P K A
reports.renew_office_template C . . . . .
reports.report              C . . . . A
reports.reports             C . . . . A
reports.restore_office_template C . . . . .
reports.rows                C . . . . A
reports.take_back_results   C . . . . .
proposals.new_proposal      . . . . K .
proposals.proposal          C . . . K A
proposals.proposals         C . . . K A
proposals.take_back         . . . . K .
proposals.take_up           C . . . . .
proposals.turn_down         C . . . . .
screening.accept            C . . . . .
screening.add_conflict      C . . . . .
screening.challenge         C . . . . A
screening.challenge_opinion . . . P . .
screening.challenge_opinions . . . P . .
screening.chase             C . . . . .
screening.conflict_list     C . . . . A
screening.consent           C . . . . .
screening.consents          C . . . . A
screening.criteria          C . . . . .
screening.decide_challenge  C . . . . .
screening.decide_official   C . . . . .
screening.lift              C . . . . .
screening.official          C . . . . A
screening.official_opinion  . . . . K .
screening.official_opinions . . . . K .
screening.officials         C . . . . A
screening.remoteness        C . . . . .
screening.review            C . . . . .
screening.screening         C . . . . A
again.again                C O M P K A
second.send_code            all
second.setup                all
signin.sign_in              all
signin.sign_out             C O M P K A
second.step                 all
static                      all
freetexts.codebook          C . . . . .
freetexts.quote             C . . . . .
freetexts.summary           C . . . . .
freetexts.tag               C . . . . .
freetexts.text              C . . . . .
freetexts.texts             C . . . . .
surveys.autosave            all
surveys.begin_edit          C . . . . .
surveys.begin_survey        C . . . . .
surveys.begin               all
surveys.board               C . . . . A
surveys.by_link             all
surveys.calls               C . . . . .
surveys.carry_surveys       C . . . . .
surveys.check               all
surveys.check_published     C . . . . .
surveys.close_survey        C . . . . .
surveys.cross               C . . . . .
surveys.decline_survey      all
surveys.disclose            C . . . . .
surveys.raw_answers         . . . . . A
surveys.discard_draft       C . . . . .
surveys.edit                C . . . . .
surveys.edit_file           C . . . . .
surveys.edit_question       C . . . . .
surveys.edit_reminders      C . . . . .
surveys.edit_section        C . . . . .
surveys.edit_settings       C . . . . .
surveys.edit_tables         C . . . . .
surveys.edit_yaml           C . . . . .
surveys.enter               C . . . . .
surveys.forms               C . . . . .
surveys.import_survey       C . . . . .
surveys.invitation          C . . . . .
surveys.my_surveys          . O M . . .
surveys.open_short          C . . . . .
surveys.open_survey         C . . . . .
surveys.own_excel           all
surveys.own_form            all
surveys.page                all
surveys.preview             C . . . . A
surveys.publish_edited      C . . . . .
surveys.receipt             all
surveys.reminders           C . . . . .
surveys.renew               C . . . . .
surveys.results             C . . . . .
surveys.returned_form       C . . . . .
surveys.round               C . . . . A
surveys.rounds              C . . . . A
surveys.schema              all
surveys.start               all
surveys.take_part           all
surveys.try_out             C . . . . .
surveys.versions            C . . . . .
surveys.xlsform             C . . . . .
teamreports.autosave        . O . . . .
teamreports.begin           . O . . . .
teamreports.confirm         . . M . . .
teamreports.decide          C . . . . .
teamreports.discard         . O . . . .
teamreports.due             C . . . . .
teamreports.edit            . O . . . .
teamreports.from_logs       . O . . . .
teamreports.hand_in         . O . . . .
teamreports.team_report     C O M . . A
teamreports.team_reports    C O M . . A
teams.announce              C . . . . .
teams.team                  C O M P K A
teams.teams                 C O M P K A
transfers.changes           C . . . . A
transfers.end               C . . . . .
transfers.handover          C O . . . A
transfers.pause             C . . . . .
transfers.reopen            C . . . . .
transfers.theme             . O . . . .
transfers.replace           C . . . . .
transfers.replacements      C . . . . A
transfers.reserves          C . . . . A
transfers.resume            C . . . . .
transfers.stay              C . . . . .
welcome.password            all
welcome.welcome             all
"""


def test_each_page_is_open_to_the_roles_it_is_meant_for(app: Flask) -> None:
    meant = {}
    for line in TABLE.strip().splitlines():
        endpoint, *roles = line.split()
        meant[endpoint] = PUBLIC if roles == ["all"] else {LETTERS[r] for r in roles if r != "."}
    held = {}
    for rule in app.url_map.iter_rules():
        mark = mark_of(app, rule.endpoint)
        held[rule.endpoint] = PUBLIC if mark == PUBLIC else set(ROLES_OF[Permission(str(mark))])
    assert held == meant


def test_the_auditor_and_whoever_is_over_write_nothing_but_the_own_account() -> None:
    for permission in Permission:
        written = permission is Permission.ACCOUNT_OWN
        assert may_write(permission, Role.AUDITOR) is written
        for role in Role:
            assert may_write(permission, role, is_over=True) is written


def test_an_ended_term_leaves_nothing_but_the_own() -> None:
    for permission in Permission:
        for role in OWN_SCOPE:
            assert grant(permission, role, is_over=True).scope is not Scope.ALL
