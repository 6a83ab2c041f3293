"""What callers owe a callee, said in TOML: the contracts that ship, and the reader for any other."""
