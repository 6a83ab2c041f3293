; Places where the grammar lost its way.
(ERROR) @error
(MISSING) @error
