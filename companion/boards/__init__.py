"""Boards: what each role needs to know first, on its own page."""
