# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of strategies."""


class CustomRoutingStrategyBase:
    """Whose methods are set on a Router."""
