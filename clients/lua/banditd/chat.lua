-- SPDX-License-Identifier: GPL-3.0-or-later
--- What a gateway reads and changes in the body of a chat completion, as OpenAI has
-- them.  Needs lua-cjson.
local cjson = require "cjson"

local M = { MAX_PROMPT = 32768 }

-- A content is text, or an array of parts of which some are text.
local function text_of(content)
	if type(content) == "string" then return content end
	if type(content) ~= "table" then return nil end
	local texts = {}
	for _, part in ipairs(content) do
		if type(part) == "table" and type(part.text) == "string" then
			texts[#texts + 1] = part.text
		end
	end
	return #texts > 0 and table.concat(texts, "\n") or nil
end

-- At most n bytes of UTF-8, and no half character.
local function cut(text, n)
	if #text <= n then return text end
	while n > 0 and text:byte(n + 1) >= 0x80 and text:byte(n + 1) < 0xc0 do n = n - 1 end
	return text:sub(1, n)
end

--- What the last message of a user says, or nil; body is JSON, from anybody.
function M.prompt(body)
	local good, chat = pcall(cjson.decode, body)
	if not good or type(chat) ~= "table" or type(chat.messages) ~= "table" then
		return nil
	end
	for i = #chat.messages, 1, -1 do
		local message = chat.messages[i]
		if type(message) == "table" and message.role == "user" then
			local text = text_of(message.content)
			return text and text ~= "" and cut(text, M.MAX_PROMPT) or nil
		end
	end
	return nil
end

-- The first byte after the string that begins at body[at].
local function after_string(body, at)
	at = at + 1
	while true do
		at = body:find('["\\]', at)
		if not at then return #body + 1 end
		if body:byte(at) == 34 then return at + 1 end
		at = at + 2
	end
end

-- Of a key with its quotes; JSON may have its letters escaped.
local function is_model(key)
	if not key:find("\\", 1, true) then return key == '"model"' end
	local good, list = pcall(cjson.decode, "[" .. key .. "]")
	return good and list[1] == "model"
end

-- Where the value behind the key's end begins and where it ends, if it is no array or
-- object.
local function scalar(body, after)
	local from = body:match("^%s*:%s*()", after)
	if not from then return nil end
	if body:byte(from) == 34 then return from, after_string(body, from) end
	return from, body:match("^[%w.+-]+()", from)
end

--- The body with that model in place of its own, and not another byte changed: decoded
-- and encoded again, an empty array would not be one any more.
function M.with_model(body, model)
	local pieces, from, at, depth = {}, 1, 1, 0
	local value = '"' .. model .. '"'
	while true do
		at = body:find('[%[%]{}"]', at)
		if not at then break end
		local c = body:sub(at, at)
		if c == '"' then
			local after = after_string(body, at)
			local first, last
			if depth == 1 and is_model(body:sub(at, after - 1)) then
				first, last = scalar(body, after)
			end
			if last then
				pieces[#pieces + 1] = body:sub(from, first - 1) .. value
				from, after = last, last
			end
			at = after
		else
			depth = depth + ((c == "{" or c == "[") and 1 or -1)
			at = at + 1
		end
	end
	if #pieces > 0 then return table.concat(pieces) .. body:sub(from) end
	local key = body:match '^%s*{%s*()"'
	if not key then return body end
	return body:sub(1, key - 1) .. '"model":' .. value .. "," .. body:sub(key)
end

return M
