; What tells which functions an operation table holds: struct definitions, and what is put into their fields.
(struct_specifier body: (field_declaration_list)) @struct
(union_specifier body: (field_declaration_list)) @struct
(init_declarator value: (initializer_list)) @initialised
(declaration
  type: [(struct_specifier) (union_specifier)]
  declarator: (init_declarator declarator: [(identifier) (array_declarator)] value: (call_expression)) @written)
(compound_literal_expression) @literal
(assignment_expression left: [(field_expression) (subscript_expression)]) @assignment
; Calls through pointers, as far as their form tells.
(call_expression
  function: [(field_expression) (parenthesized_expression) (subscript_expression) (call_expression)]) @indirect
