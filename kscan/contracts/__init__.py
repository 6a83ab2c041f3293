"""Contract files and their reader."""
