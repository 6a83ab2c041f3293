; What tells which functions an operation table holds: the tables, what is put into them, and the types of both.
(struct_specifier body: (field_declaration_list)) @struct
(union_specifier body: (field_declaration_list)) @struct
(init_declarator value: (initializer_list)) @initialised
(compound_literal_expression) @literal
(assignment_expression left: (field_expression)) @assignment
(assignment_expression left: (subscript_expression argument: (field_expression))) @assignment
(call_expression function: (identifier)) @call
(declaration) @declared
(parameter_declaration) @declared
(function_definition) @function
