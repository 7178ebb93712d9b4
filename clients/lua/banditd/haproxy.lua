-- SPDX-License-Identifier: GPL-3.0-or-later
--- A transport of banditd for HAProxy's Lua.  A socket of HAProxy belongs to the thread
-- that made it, so each request has one of its own.

--- path is that of the daemon's socket.
return function(path)
	local T = {}

	function T.now()
		local now = core.now()
		return now.sec + now.usec / 1e6
	end

	function T.connect(seconds)
		local socket = core.tcp()
		socket:settimeout(seconds)
		local done, why = socket:connect("unix@" .. path)
		if not done then
			socket:close()
			return nil, why or "nobody listens"
		end
		return socket, false
	end

	function T.limit(socket, seconds)
		socket:settimeout(seconds)
	end

	function T.keep(socket)
		socket:close()
	end

	function T.spawn(f)
		core.register_task(f)
		return true
	end

	return T
end
