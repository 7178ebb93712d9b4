# SPDX-License-Identifier: GPL-3.0-or-later
"""LiteLLM routed by banditd: a routing strategy and a logger, for its Router
and for its proxy.

    bandit = banditd.litellm.Bandit(context=features, reward=judge)
    bandit.install(router)                         # a litellm.Router
    litellm_settings: {callbacks: module.bandit}   # or in the proxy's config

Arms are the deployments of a model group, by model_info["arm"] or else by
litellm_params["model"].  A group of one arm, and one that is not known, are
left to the Router's own strategy.  Nothing here fails a request: without an
answer of banditd the default arm is asked, or the group's first.
"""
import inspect
import logging
import random
from typing import Any, Awaitable, Callable, Dict, List, Optional, Union

from . import AsyncClient, Client, Decision
from .errors import error

try:
    import litellm
    from litellm.integrations.custom_logger import CustomLogger
    from litellm.types.router import CustomRoutingStrategyBase
except ImportError as why:
    raise ImportError("banditd.litellm needs the package litellm") from why

LOG = logging.getLogger("banditd.litellm")
KEY = "banditd"  # in the metadata of a request
HEADERS = ("x-banditd-decision", "x-banditd-arm")

Deployment = Dict[str, Any]
Arms = Dict[str, List[Deployment]]
Context = Union[Dict[str, Any], Awaitable[Dict[str, Any]]]
Reward = Union[None, float, Awaitable[Optional[float]]]


class Tried(list):  # type: ignore[type-arg]
    """The arms that one request was sent to, the last at the end: maps of
    decision, arm and deployment.  A class of its own, as the metadata of a
    request may come from outside."""


def prompt(messages: Any) -> str:
    """What users say in the messages, or in the input of other calls."""
    if isinstance(messages, str):
        return messages
    said = []
    for message in messages or []:
        if isinstance(message, str):
            said.append(message)
        elif message.get("role") == "user":
            content = message.get("content") or ""
            said += [content] if isinstance(content, str) else \
                [part.get("text") or "" for part in content]
    return "\n".join(said)


def text_context(messages: Any) -> Dict[str, Any]:
    """The context for a router of input = "text"."""
    return {"text": prompt(messages)}


def arm_of(deployment: Deployment) -> str:
    """What banditd calls it."""
    info = deployment.get("model_info") or {}
    return info.get("arm") or deployment["litellm_params"]["model"]


def _metadata(params: Dict[str, Any]) -> Dict[str, Any]:
    """Where a request carries what was decided for it."""
    for key in ("litellm_metadata", "metadata"):
        if isinstance(params.get(key), dict):
            return params[key]
    return params.setdefault("metadata", {})


def tried_in(params: Optional[Dict[str, Any]]) -> Tried:
    """What was tried for the request with these parameters."""
    for key in ("litellm_metadata", "metadata"):
        metadata = (params or {}).get(key)
        if isinstance(metadata, dict) and isinstance(metadata.get(KEY), Tried):
            return metadata[KEY]
    return Tried()


