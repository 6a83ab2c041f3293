"""The whole tree worked out ahead: facts and summaries of every file, in the store."""
