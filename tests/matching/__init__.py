"""Tests of companion.matching."""
