# The real gateways, with the files of their how-tos in doc/gateways.
EXTRA_DIST += tests/gateways/fresh.sh tests/gateways/gateway.py \
	tests/gateways/howto.py tests/gateways/overhead.py \
	tests/gateways/scenes.py tests/gateways/stub_models.py
GATEWAY_TESTS = tests/gateways/haproxy_test.py tests/gateways/howto_test.py \
	tests/gateways/nginx_test.py
dist_check_SCRIPTS += $(GATEWAY_TESTS)
