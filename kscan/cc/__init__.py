"""``make C=1 CHECK="kscan cc"``: called once for each file that is compiled, with the words of the compiler."""
