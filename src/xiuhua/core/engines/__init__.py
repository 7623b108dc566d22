"""Engines that judge a registry by a standard; `registry` opens one by name."""
