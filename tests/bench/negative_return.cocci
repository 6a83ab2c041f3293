// A general rule of one shape: a result below 0 is passed on as it is. It is about any function, so that every file is
// parsed. A rule that names one function would be no peer: spatch greps for the name first, skips the files without it,
// and is done in a tenth of a second.
@@
identifier ret;
@@

* if (ret < 0)
*         return ret;
