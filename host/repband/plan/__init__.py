"""What the physiotherapist prescribes: plan files are read and checked here, shown, written and turned into sets."""

from repband.plan.base import Plan, PlanItem, PlanLoad, PlanPain, PlanTempo, Progress, Targets
from repband.plan.files import load_plan, pain_rule, plan_names, plan_path
from repband.plan.progress import Answers, Proposal, SessionDone, SetDone, Verdict, propose
from repband.plan.sequence import PlannedSet, planned_minutes, planned_sets
from repband.plan.write import to_toml

__all__ = [
    "Answers",
    "Plan",
    "PlanItem",
    "PlanLoad",
    "PlanPain",
    "PlanTempo",
    "PlannedSet",
    "Progress",
    "Proposal",
    "SessionDone",
    "SetDone",
    "Targets",
    "Verdict",
    "load_plan",
    "pain_rule",
    "plan_names",
    "plan_path",
    "planned_minutes",
    "planned_sets",
    "propose",
    "to_toml",
]
