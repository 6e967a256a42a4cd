"""What turns notebooks into a course: parameters, scorecard, exercises, running, the brief."""
