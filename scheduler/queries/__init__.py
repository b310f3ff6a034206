"""Read models: what pages show, put together from several tables."""
