; Everything that is assigned to the variables of one function.
(assignment_expression left: (identifier) @name right: (_) @value)
(init_declarator declarator: (_) @name value: (_) @value)
