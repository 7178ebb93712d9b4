-- SPDX-License-Identifier: GPL-3.0-or-later
--- A transport of banditd by LuaSocket, for plain Lua: one connection, one request at a
-- time.
local socket = require "socket"
local unix = require "socket.unix"

--- path is that of the daemon's socket.
return function(path)
	local kept
	local T = { now = socket.gettime }

	function T.connect(seconds)
		if kept then
			local old = kept
			kept = nil
			return old, true
		end
		local new, why = (unix.stream or unix)()
		if not new then return nil, why end
		new:settimeout(seconds)
		local done
		done, why = new:connect(path)
		if not done then
			new:close()
			return nil, why
		end
		return new, false
	end

	function T.limit(s, seconds)
		s:settimeout(seconds)
	end

	function T.keep(s)
		kept = s
	end

	return T
end
