"""The virtual sensor: a body model that moves like people do, emits real wire packets and knows the truth.

`simulate_set(plain_plan("bridge", rng), seed)` gives one set as arrays with its truth; MODEL.md says where every
range comes from.
"""

from repband.simulate.people import MODEL_VERSION, hard_plan, plain_plan
from repband.simulate.plan import (
    EXERCISES,
    PostureChange,
    SensorModel,
    SetPlan,
    SimulatedRecording,
    Tempo,
    TrueRep,
    TrueSpan,
)
from repband.simulate.recording import simulate_set
from repband.simulate.sensor import LinkModel, VirtualSensor

__all__ = [
    "EXERCISES",
    "MODEL_VERSION",
    "LinkModel",
    "PostureChange",
    "SensorModel",
    "SetPlan",
    "SimulatedRecording",
    "Tempo",
    "TrueRep",
    "TrueSpan",
    "VirtualSensor",
    "hard_plan",
    "plain_plan",
    "simulate_set",
]
