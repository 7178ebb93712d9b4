# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer to decide, and what stands for it where there was none."""
import re
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Union

from .errors import Error, error


# As banditd-protocol(7) has them, and so good for a header of HTTP.
_NAME = re.compile(r"[A-Za-z0-9._:/-]{1,64}")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


@dataclass(frozen=True)
class Decision:
    """Which arm to ask.

    decision is the id to report the reward for.  It is None where the default
    was taken, and then propensity is None and error says why.
    """

    arm: str
    decision: Optional[str] = None
    propensity: Optional[float] = None  # probability of this choice
    slate: Optional[List[str]] = None
    propensities: Optional[List[float]] = None
    scores: Optional[List[Dict[str, Any]]] = None
    error: Optional[Error] = None


def read(result: Any) -> Decision:
    """Raises BadAnswer where it is not one."""
    if isinstance(result, dict):
        arm, ident = result.get("arm"), result.get("decision")
        propensity = result.get("propensity")
        if _is_name(arm) and _is_name(ident) and \
                isinstance(propensity, (int, float)):
            return Decision(arm, ident, float(propensity),
                            result.get("slate"), result.get("propensities"),
                            result.get("scores"))
    raise error("bad_answer", "the answer of banditd is not a decision")


def ident(decision: Union[Decision, str, None]) -> Optional[str]:
    """Its id; None for that of a default."""
    return decision.decision if isinstance(decision, Decision) else decision
