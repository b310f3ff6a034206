"""What people may type, and what each field's limit says when they pass it."""
