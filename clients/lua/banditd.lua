-- SPDX-License-Identifier: GPL-3.0-or-later
--- banditd: asks banditd(8) which model should answer a prompt.
--
-- For Lua 5.1, LuaJIT and 5.3, with lua-messagepack.  A transport says how to reach
-- the daemon: banditd.nginx, banditd.haproxy and banditd.luasocket are there, and
-- another is a table of these functions; times are in seconds:
--
--	now()			the time, from any moment on
--	connect(seconds)	a socket with :send(bytes), :receive(n) and :close(),
--				and whether it was used before; or nil and why
--	limit(socket, seconds)	how long each of its operations may take from now on
--	keep(socket)		it is good for another request
--	recall(), remember(t)	optional: a number that all clients of this daemon
--				share, nil at first
--	spawn(f)		optional: has f run by itself, soon; false where not
--	ending()		optional: whether what spawn() runs should come to an end
--
-- No function raises an error.  A failure is nil and one string, "code: sentence": the
-- daemon's own (banditd-protocol(7)), or one of these:
--
--	unavailable	nobody listens, or the connection was closed
--	timeout		no answer in time
--	protocol	what was answered is not MessagePack-RPC
--	resting		route() alone: it failed a moment ago, and is not asked
local MessagePack = require "MessagePack"

local packers = MessagePack.packers
local M = { PROTOCOL = 1 }
local Client = {}
Client.__index = Client

-- What a lost connection may have done already, and does not do twice.
local REPEATABLE = {
	arms = true, click = true, decide = true, explain = true, feedback = true,
	methods = true, metrics = true, ping = true, prefer = true,
	routers = true, score = true, state_hash = true, status = true,
}

--- A client; it can be shared by all that its transport can serve.
-- transport	as above
-- router	in place of "default"
-- timeout	how long a decision may take at most, 0.05
-- patience	how long anything else may take: a reward waits for the disk, 5
-- rest		how long route() does not ask a daemon that failed, 1
-- max_answer	bytes, 1048576
-- max_reports	how many rewards may wait in report(), 10000
-- log		a function that is told why a reward of report() was lost
function M.new(options)
	return setmetatable({
		transport = options.transport,
		router = options.router,
		timeout = options.timeout or 0.05,
		patience = options.patience or 5,
		rest = options.rest or 1,
		max_answer = options.max_answer or 1048576,
		max_reports = options.max_reports or 10000,
		log = options.log or function() end,
		reports = { first = 1, last = 0, senders = 0 },
		id = 0,
	}, Client)
end

-- MessagePack: how many bytes of length follow the first byte, how many bytes more are
-- always there, and how many values an element is.
local LENGTH = {
	[0xc4] = 1, [0xc5] = 2, [0xc6] = 4, [0xc7] = 1, [0xc8] = 2, [0xc9] = 4,
	[0xd9] = 1, [0xda] = 2, [0xdb] = 4, [0xdc] = 2, [0xdd] = 4, [0xde] = 2,
	[0xdf] = 4,
}
local FIXED = {
	[0xc7] = 1, [0xc8] = 1, [0xc9] = 1, [0xca] = 4, [0xcb] = 8, [0xcc] = 1,
	[0xcd] = 2, [0xce] = 4, [0xcf] = 8, [0xd0] = 1, [0xd1] = 2, [0xd2] = 4,
	[0xd3] = 8, [0xd4] = 2, [0xd5] = 3, [0xd6] = 5, [0xd7] = 9, [0xd8] = 17,
}
local VALUES = { [0xdc] = 1, [0xdd] = 1, [0xde] = 2, [0xdf] = 2 }

-- The bytes and the values within that the value at s[at] has; nil and how many bytes
-- of its length are missing.
local function extent(s, at)
	local first = s:byte(at)
	if first < 0x80 or first >= 0xe0 then return 1, 0 end
	if first < 0x90 then return 1, 2 * (first - 0x80) end
	if first < 0xa0 then return 1, first - 0x90 end
	if first < 0xc0 then return 1 + first - 0xa0, 0 end
	local bytes, n = LENGTH[first] or 0, 0
	if #s < at + bytes then return nil, at + bytes - #s end
	for i = at + 1, at + bytes do n = n * 256 + s:byte(i) end
	bytes = 1 + bytes + (FIXED[first] or 0)
	if VALUES[first] then return bytes, n * VALUES[first] end
	return bytes + n, 0
