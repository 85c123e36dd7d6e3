"""A test's status as the table `result` has it."""

from livewall_listener import wire

STATUS_NUMBER = {status: number for number, status in enumerate(wire.STATUSES)}
