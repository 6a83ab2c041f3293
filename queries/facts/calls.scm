; Direct calls: the callee is a plain name, at which the call starts.
(call_expression function: (identifier)) @call
