"""Chapter 1, data: how to ensure the quality and the lawfulness of training data."""
