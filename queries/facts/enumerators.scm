; Enumerators, the lists they stand in, and their values.
(enumerator_list) @enumerators
(enumerator name: (identifier) @enumerator)
(enumerator value: (_) @value)
