"""What a teacher needs: editions of the notebooks, a plan by the minute, and a class graded safely."""
