"""Excel and CSV: one writer, one guarded reader, charts, and finding headers by their words."""
