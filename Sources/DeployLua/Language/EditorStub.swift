/// Makes `lander.lua`, a file of annotations that Lua language servers use to complete and check `deploy.lua`.
package struct EditorStub {
  private let vocabulary: Vocabulary
  private let types: EditorTypes

  package init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    types = EditorTypes(vocabulary)
  }

  /// The lines of the file. It contains only annotations, and nothing in it runs.
  package var lines: [String] {
    var lines = ["---@meta", "-- Made by lander init: the words of deploy.lua for editors. lander init --editor renews it.", ""]
    lines += opaque + hooks + failure
    for word in vocabulary.words where !word.fields.isEmpty { lines += table(of: word) }
    for object in vocabulary.objects { lines += self.object(object) }
    let globals = vocabulary.words.filter { !$0.name.contains(":") && !$0.name.contains(".") && !["plugin", "require"].contains($0.name) }
    for word in globals { lines += global(word) }
    lines += Self.options
    for schema in vocabulary.schemas where schema.module.hasPrefix("recipes.strategies.") { lines += strategy(schema) }
    lines += ["---Typed parameters of a recipe: param.boolean { … }", "param = {}", ""] + members(of: "param").flatMap { function($0) }
    return Array(lines.dropLast())
  }

  // MARK: classes

  /// The arguments of values that can either be called or stand alone, such as `group "web"` and `group "web" { … }`.
  private static let called = [
    "lander.group": "given: lander.options.group", "lander.described_host": "given: lander.options.host",
    "lander.strategy": "given?: table",
  ]

  /// The values that words make and that have no members.
  private var opaque: [String] {
    Set(EditorTypes.made.values).union(["lander.param", "lander.option"]).sorted().flatMap { name in
      ["---@class \(name)"] + (Self.called[name].map { ["---@overload fun(\($0)): \(name)"] } ?? []) + [""]
    }
  }

  /// The lifecycle events of `on = { … }`.
  private var hooks: [String] {
    let type = types.function(["host", "deployment"])
    return ["---@class lander.hooks"] + vocabulary.events.map { "---@field \($0.name)? (\(type))|(\(type))[] \($0.summary)" } + [""]
  }

  private var failure: [String] {
    ["---@class lander.error"]
      + vocabulary.errorFields.map { "---@field \($0.name) \(types.member($0, of: "error")) \($0.summary)" } + [""]
  }

  /// Returns the class of the table that a word takes.
  private func table(of word: Word) -> [String] {
    let name = EditorTypes.options(of: word.name)
    let old = word.fields.compactMap { field in field.deprecated.map { (field.name, types.field(field, of: word), field.summary, $0) } }
    let texts = word.takes.contains("\"a\", \"b\"") ? ["---@field [integer] string the texts"] : []
    let fields = word.fields.filter { $0.deprecated == nil }.map { field in
      "---@field \(field.name)\(field.isRequired ? "" : "?") \(types.field(field, of: word)) \(field.summary)"
        + (field.fallback.map { ", default \($0)" } ?? "")
    }
    return whole(["---@class \(name)"] + fields + texts, old) + [""]
  }

  /// Returns a class with fields that are deprecated. Language servers recognise deprecated members of a variable, but not deprecated
  /// `---@field` lines.
  private func whole(_ lines: [String], _ old: [(name: String, type: String, summary: String, instead: String)]) -> [String] {
    if old.isEmpty { return lines }
    let members = old.flatMap { field in
      ["---\(field.summary). Deprecated: \(field.instead)", "---@deprecated", "---@type (\(field.type))?", "options.\(field.name) = nil"]
    }
    return ["do"] + (lines + ["local options = {}"] + members).map { "  " + $0 } + ["end"]
  }

  /// Returns an object with its methods. Only the libraries are globals.
  private func object(_ object: Vocabulary.Object) -> [String] {
    let isLibrary = Self.libraries.contains(object.name)
    var lines = ["---\(object.summary)", "---@class lander.\(object.name)"]
    lines += object.fields.map { field in
      "---@field \(field.name)\(types.canBeNil(field) ? "?" : "") \(types.member(field, of: object.name)) \(field.summary)"
    }
    if object.name == "hosts" { lines += ["---@field [integer] lander.host a host, by its place"] }
    lines += [(isLibrary ? "" : "local ") + "\(object.name) = {}", ""]
    for method in vocabulary.methods(of: object) where !method.name.contains(":") || !method.name.contains(".") {
      lines += function(method)
    }
    if isLibrary { return lines }
    return ["do"] + lines.dropLast().map { $0.isEmpty ? "" : "  " + $0 } + ["end", ""]
  }

  /// The objects that every file has as globals.
  private static let libraries = ["json", "yaml", "base64", "url", "http", "here"]

  // MARK: functions

  /// The function `options`, which exists in plugins whose manifest declares options. The stub cannot say that only such plugins have it.
  private static let options = [
    "---Checks the options that the manifest of this plugin declares, and fills in defaults. `options(given)`", "---@param given? table",
    "---@return table", "function options(given) end", "",
  ]

  private func function(_ word: Word) -> [String] {
    let signature = EditorSignature(word, types)
    return head(word) + signature.annotations + ["function \(word.name)(\(signature.list)) end", ""]
  }

  private func head(_ word: Word) -> [String] {
    ["---\(word.summary) `\(word.call)`"] + (word.deprecated.map { ["---Deprecated: \($0)", "---@deprecated"] } ?? [])
  }

  /// Returns the annotations of a word that can be called, or that has members.
  private func global(_ word: Word) -> [String] {
    let signature = EditorSignature(word, types)
    let others = (Self.overloads[word.name] ?? []).map { "---@overload \($0)" }
    if members(of: word.name).isEmpty, word.members.isEmpty {
      return head(word) + signature.annotations + others + ["function \(word.name)(\(signature.list)) end", ""]
    }
    return head(word) + ["---@overload \(signature.overload)"] + others + value(word, signature)
  }

  /// Other forms in which some words can be called.
  private static let overloads = [
    "bundle": ["fun(given: lander.options.bundle): lander.bundle"], "group": ["fun(given: lander.options.group): lander.group"],
    "recipe": ["fun(given: lander.options.recipe): lander.recipe"], "schema": ["fun(name: string): fun(given: table): function"],
  ]

  /// Returns a word as a table with its members. The members are values of the kind that the word makes. If the word makes nothing, the
  /// members are functions like the word itself.
  private func value(_ word: Word, _ signature: EditorSignature) -> [String] {
    let own = word.members.flatMap { name in
      if let made = EditorTypes.made[word.name] { return ["---@type \(made)", "\(word.name).\(name) = nil", ""] }
      return signature.annotations + ["function \(word.name).\(name)(\(signature.list)) end", ""]
    }
    let others = members(of: word.name).flatMap { member in
      EditorTypes.made[word.name] == EditorTypes.made[member.name] && word.name == "stage" ? callable(member) : function(member)
    }
    return ["\(word.name) = {}", ""] + own + others
  }

  /// Returns a member that is a value and that can also be called to get another value.
  private func callable(_ word: Word) -> [String] {
    let type = "lander." + word.name
    return head(word) + [
      "---@class \(type): lander.stage", "---@overload \(EditorSignature(word, types).overload)", "\(word.name) = {}", "",
    ]
  }

  /// Returns the functions that a word has as members. Sections such as `alarm = { … }` of a recipe are fields.
  private func members(of name: String) -> [Word] {
    vocabulary.words.filter {
      $0.name.hasPrefix(name + ".") && !$0.name.dropFirst(name.count + 1).contains(".") && !$0.takes.contains(" = {")
    }
  }

  /// Returns the annotations of a strategy that every recipe can use, with its options.
  private func strategy(_ schema: OptionSchema) -> [String] {
    let type = "lander.options.\(schema.name)"
    let fields = schema.options.filter { $0.deprecated == nil }.map { one in
      "---@field \(one.name)\(one.isRequired ? "" : "?") \(EditorTypes.option(one)) \(one.summary)"
        + (one.fallback.map { ", default \($0)" } ?? "")
    }
    let old = schema.options.compactMap { one in one.deprecated.map { (one.name, EditorTypes.option(one), one.summary, $0) } }
    return whole(["---@class \(type)"] + fields, old) + ["", "---@class lander.strategy.\(schema.name): lander.strategy"]
      + ["---@overload fun(given?: \(type)): lander.strategy", "\(schema.name) = {}", ""]
  }
}
