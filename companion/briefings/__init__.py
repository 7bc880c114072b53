"""報告会: the sessions in which teams report to each other, who speaks when, without clashes."""
