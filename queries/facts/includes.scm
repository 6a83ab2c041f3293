; What a file includes.
(preproc_include path: (_) @path)
