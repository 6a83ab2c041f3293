; What declares a variable, a parameter or a member.
(declaration) @declaration
(parameter_declaration) @parameter
(field_declaration) @member
