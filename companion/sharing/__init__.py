"""What teams share with every team: logs, and answers of the 後方支援, to be found by search."""
