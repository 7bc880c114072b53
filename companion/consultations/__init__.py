"""The 相談カルテ: what a municipality wants to combine anew (新結合), put to ministries at once."""
