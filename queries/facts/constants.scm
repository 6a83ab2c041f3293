; Object-like macros and enumerators.
(preproc_def name: (identifier) @macro)
(enumerator name: (identifier) @enumerator)
