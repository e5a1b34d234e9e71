"""Reference answers: one plain module for each lesson and framework."""
