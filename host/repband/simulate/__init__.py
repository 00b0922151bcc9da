"""The virtual sensor: a body model that moves like people do, emits real wire packets and knows the truth."""
