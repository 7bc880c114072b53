"""Indicators of a challenge's own: from where, to where, by when, with values over time.

They stand beside activity and satisfaction; nothing here claims that one causes the other.
"""
