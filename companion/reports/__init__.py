"""Official reports: every pack from one store of figures, on screen, as Excel, CSV, JSON, slides.

A pack builds a `Report` (pure data); one writer prints it, one page shows it, one command and one
schedule make it. Every export is kept with who, when, filter, rows and hash.
"""
