# The client for Node; its node_modules come from script/setup.
nodedir = $(pkgdatadir)/node
dist_node_DATA = clients/node/README.md clients/node/banditd.d.ts \
	clients/node/banditd.js clients/node/connection.js \
	clients/node/errors.js clients/node/package.json
EXTRA_DIST += clients/node/package-lock.json
dist_check_SCRIPTS += clients/node/tests/node_test.py
