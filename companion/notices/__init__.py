"""Letters that follow from what has happened, and the page that shows what goes out."""
