/// Makes `lander.d.lua`: annotations with which Lua language servers complete and check `deploy.lua`.
package struct EditorStub {
  private let vocabulary: Vocabulary

  package init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// The lines of the file. It contains only annotations, and nothing in it runs.
  package var lines: [String] {
    var lines = ["---@meta", "-- Made by lander init: the words of deploy.lua for editors. lander init --editor renews it.", ""]
    for word in vocabulary.words where !word.fields.isEmpty {
      lines += ["---@class \(options(of: word))"] + word.fields.map { annotation($0, isOptional: !$0.isRequired) } + [""]
    }
    for object in vocabulary.objects {
      lines += ["---\(object.summary)", "---@class lander.\(object.name)"] + object.fields.map { annotation($0, isOptional: false) }
      lines += [(Self.libraries.contains(object.name) ? "" : "local ") + "\(object.name) = {}", ""]
      for method in vocabulary.methods(of: object) where !method.name.contains(":") || !method.name.contains(".") {
        lines += function(method)
      }
    }
    let globals = vocabulary.words.filter { !$0.name.contains(":") && !$0.name.contains(".") && !["plugin", "require"].contains($0.name) }
    for word in globals { lines += global(word) }
    for schema in vocabulary.schemas where schema.module.hasPrefix("recipes.strategies.") { lines += strategy(schema) }
    lines += ["---Typed parameters of a recipe: param.boolean { … }", "param = {}", ""] + members(of: "param").flatMap(function)
    return Array(lines.dropLast())
  }

  /// The objects that every file has as globals.
  private static let libraries = ["json", "yaml", "base64", "url", "http", "here"]

  /// Returns the annotations of a strategy that every recipe can use, with its options.
  private func strategy(_ schema: OptionSchema) -> [String] {
    let type = "lander.options.\(schema.name)"
    let fields = schema.options.map { one in
      "---@field \(one.name)\(one.isRequired ? "" : "?") any \(one.summary)" + (one.fallback.map { ", default \($0)" } ?? "")
    }
    return ["---@class \(type)"] + fields + ["", "---@param given? \(type)", "function \(schema.name)(given) end", ""]
  }

  private func options(of word: Word) -> String { "lander.options." + word.name.replacing(":", with: ".") }

  private func annotation(_ field: Word.Field, isOptional: Bool) -> String {
    "---@field \(field.name)\(isOptional ? "?" : "") \(Self.type(field.type)) \(field.summary)"
      + (field.fallback.map { ", default \($0)" } ?? "")
  }

  private func function(_ word: Word) -> [String] {
    let takesTable = word.takes.hasPrefix("{") && !word.fields.isEmpty
    let arguments = word.fields.isEmpty ? "..." : takesTable ? "given" : positional(word).joined(separator: ", ") + ", given"
    let comment = ["---\(word.summary) `\(word.call)`"] + (word.fields.isEmpty ? [] : ["---@param given? \(options(of: word))"])
    return comment + ["function \(word.name)(\(arguments)) end", ""]
  }

  /// Returns the names of the arguments before the table of options.
  private func positional(_ word: Word) -> [String] {
    let names = word.takes.split(separator: ",").map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("{") && !$0.isEmpty }
    return names.map { $0.filter { $0 != "\"" } }
  }

  /// Returns the annotations of a word that can be called, or that has members.
  private func global(_ word: Word) -> [String] {
    let comment = "---\(word.summary) `\(word.call)`"
    let members = members(of: word.name).flatMap(function) + word.members.map { "function \(word.name).\($0)(...) end" }
    if !members.isEmpty { return [comment, "---@overload fun(...): any", "\(word.name) = {}", ""] + members + [""] }
    if word.fields.isEmpty { return [comment, "function \(word.name)(...) end", ""] }
    if word.takes.hasPrefix("{") { return [comment, "---@param given? \(options(of: word))", "function \(word.name)(given) end", ""] }
    return [comment, "---@param name string", "---@return fun(given: \(options(of: word))): any", "function \(word.name)(name) end", ""]
  }

  /// Returns the functions that a word has as members. Sections such as `alarm = { … }` of a recipe are fields.
  private func members(of name: String) -> [Word] {
    vocabulary.words.filter {
      $0.name.hasPrefix(name + ".") && !$0.name.dropFirst(name.count + 1).contains(".") && !$0.takes.contains(" = {")
    }
  }

  private static func type(_ name: String) -> String {
    let known = [
      "positive": "integer", "count": "integer", "chosen": "lander.hosts|lander.host|table", "port": "integer", "factor": "number",
      "name": "string", "url": "string", "user": "string", "runner": "string|boolean", "owner": "string",
      "duration": "string|number", "time": "string|number", "amount": "string|integer",
      "strings": "string|string[]", "functions": "function|function[]", "record": "table<string, any>", "mode": "string|integer",
      "answer": "string|table", "version": "string", "range": "string", "module": "string", "statuses": "integer|integer[]",
      "hosts": "lander.hosts|table", "targets": "any", "revision": "any",
      "configuration": "string|table", "strategy": "any", "stages": "table", "recipe": "any",
    ]
    if name.contains("|") { return name.split(separator: "|").map { "\"\($0)\"" }.joined(separator: "|") }
    return known[name] ?? name
  }
}
