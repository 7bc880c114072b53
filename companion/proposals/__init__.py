"""Proposals: the officials a ministry suggests for a period, before they have applied."""
