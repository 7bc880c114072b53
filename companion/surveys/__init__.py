"""Questionnaires as data: what is asked, checked, counted and published."""
