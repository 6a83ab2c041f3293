"""Bytes to a syntax tree, query files to compiled queries; nobody above facts sees a tree-sitter node."""
