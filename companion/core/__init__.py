"""What every part of the programme stands on: database, clock, access, forms, sheets, text."""
