"""Matching: which municipalities are accompanied, and which three officials go to each."""
