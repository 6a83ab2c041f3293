; Function-like macros.
(preproc_function_def) @macro
