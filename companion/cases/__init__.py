"""好事例: what a team has found to work, for others to read once its municipality agrees."""
