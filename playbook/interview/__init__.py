"""The interview bank: answers that quote measured figures, a drill, a mock interview, cards, grading."""
