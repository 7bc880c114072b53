"""Activities: meetings and visits of a team, who took part, what was decided, what comes next."""
