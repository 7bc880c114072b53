"""Changes during the year: members leave and come, teams pause, and everything is handed over."""
