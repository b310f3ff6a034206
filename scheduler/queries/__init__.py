"""Read models for pages, each built from several tables."""
