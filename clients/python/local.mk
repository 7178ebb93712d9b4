# The Python client; its tests run where it lies.
PYTHON_CLIENT_TESTS = clients/python/tests/aio_test.py \
	clients/python/tests/client_test.py \
	clients/python/tests/hostile_test.py \
	clients/python/tests/readme_test.py
dist_check_SCRIPTS += $(PYTHON_CLIENT_TESTS) tests/gateways/litellm_test.py
EXTRA_DIST += clients/python/README.md clients/python/pyproject.toml \
	clients/python/banditd/__init__.py clients/python/banditd/absence.py \
	clients/python/banditd/aio.py clients/python/banditd/client.py \
	clients/python/banditd/decision.py clients/python/banditd/errors.py \
	clients/python/banditd/fork.py clients/python/banditd/link.py \
	clients/python/banditd/litellm.py \
	clients/python/banditd/py.typed clients/python/banditd/where.py \
	clients/python/banditd/wire.py clients/python/examples/ask.py \
	clients/python/tests/fixture.py \
	tests/gateways/litellm_stub/litellm/__init__.py \
	tests/gateways/litellm_stub/litellm/integrations/__init__.py \
	tests/gateways/litellm_stub/litellm/integrations/custom_logger.py \
	tests/gateways/litellm_stub/litellm/proxy/__init__.py \
	tests/gateways/litellm_stub/litellm/proxy/proxy_server.py \
	tests/gateways/litellm_stub/litellm/types/__init__.py \
	tests/gateways/litellm_stub/litellm/types/router.py
