# The Python client; its tests run where it lies.
PYTHON_CLIENT_TESTS = clients/python/tests/aio_test.py \
	clients/python/tests/client_test.py \
	clients/python/tests/hostile_test.py \
	clients/python/tests/readme_test.py
dist_check_SCRIPTS += $(PYTHON_CLIENT_TESTS)
EXTRA_DIST += clients/python/README.md clients/python/pyproject.toml \
	clients/python/banditd/__init__.py clients/python/banditd/absence.py \
	clients/python/banditd/aio.py clients/python/banditd/client.py \
	clients/python/banditd/decision.py clients/python/banditd/errors.py \
	clients/python/banditd/fork.py clients/python/banditd/link.py \
	clients/python/banditd/py.typed clients/python/banditd/where.py \
	clients/python/banditd/wire.py clients/python/examples/ask.py \
	clients/python/tests/fixture.py
