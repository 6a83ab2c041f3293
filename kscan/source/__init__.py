"""Where bytes come from: a tree on disk or at a revision, read with care; what patches make of it, in memory."""
