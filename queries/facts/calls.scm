; Direct calls: the callee is a plain name.
(call_expression function: (identifier) @callee)
