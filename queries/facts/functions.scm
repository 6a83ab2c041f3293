; Function definitions. A macro that stands for a header has become one in the mask.
(function_definition body: (compound_statement)) @function
