"""中間報告・成果報告: each team's two reports, drafted from its logs, confirmed, accepted."""
