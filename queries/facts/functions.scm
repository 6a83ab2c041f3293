; Function definitions. A macro that stands for a header has become one in the mask.
(function_definition body: (compound_statement)) @function
; A body without a header: what stands before it is none that the grammar knows.
(translation_unit (compound_statement) @loose)
