"""A name renamed over a whole tree: found as bytes, judged in each kind of text by its own rules, or refused."""
