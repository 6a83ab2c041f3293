; Object-like macros.
(preproc_def) @constant
