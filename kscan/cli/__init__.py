"""The command line: click only; no function here knows C."""
