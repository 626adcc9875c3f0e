-- The whole recipe language as data: each word's file declares it here. Checks, near matches, docs/reference and the editor's stub are made
-- from what it says.

local language = {
  api = 1,       -- the API level of this prelude
  words = {},    -- by name
  objects = {},  -- by name: what functions are given
  order = {},    -- names of words as they were declared
  globals = {},  -- what recipes have in reach, by name
  events = {},   -- lifecycle events: { name, what it is for }; words/hook.lua has them
  strategies = {}, -- names of the strategies that every recipe has in reach
  schemas = {},  -- options that files of this project declare: { name, file, options }
  bound = {},    -- by name: makes what a plugin with grants has in reach instead
}

--- Declares a word. name: as a recipe writes it, "host:run", "recipe", "stage.rollout". nature: "pure" reaches nothing, "probe" reads and
--- may be asked again, "effect" changes something, at most once. phases: where it may be called. takes: what is written after it.
--- fields: of the table it takes, each { name, type, what it is, required = true, default = "what holds without it" }. A type is a name of
--- types/, or texts with "|" between. errors: kinds that it raises beside invalid, misnamed and cancelled, which any word may raise.
--- gives: an object, or string, boolean, nothing, or never for what does not return; nil: it depends. members: what it has
--- beside the words that begin with its name.
function language.word(word)
  local name = word.name
  word.fields = word.fields or {}
  language.words[name] = word
  language.order[#language.order + 1] = name
  return word
end

--- Declares an object. fields: what a recipe may read of it, each { name, type, what it is }; its methods are the words "name:…".
function language.object(object)
  language.objects[object.name] = object
  return object
end

--- What a word means in recipes.
function language.meaning(name, value)
  language.globals[name] = type(value) == "function" and framed(value) or value
end

--- What a word means in a plugin that has only what it was granted. make(plugin): gives it.
function language.meaning_with_grants(name, make)
  language.bound[name] = function(plugin)
    local value = make(plugin)
    return type(value) == "function" and framed(value) or value
  end
end

--- The names of an object's fields, in their order, and by name.
function language.fields_of(object)
  local names, known = {}, {}
  for i, field in ipairs(object.fields) do names[i], known[field[1]] = field[1], true end
  return names, known
end

return language
