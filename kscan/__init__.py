"""kscan: what kernel functions return, what their kerneldoc says, and what callers do with it."""

import os.path

__version__ = "0.1.0"

# Where nothing was compiled, nothing is loaded to look for it: ``kscan cc`` is started for each file of a build.
if os.path.isdir(os.path.join(os.path.dirname(__file__), "built")):  # noqa: PTH112, PTH118, PTH120
    from kscan.compiled import install

    install()
