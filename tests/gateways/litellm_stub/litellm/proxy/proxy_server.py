# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy: one request, with the hooks in their order."""
import litellm

llm_router = None


async def chat(body, newer=True):
    """The response and its headers, for the body of a request."""
    data = dict(body)
    data["metadata"] = dict(data.get("metadata") or {})
    for callback in litellm.callbacks:
        data = await callback.async_pre_call_hook(None, None, data,
                                                  "completion")
    response = await llm_router.acompletion(**data)
    sent = {}
    for callback in litellm.callbacks:
        response = await callback.async_post_call_success_hook(
            data=data, user_api_key_dict=None, response=response)
        if newer:
            sent.update(await callback.async_post_call_response_headers_hook(
                data=data, user_api_key_dict=None, response=response,
                request_headers={}))
    # pylint: disable=protected-access
    sent.update(response._hidden_params.get("additional_headers", {}))
    return response, sent
