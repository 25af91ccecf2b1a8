"""Finding scenarios by what they are about: words, and the fields of which they speak."""

from collections.abc import Iterable, Sequence

from wirelab.scenarios.scenario import Scenario
from wirelab.verify import DisplayFilter, display_filter
from wirelab.verify.fields import lookup
from wirelab.verify.items import filters_of
from wirelab.verify.lint import everything


def filters(scenario: Scenario) -> list[DisplayFilter]:
    """Return the display filters of its steps, with its settings as they are, and of its looks."""
    expectation = scenario.expect(scenario.defaults())
    steps = [each for item in everything(expectation) for each in filters_of(item)]
    return steps + [display_filter(look.filter) for look in scenario.look if look.filter]


def about(scenarios: Iterable[Scenario], words: Sequence[str]) -> list[Scenario]:
    """Return those in whose id, family, title or marks each of the words occurs."""
    wanted = [word.lower() for word in words]
    return [each for each in scenarios if all(word in _told(each) for word in wanted)]


def speaking_of(scenarios: Iterable[Scenario], name: str) -> list[Scenario]:
    """Return those of which a filter speaks of a field, or of any field of a protocol.

    Raises:
        FilterError: no field has this name.
    """
    lookup(name)
    return [
        scenario
        for scenario in scenarios
        if any(
            field == name or field.startswith(f"{name}.")
            for each in filters(scenario)
            for field in each.fields
        )
    ]


def _told(scenario: Scenario) -> str:
    return " ".join((scenario.id, scenario.family, scenario.title, *scenario.marks)).lower()
