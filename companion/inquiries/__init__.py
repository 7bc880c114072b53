"""後方支援: what teams ask the secretariat for (schemes, good cases, experts), and the answers."""
