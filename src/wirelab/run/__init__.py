"""Running scenarios: many labs at once, each built, played, captured and judged in a sandbox."""

from wirelab.run.errors import OutputError, PlanError
from wirelab.run.outcome import Outcome, Status
from wirelab.run.plan import Job, plan
from wirelab.run.runner import run_jobs

__all__ = ["Job", "Outcome", "OutputError", "PlanError", "Status", "plan", "run_jobs"]
