"""Speed and memory of this course's networks, beside the same networks from libraries."""
