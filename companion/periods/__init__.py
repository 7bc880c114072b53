"""Periods: each fiscal year of the programme with its settings, and the list of policy fields."""