end

-- Reads one value and not a byte more, so that a socket need not give back what it has
-- read; before each read it knows how many bytes must come at least.
local function read_value(receive, limit)
	local s, at, values = "", 1, 1
	while true do
		local bytes, need, more = nil, 0, nil
		if at > #s then
			need = at - 1 - #s + values
			if need == 0 then return s end
		else
			bytes, more = extent(s, at)
			if bytes then
				at, values = at + bytes, values - 1 + more
			else
				need = more + values - 1
			end
		end
		if #s + need > limit then
			return nil, "protocol: the answer is longer than " .. limit .. " bytes"
		end
		if need > 0 then
			local piece, why = receive(need)
			if not piece then return nil, why end
			s = s .. piece
		end
	end
end

-- Text goes as str; a vector that is a string, of little-endian float32, as bin.
local function encode(id, method, params)
	local out, n = { "\148\0" }, 0
	packers.integer(out, id)
	packers.string(out, method)
	for _ in pairs(params) do n = n + 1 end
	out[#out + 1] = n == 0 and "\144" or "\145"
	if n > 0 then packers.map(out, {}, n) end
	for key, value in pairs(params) do
		local kind = type(value)
		if key == "x" and kind == "string" then kind = "binary" end
		packers.string(out, key)
		packers[kind](out, value)
	end
	return table.concat(out)
end

-- The result of an answer; nil and why.
local function judge(bytes, id)
	local good, answer = pcall(MessagePack.unpack, bytes)
	if not good or type(answer) ~= "table" or answer[1] ~= 1 or answer[2] ~= id then
		return nil, "protocol: what was answered is not the answer to our request"
	end
	if type(answer[3]) == "string" then return nil, answer[3] end
	if answer[3] ~= nil or answer[4] == nil then
		return nil, "protocol: an answer has neither result nor error"
	end
	return answer[4]
end

-- What an operation of a socket said, in our words.
local function failure(why)
	why = tostring(why)
	if why:find "timeout" then return "timeout: banditd did not answer in time" end
	if why:find "ermission denied" then
		return "denied: no permission to connect to banditd; the user must be in the "
			.. "group of its socket, banditd mostly"
	end
	if why:find "^%l+: " then return why end
	return "unavailable: " .. why
end

-- Sends the request and waits for its answer.  Also whether the connection was closed
-- before anything came of one that had been used before.
function Client:exchange(request, id, deadline)
	local transport = self.transport
	local function left()
		return deadline - transport.now()
	end
	local socket, used = transport.connect(math.max(left(), 0.001))
	if not socket then return nil, failure(used) end
	local got = false
	local function receive(n)
		local seconds = left()
		if seconds <= 0 then return nil, "timeout" end
		transport.limit(socket, seconds)
		local piece, why = socket:receive(n)
		if not piece and left() <= 0 then why = "timeout" end
		got = got or piece ~= nil
		return piece, why
	end
	local bytes
	local sent, why = socket:send(request)
	if sent then bytes, why = read_value(receive, self.max_answer) end
	if not bytes then
		socket:close()
		why = failure(why)
		return nil, why, used == true and not got and why:find "^unavailable" ~= nil
	end
	transport.keep(socket)
	return bytes
end

--- Calls any method: its result, as Lua values; nil and why.
-- params is a table of the method's parameters; seconds how long it may take in all.
function Client:call(method, params, seconds)
	local id = self.id
	self.id = (id + 1) % 2147483648
	local good, request = pcall(encode, id, method, params or {})
	if not good then return nil, "bad_request: " .. tostring(request) end
	local deadline = self.transport.now() + (seconds or self.patience)
	local bytes, why, stale = self:exchange(request, id, deadline)
	if stale and REPEATABLE[method] then
		bytes, why = self:exchange(request, id, deadline)
	end
	if not bytes then return nil, why end
	return judge(bytes, id)
end

-- A copy of the parameters, for our router, without what is not for the daemon.
local function with_router(self, options)
	local params = { router = self.router }
	for key, value in pairs(options) do params[key] = value end
	params.default, params.timeout = nil, nil
	return params
end

local function is_name(s)
	return type(s) == "string" and #s <= 64 and s:find "^[%w._:/-]+$" ~= nil
end

-- Whether an arm is one of those that were asked for, where that was said.
local function is_among(arm, arms)
	if type(arms) ~= "table" then return true end
	for _, one in ipairs(arms) do
		if one == arm then return true end
	end
	return false
end

--- Which arm, for { x = vector } or { text = prompt } and whatever else decide takes;
-- the result has decision, arm and propensity.  It takes options.timeout at most.
function Client:decide(options)
	local result, why = self:call("decide", with_router(self, options),
		options.timeout or self.timeout)
	if not result then return nil, why end
	if type(result) ~= "table" or not is_name(result.arm) or not is_name(result.decision) then
		return nil, "protocol: a decision without its arm or id"
	end
	if not is_among(result.arm, options.arms) then
		return nil, "protocol: a decision for an arm that was not asked for"
	end
	return result
end

--- Reports { decision = id, reward = number } when it is known.
function Client:feedback(options)
	return self:call("feedback", options, options.timeout)
end

-- A few send for all: each reward waits for the disk, and one sender for each would take
-- a gateway's connections.
local SENDERS = 4

local function send_reports(self)
	local queue, ending = self.reports, self.transport.ending
	while queue.first <= queue.last and not (ending and ending()) do
		local options = queue[queue.first]
		queue[queue.first] = nil
		queue.first = queue.first + 1
		local result, why = self:feedback(options)
		if not result then self.log("a reward is lost: " .. why) end
	end
	queue.senders = queue.senders - 1
end

--- Reports as feedback() does, but its caller does not wait, where the transport has
-- spawn(): true, or nil and why.
function Client:report(options)
	local queue, spawn = self.reports, self.transport.spawn
	if not spawn then return self:feedback(options) end
	if queue.last - queue.first + 1 >= self.max_reports then
		return nil, "overloaded: too many rewards wait"
	end
	queue.last = queue.last + 1
	queue[queue.last] = options
	if queue.senders < SENDERS then
		queue.senders = queue.senders + 1
		if not spawn(function() send_reports(self) end) then
			queue.senders = queue.senders - 1
		end
	end
	return true
end

--- Reports a reward without a decision: { x or text, arm = name, reward = number }.
function Client:observe(options)
	return self:call("observe", with_router(self, options), options.timeout)
end

--- Whether the daemon is there and speaks our protocol: what ping answers.
function Client:check()
	local result, why = self:call("ping", nil, self.timeout)
	if not result then return nil, why end
	if type(result) ~= "table" or result.protocol ~= M.PROTOCOL then
		return nil, "protocol: banditd speaks protocol "
			.. tostring(type(result) == "table" and result.protocol)
			.. ", this client " .. M.PROTOCOL
	end
	return result
end

-- A daemon that was not there in time is left alone for a while, so that not every
-- request waits; then one request tries, and the others do not wait for its answer.
local function may_ask(self)
	local transport = self.transport
	local now, until_ = transport.now(), self.resting
	if transport.recall then until_ = transport.recall() end
	if not until_ then return true end
	if now < until_ and until_ <= now + self.rest then return false end
	self:set_rest(now + self.rest)
	return true
end

function Client:set_rest(time)
	self.resting = time
	if self.transport.remember then self.transport.remember(time) end
end

local LEAVES_ALONE = { protocol = true, timeout = true, unavailable = true, denied = true }

local function ask(self, options)
	if not may_ask(self) then return nil, "resting: banditd failed a moment ago" end
	local result, why = self:decide(options)
	if not result and LEAVES_ALONE[why:match "^[%w_]+"] then
		self:set_rest(self.transport.now() + self.rest)
	elseif self.resting or self.transport.recall and self.transport.recall() then
		self:set_rest(nil)
	end
	return result, why
end

--- What a gateway calls: as decide, but the answer is always an arm: options.default
-- where the daemon is away, slow or refuses.
-- Returns the arm, the decision's id or nil, and where that is nil why.
function Client:route(options)
	local good, result, why = pcall(ask, self, options)
	if not good then return options.default, nil, "internal: " .. tostring(result) end
	if not result then return options.default, nil, why end
	return result.arm, result.decision
end

return M
