"""Changes to the directory: groups imported from other lists."""
