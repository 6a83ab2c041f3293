; Enumerators.
(enumerator name: (identifier) @enumerator)
