# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of loggers."""


class CustomLogger:
    """Whose methods do nothing unless they are overridden."""

    def __init__(self, message_logging=True, **_):
        self.message_logging = message_logging