class Strategy(CustomRoutingStrategyBase):
    """The choice of a deployment; made by Bandit.install()."""

    def __init__(self, bandit: "Bandit", router: Any) -> None:
        self._bandit = bandit
        self._router = router
        self._theirs = router.get_available_deployment
        self._async_theirs = router.async_get_available_deployment

    def _arms(self, model: str) -> Arms:
        """The deployments of the model group, by arm."""
        arms: Arms = {}
        for deployment in self._router.model_list:
            if deployment["model_name"] == model:
                arms.setdefault(arm_of(deployment), []).append(deployment)
        return arms

    @staticmethod
    def _left(arms: Arms, tried: Tried) -> List[str]:
        """Those that this request did not fail on yet; all, where it did."""
        failed = {one["arm"] for one in tried}
        return [arm for arm in arms if arm not in failed] or list(arms)

    def _params(self, left: List[str], context: Dict[str, Any]) \
            -> Dict[str, Any]:
        default = self._bandit.default
        return {"router": self._bandit.router, "arms": left, **context,
                "default": default if default in left else left[0]}

    @staticmethod
    def _take(choice: Decision, arms: Arms, tried: Tried,
              params: Dict[str, Any]) -> Deployment:
        deployment = random.choice(arms[choice.arm])
        tried.append({"decision": choice.decision, "arm": choice.arm,
                      "deployment": _id(deployment)})
        _metadata(params)[KEY] = tried
        if choice.error:
            LOG.warning("%s was taken: %s", choice.arm, choice.error)
        return deployment

    async def async_get_available_deployment(
            self, model: str, messages: Any = None, input: Any = None,
            specific_deployment: Optional[bool] = False,
            request_kwargs: Optional[Dict[str, Any]] = None) -> Any:
        # pylint: disable=redefined-builtin,too-many-arguments
        """An element of the Router's model_list."""
        arms = self._arms(model)
        if len(arms) < 2 or specific_deployment:
            return await self._async_theirs(
                model=model, messages=messages, input=input,
                specific_deployment=specific_deployment,
                request_kwargs=request_kwargs)
        params = {} if request_kwargs is None else request_kwargs
        tried = tried_in(params)
        left = self._left(arms, tried)
        try:
            context = self._bandit.context(messages or input)
            if inspect.isawaitable(context):
                context = await context
            choice = await self._bandit.async_client.route(
                **self._params(left, context))
            arms[choice.arm]  # pylint: disable=pointless-statement
        except Exception as why:  # pylint: disable=broad-except
            choice = self._failed(left, why)
        return self._take(choice, arms, tried, params)

    def get_available_deployment(
            self, model: str, messages: Any = None, input: Any = None,
            specific_deployment: Optional[bool] = False,
            request_kwargs: Optional[Dict[str, Any]] = None) -> Any:
        # pylint: disable=redefined-builtin,too-many-arguments
        """The same for a Router that is not awaited."""
        arms = self._arms(model)
        if len(arms) < 2 or specific_deployment:
            return self._theirs(
                model=model, messages=messages, input=input,
                specific_deployment=specific_deployment,
                request_kwargs=request_kwargs)
        params = {} if request_kwargs is None else request_kwargs
        tried = tried_in(params)
        left = self._left(arms, tried)
        try:
            choice = self._bandit.client.route(
                **self._params(left, self._bandit.context(messages or input)))
            arms[choice.arm]  # pylint: disable=pointless-statement
        except Exception as why:  # pylint: disable=broad-except
            choice = self._failed(left, why)
        return self._take(choice, arms, tried, params)

    def _failed(self, left: List[str], why: Exception) -> Decision:
        """The context is the gateway's own, and may fail in any way; so may
        an answer that names an arm that was not asked for."""
        default = self._bandit.default
        return Decision(default if default in left else left[0], error=error(
            "bad_request", f"no context, or no arm of ours: {why!r}"))


