"""From samples to the direction of gravity in the sensor's frame, however the sensor is turned on the thigh."""
