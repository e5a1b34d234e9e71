"""The grader of every lesson: the references pass, and every known mistake is recognised."""

import pytest
from grading_helpers import (
    COURSE,
    assert_mistake_is_caught,
    checks,
    exercises,
    failures,
    grader,
    mistakes,
    solution,
)

from pixelwise.grading.checks import TIERS
from pixelwise.grading.mistakes import Mistake

EXERCISES = [(topic, exercise) for topic in COURSE.topics for exercise in exercises(topic)]
MISTAKES = [(topic, *mistake) for topic in COURSE.topics for mistake in mistakes(topic)]

both_frameworks = pytest.mark.parametrize("framework", COURSE.frameworks)
every_lesson = pytest.mark.parametrize("topic", COURSE.topics)
every_exercise = pytest.mark.parametrize(("topic", "exercise"), EXERCISES)


@both_frameworks
@every_lesson
def test_the_reference_answers_pass_every_check(framework: str, topic: str) -> None:
    for result in grader(topic, framework, solution(topic, framework)).grade():
        assert result.status == "passed", failures(result)
        assert result.points == result.max_points


@every_lesson
def test_only_exercises_of_the_lesson_are_checked(topic: str) -> None:
    for framework in COURSE.frameworks:
        assert {check.exercise for check in checks(topic, framework)} == set(exercises(topic))


@both_frameworks
@every_exercise
def test_every_exercise_has_checks_of_all_tiers_in_order(
    framework: str, topic: str, exercise: str
) -> None:
    tiers = [check.tier for check in checks(topic, framework, exercise)]
    assert set(tiers) == set(TIERS)
    assert tiers == sorted(tiers, key=TIERS.index)


@every_lesson
def test_titles_are_short(topic: str) -> None:
    for framework in COURSE.frameworks:
        for check in checks(topic, framework):
            assert len(check.title.text) <= 95, check.name


@both_frameworks
@every_exercise
def test_every_exercise_has_four_known_mistakes(framework: str, topic: str, exercise: str) -> None:
    known = [m.name for f, m in mistakes(topic) if (f, m.exercise) == (framework, exercise)]
    assert len(known) == len(set(known)) >= 4


@pytest.mark.parametrize(
    ("topic", "framework", "mistake"),
    MISTAKES,
    ids=lambda value: value if isinstance(value, str) else f"{value.exercise}-{value.name}",
)
def test_a_known_mistake_is_recognised(topic: str, framework: str, mistake: Mistake) -> None:
    assert_mistake_is_caught(topic, framework, mistake)
