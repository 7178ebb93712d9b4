# The client for Lua, of nginx and HAProxy too.
luadir = $(pkgdatadir)/lua
dist_lua_DATA = clients/lua/banditd.lua
luatransportdir = $(luadir)/banditd
dist_luatransport_DATA = clients/lua/banditd/chat.lua clients/lua/banditd/haproxy.lua \
	clients/lua/banditd/luasocket.lua clients/lua/banditd/nginx.lua
EXTRA_DIST += clients/lua/README.md clients/lua/tests/lua.py
dist_check_SCRIPTS += clients/lua/tests/chat_test.py clients/lua/tests/lua_test.py
