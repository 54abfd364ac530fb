"""`python -m forum.cli`: the command line, with the Python at hand."""

from forum.cli import main

main()
