"""Results to text and JSON: the only room that knows lines and columns."""
