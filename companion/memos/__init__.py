"""内部メモ: what a team notes for itself alone, and the few times a coordinator opened it."""
