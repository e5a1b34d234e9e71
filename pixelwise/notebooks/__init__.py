"""From lesson sources, solutions and translations to the notebooks that learners open.

Needs the packages of the ``author`` extra; nothing that learners run imports this.
"""


class LessonError(Exception):
    """A source, solution or catalogue that no notebook can be built from; says where and why."""
