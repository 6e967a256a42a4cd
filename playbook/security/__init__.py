"""Chapter 4, security: how to keep a large model and its data safe and private."""
