# The real gateways, with the files of their how-tos in doc/gateways.
EXTRA_DIST += tests/gateways/gateway.py tests/gateways/howto.py tests/gateways/scenes.py \
	tests/gateways/stub_models.py
