-- base64: bytes as text, by RFC 4648.

local import = ...
local errors, language, values = import "runtime/errors", import "runtime/language", import "runtime/values"

language.word {
  name = "base64.encode", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "text",
  summary = "Encodes a string in base64 (RFC 4648), on one line.",
  example = "local header = \"Basic \" .. base64.encode \"kim:word\"",
}
language.word {
  name = "base64.decode", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "text",
  summary = "Decodes a base64 string. Spaces and line breaks in it are skipped.",
  example = "local key = base64.decode \"aGVsbG8=\"   -- hello",
}

language.object { name = "base64", summary = "Converts between bytes and base64 text.", fields = {} }

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local sign, meaning = {}, {}
for i = 1, 64 do
  sign[i - 1] = string.sub(digits, i, i)
  meaning[string.byte(digits, i)] = i - 1
end

local function text_of(word, value)
  if type(value) ~= "string" then errors.usage(string.format("%s takes a string, got %s", word, values.described(value))) end
  return value
end

local function encode(value)
  local text, out = text_of("base64.encode", value), {}
  for at = 1, #text, 3 do
    local a, b, c = string.byte(text, at, at + 2)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    out[#out + 1] = sign[bits >> 18] .. sign[bits >> 12 & 63] .. (b and sign[bits >> 6 & 63] or "=") .. (c and sign[bits & 63] or "=")
  end
  return table.concat(out)
end

local function decode(value)
  local text = string.gsub(text_of("base64.decode", value), "%s", "")
  local body = string.gsub(text, "=?=$", "")
  if #body % 4 == 1 or (#text ~= #body and #text % 4 ~= 0) then errors.usage "base64.decode: the text is incomplete" end
  local out = {}
  for at = 1, #body, 4 do
    local bits, count = 0, 0
    for i = at, at + 3 do
      local byte = string.byte(body, i)
      local six = byte and meaning[byte]
      if byte and not six then
        errors.usage(string.format("base64.decode: %q at byte %d is not a character of base64", string.char(byte), i))
      end
      bits, count = bits << 6 | (six or 0), count + (byte and 1 or 0)
    end
    out[#out + 1] = string.sub(string.char(bits >> 16, bits >> 8 & 255, bits & 255), 1, count - 1)
  end
  return table.concat(out)
end

language.meaning("base64", values.word("base64", { encode = encode, decode = decode }))
