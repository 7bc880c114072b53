"""Contracts of the questionnaires: definitions, answers, tables."""
