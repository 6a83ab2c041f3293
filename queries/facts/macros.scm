; Function-like macros.
(preproc_function_def name: (identifier) @macro)
