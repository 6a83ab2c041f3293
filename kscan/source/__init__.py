"""Where bytes come from: a working tree on disk, read with care."""
