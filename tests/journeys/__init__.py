"""Whole stories in a real browser, from signing in to the file that comes out."""
