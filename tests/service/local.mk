# The units, and the package.
EXTRA_DIST += tests/service/confined.py tests/service/package
dist_check_SCRIPTS += tests/service/service_test.py

# Builds, installs and purges the Debian packages: minutes, root and a mirror.
check-package: dist
	'$(srcdir)/tests/service/package' \
		'$(PACKAGE_TARNAME)-$(PACKAGE_VERSION).tar.xz' || test $$? = 77
.PHONY: check-package
