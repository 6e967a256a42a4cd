"""Chapter 2, cost: how to bring the cost of training down."""
