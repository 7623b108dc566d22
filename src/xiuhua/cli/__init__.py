"""The command line; works without Django."""