class Bandit(CustomLogger):
    """The logger, which reports rewards, and all that a gateway sets.

    context(messages) -> {"x": vector} or {"text": text} is what banditd sees
    of a request; reward(kwargs, response, start, end) -> number, or None
    where it is not known yet, is what the answer was worth.  Both may be
    coroutines for a Router that is awaited.  failure_reward is learnt where a
    model failed; None: nothing.  router is that of banditd, default the arm
    to ask without it.  More parameters are those of Client.
    """

    def __init__(self, reward: Callable[..., Reward], *,
                 context: Callable[[Any], Context] = text_context,
                 failure_reward: Optional[float] = 0.0,
                 router: Optional[str] = None, default: Optional[str] = None,
                 **client: Any) -> None:
        super().__init__()
        self.context: Any = context
        self.reward: Any = reward
        self.failure_reward = failure_reward
        self.router = router
        self.default = default
        self.client = Client(**client)
        self.async_client = AsyncClient(**client)
        self._installed: Any = None

    def install(self, router: Any) -> None:
        """Has the litellm.Router choose by banditd and report to it."""
        router.set_custom_routing_strategy(Strategy(self, router))
        self._installed = router
        if self not in litellm.callbacks:
            litellm.callbacks.append(self)

    async def async_pre_call_hook(self, user_api_key_dict: Any, cache: Any,
                                  data: Dict[str, Any],
                                  call_type: str) -> Dict[str, Any]:
        """The proxy makes its Router itself, and anew when it is configured:
        the strategy goes into whichever it has at the next request."""
        # pylint: disable=unused-argument,import-outside-toplevel
        from litellm.proxy import proxy_server
        router = getattr(proxy_server, "llm_router", None)
        if router is not None and router is not self._installed:
            self.install(router)
        _metadata(data).pop(KEY, None)  # not the client's to say
        return data

    async def async_post_call_response_headers_hook(
            self, data: Dict[str, Any], user_api_key_dict: Any, response: Any,
            **_: Any) -> Dict[str, str]:
        """For newer proxies, where it also serves streams."""
        # pylint: disable=unused-argument
        return headers(data)

    async def async_post_call_success_hook(
            self, data: Dict[str, Any], user_api_key_dict: Any,
            response: Any) -> Any:
        """For older proxies."""
        # pylint: disable=unused-argument
        hidden = getattr(response, "_hidden_params", None)
        if isinstance(hidden, dict):
            more = hidden.get("additional_headers") or {}
            hidden["additional_headers"] = {**more, **headers(data)}
        return response

    async def async_log_success_event(self, kwargs: Dict[str, Any],
                                      response_obj: Any, start_time: Any,
                                      end_time: Any) -> None:
        """Reports what the answer was worth."""
        decision = decision_of(kwargs)
        if decision:
            value = self.reward(kwargs, response_obj, start_time, end_time)
            if inspect.isawaitable(value):
                value = await value
            await self._async_report(decision, value)

    async def async_log_failure_event(self, kwargs: Dict[str, Any],
                                      response_obj: Any, start_time: Any,
                                      end_time: Any) -> None:
        """Reports that the model failed."""
        decision = decision_of(kwargs)
        if decision:
            await self._async_report(decision, self.failure_reward)

    async def _async_report(self, decision: str,
                            value: Optional[float]) -> None:
        if value is not None and \
                not await self.async_client.report(decision, value):
            LOG.warning("the reward of %s was lost", decision)

    def log_success_event(self, kwargs: Dict[str, Any], response_obj: Any,
                          start_time: Any, end_time: Any) -> None:
        """The same for a Router that is not awaited."""
        decision = decision_of(kwargs)
        if decision:
            self._report(decision, self.reward(kwargs, response_obj,
                                               start_time, end_time))

    def log_failure_event(self, kwargs: Dict[str, Any], response_obj: Any,
                          start_time: Any, end_time: Any) -> None:
        """The same for a Router that is not awaited."""
        decision = decision_of(kwargs)
        if decision:
            self._report(decision, self.failure_reward)

    def _report(self, decision: str, value: Optional[float]) -> None:
        if value is not None and not self.client.report(decision, value):
            LOG.warning("the reward of %s was lost", decision)


def _id(deployment: Deployment) -> Optional[str]:
    return (deployment.get("model_info") or {}).get("id")


def decision_of(kwargs: Dict[str, Any]) -> Optional[str]:
    """The decision that led to this call: of those of its request, which may
    have been tried on several, the one of its deployment."""
    params = kwargs.get("litellm_params") or {}
    tried = tried_in(params)
    here = _id(params)
    for one in reversed(tried):
        if here is None or one["deployment"] == here:
            return one["decision"]
    return None


def headers(data: Dict[str, Any]) -> Dict[str, str]:
    """What the answer to the request carries; none without a decision."""
    tried = tried_in(data)
    if not tried or not tried[-1]["decision"]:
        return {}
    return dict(zip(HEADERS, (tried[-1]["decision"], tried[-1]["arm"])))
