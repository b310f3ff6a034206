"""What people fill in about being told."""
