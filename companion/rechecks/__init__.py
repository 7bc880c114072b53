"""Rechecks: every three months somebody near says whether an account's person is in post."""
