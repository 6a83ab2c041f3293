"""One function to its summary: values, refinement by conditions, and the paths that lead to a return."""
