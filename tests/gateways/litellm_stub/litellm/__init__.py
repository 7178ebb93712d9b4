# SPDX-License-Identifier: GPL-3.0-or-later
"""A stub of what banditd.litellm uses of LiteLLM, with its signatures and its
order of calls: Router.acompletion() asks the strategy for each attempt, with
the request's own parameters; loggers are told of each attempt in tasks of their
own; what is in the metadata reaches them.  The models are called over HTTP.
"""
import asyncio
import datetime
import json
import random
import urllib.request
import uuid

callbacks = []


class ModelResponse(dict):
    """An answer of a model."""

    def __init__(self, body):
        super().__init__(body)
        self._hidden_params = {}


def _call(deployment, messages):
    url = deployment["litellm_params"]["api_base"] + "/chat/completions"
    request = urllib.request.Request(
        url, json.dumps({"messages": messages}).encode(),
        {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return ModelResponse(json.load(answer))


class Router:
    """Of deployments in groups."""

    def __init__(self, model_list, num_retries=2):
        self.model_list = model_list
        self.num_retries = num_retries
        self.logged = set()
        for deployment in model_list:
            deployment.setdefault("model_info", {}).setdefault(
                "id", str(uuid.uuid4()))

    def set_custom_routing_strategy(self, CustomRoutingStrategy):
        # pylint: disable=invalid-name
        for name in ("get_available_deployment",
                     "async_get_available_deployment"):
            setattr(self, name, getattr(CustomRoutingStrategy, name))

    def get_available_deployment(self, model, messages=None, input=None,
                                 specific_deployment=False,
                                 request_kwargs=None):
        # pylint: disable=redefined-builtin,unused-argument
        return random.choice([d for d in self.model_list
                              if d["model_name"] == model])

    async def async_get_available_deployment(self, model, **kwargs):
        return Router.get_available_deployment(self, model, **kwargs)

    @staticmethod
    def _attempt(deployment, kwargs):
        kwargs.setdefault("metadata", {}).update(
            deployment=deployment["litellm_params"]["model"],
            model_info=deployment["model_info"])
        kwargs["model_info"] = deployment["model_info"]
        return {"model": deployment["litellm_params"]["model"],
                "litellm_params": {"metadata": kwargs["metadata"],
                                   "model_info": kwargs["model_info"]}}

    def _log(self, name, *args):
        for callback in callbacks:
            task = asyncio.ensure_future(getattr(callback, name)(*args))
            self.logged.add(task)
            task.add_done_callback(self.logged.discard)

    async def acompletion(self, model, messages, **kwargs):
        for attempt in range(self.num_retries + 1):
            deployment = await self.async_get_available_deployment(
                model=model, messages=messages,
                specific_deployment=kwargs.pop("specific_deployment", None),
                request_kwargs=kwargs)
            details = self._attempt(deployment, kwargs)
            start = datetime.datetime.now()
            try:
                response = await asyncio.get_running_loop().run_in_executor(
                    None, _call, deployment, messages)
            except OSError as why:
                self._log("async_log_failure_event",
                          {**details, "exception": why}, None, start,
                          datetime.datetime.now())
                if attempt == self.num_retries:
                    raise
            else:
                self._log("async_log_success_event", details, response, start,
                          datetime.datetime.now())
                return response

    def completion(self, model, messages, **kwargs):
        deployment = self.get_available_deployment(
            model=model, messages=messages,
            specific_deployment=kwargs.pop("specific_deployment", None),
            request_kwargs=kwargs)
        details = self._attempt(deployment, kwargs)
        start = datetime.datetime.now()
        response = _call(deployment, messages)
        for callback in callbacks:
            callback.log_success_event(details, response, start,
                                       datetime.datetime.now())
        return response
