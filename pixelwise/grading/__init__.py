"""Grading a learner's answers: reading them, running them, comparing and explaining."""
