"""The catalogue: one module a protocol family, one function a scenario."""

from wirelab.scenarios.discovery import catalogue
from wirelab.scenarios.errors import ScenarioError, SettingError
from wirelab.scenarios.scenario import TECHNIQUES, Look, Scenario, Setting, scenario
from wirelab.scenarios.stage import NotSeen, Stage

CATALOGUE: dict[str, Scenario] = catalogue(__path__, __name__)
"""Every scenario by its id, family by family, in the order of the files."""

__all__ = [
    "CATALOGUE",
    "TECHNIQUES",
    "Look",
    "NotSeen",
    "Scenario",
    "ScenarioError",
    "Setting",
    "SettingError",
    "Stage",
    "scenario",
]
