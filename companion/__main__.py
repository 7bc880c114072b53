"""`python -m companion` is the console script."""

from companion.commands import main

main()
