"""Chapter 3, interpretability: how to make a large model explainable."""
