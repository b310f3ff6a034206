"""The live room as one process serves it: connections, batching, the channel layer."""
