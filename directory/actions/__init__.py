"""Changes to the directory: imports from meeting lists."""
