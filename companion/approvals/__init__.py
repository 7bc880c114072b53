"""Decisions that one person asks for and another makes: publishing a match, a role, a big export.

Stands below every feature that asks. A feature registers what happens on approval with
`actions.carried_out_by`, asks with `actions.ask`, and finds what was granted with
`queries.granted_to`.
"""
