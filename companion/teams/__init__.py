"""Teams: three officials who accompany one municipality for a year."""
