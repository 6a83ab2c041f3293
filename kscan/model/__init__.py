"""Nouns only: frozen values that the rooms hand to each other. No I/O, no behaviour that needs a tree."""
