; Object-like macros.
(preproc_def name: (identifier) @constant)
