"""One module for each suite; each has `run(context) -> Markdown`."""
