-- SPDX-License-Identifier: GPL-3.0-or-later
--- A transport of banditd for nginx's Lua: each worker keeps some connections, and all
-- workers leave alone a daemon that failed one of them.

--- path is that of the daemon's socket, dict the name of a lua_shared_dict.
return function(path, dict)
	local shared = dict and ngx.shared[dict]
	local T = {}

	function T.now()
		ngx.update_time()
		return ngx.now()
	end

	function T.connect(seconds)
		local socket = ngx.socket.tcp()
		local ms = math.ceil(seconds * 1000)
		socket:settimeouts(ms, ms, ms)
		local done, why = socket:connect("unix:" .. path)
		if not done then return nil, why end
		return socket, socket:getreusedtimes() > 0
	end

	function T.limit(socket, seconds)
		socket:settimeout(math.ceil(seconds * 1000))
	end

	function T.keep(socket)
		socket:setkeepalive(60000, 32)
	end

	function T.spawn(f)
		return ngx.timer.at(0, function() f() end)
	end

	T.ending = ngx.worker.exiting

	if shared then
		function T.recall() return shared:get(path) end
		function T.remember(time) shared:set(path, time) end
	end
	return T
end
