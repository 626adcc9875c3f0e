-- The whole recipe language as data. The file of each word declares it here. Checks, near matches, docs/reference and the editor's stub are
-- made from these declarations.

local language = {
  api = 1,       -- the API level of this prelude
  words = {},    -- by name
  objects = {},  -- by name: the objects that functions get
  order = {},    -- the names of words in the order of their declaration
  globals = {},  -- the globals of recipes, by name
  events = {},   -- lifecycle events: { name, what it is for }; words/hook.lua has them
  strategies = {}, -- the names of the strategies that every recipe can use
  schemas = {},  -- the options that files of this project declare: { name, file, options }
  bound = {},    -- by name: makes what a plugin with grants gets in place of the global
}

--- Declares a word. name: as a recipe writes it, "host:run", "recipe", "stage.rollout". nature: "pure" reaches nothing, "probe" reads and
--- may be repeated, "effect" changes something and is performed at most once. phases: the phases in which it may be called. takes: what
--- follows the name. fields: the fields of the table that it takes, each { name, type, what it is, required = true, default = "the value if
--- it is not given" }. A type is a name of types/, or texts with "|" between them. errors: the kinds that it raises besides invalid,
--- misnamed and cancelled, which any word may raise. gives: an object, or string, boolean, nothing, or never if it does not return, or a
--- list of these if it returns several values. It is nil if that depends on the arguments. optional: the arguments in `takes` that a call
--- may leave out, besides a table of options. arguments: the arguments in `takes` whose types are known, each { name, type, what it is }.
--- members: its members besides the words that begin with its name. deprecated, of a word or of a field: what to use instead, such as "use
--- host:run", or nil if it is not deprecated.
function language.word(word)
  local name = word.name
  word.fields, word.arguments = word.fields or {}, word.arguments or {}
  language.words[name] = word
  language.order[#language.order + 1] = name
  return word
end

--- Declares an object. fields: the fields that a recipe may read, each { name, type, what it is }. The object's methods are the words
--- "name:…".
function language.object(object)
  language.objects[object.name] = object
  return object
end

--- Sets what a word means in recipes.
function language.meaning(name, value)
  language.globals[name] = type(value) == "function" and framed(value) or value
end

--- Sets what a word means in a plugin with grants. make(plugin): makes the meaning.
function language.meaning_with_grants(name, make)
  language.bound[name] = function(plugin)
    local value = make(plugin)
    return type(value) == "function" and framed(value) or value
  end
end

--- Returns the names of an object's fields: in their order, and as a table by name.
function language.fields_of(object)
  local names, known = {}, {}
  for i, field in ipairs(object.fields) do names[i], known[field[1]] = field[1], true end
  return names, known
end

return language
