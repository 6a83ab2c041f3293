"""Page-type and page-flag predicates as formulas, made from the tree's own headers."""
