"""The audit trail for those who read it: searching, taking it along, checking it, anchoring it."""
