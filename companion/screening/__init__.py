"""Screening before the match: eligibility, merit of challenges, missing consents, conflicts."""
