"""What `make bench` runs: kscan and its nearest peer on one real tree, timed in turn."""
