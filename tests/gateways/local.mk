# The real gateways, with the files of their how-tos in doc/gateways.
EXTRA_DIST += tests/gateways/fresh.sh tests/gateways/gateway.py \
	tests/gateways/howto.py tests/gateways/libraries.py \
	tests/gateways/overhead.py \
	tests/gateways/package-lock.json tests/gateways/package.json \
	tests/gateways/page.py tests/gateways/scenes.py \
	tests/gateways/standin.py tests/gateways/stub_models.py
GATEWAY_TESTS = tests/gateways/haproxy_test.py tests/gateways/howto_test.py \
	tests/gateways/nginx_test.py tests/gateways/portkey_test.py
dist_check_SCRIPTS += $(GATEWAY_TESTS)

# Each how-to on a fresh machine of its own: as root, with a mirror of Debian; minutes.
# But for Portkey's, which is not of Debian.
HOWTOS = $(filter-out gateways/portkey.md,$(patsubst $(srcdir)/doc/%,%,$(wildcard \
	$(srcdir)/doc/gateways/*.md $(srcdir)/doc/quickstart/*.md \
	$(srcdir)/doc/quickstart*.md)))
FRESH = $(abs_builddir)/tests/gateways/fresh
check-howtos:
	mkdir -p $(FRESH)/build
	cd $(FRESH)/build && CC='$(CC)' $(abs_top_srcdir)/configure --quiet --prefix=/usr \
		--sysconfdir=/etc --localstatedir=/var --runstatedir=/run
	$(MAKE) -C $(FRESH)/build install DESTDIR=$(FRESH)/stage >/dev/null
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(abs_top_srcdir)/tests/e2e \
		PYTHON='$(PYTHON)' top_srcdir=$(abs_top_srcdir) bash \
		$(srcdir)/tests/gateways/fresh.sh $(FRESH)/stage $(HOWTOS)
	rm -rf $(FRESH)
.PHONY: check-howtos
