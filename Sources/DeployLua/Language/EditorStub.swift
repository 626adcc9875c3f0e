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
      lines += ["local \(object.name) = {}", ""]
      for method in vocabulary.methods(of: object) where !method.name.contains(":") || !method.name.contains(".") {
        lines += function(method)
      }
    }
    let globals = vocabulary.words.filter { !$0.name.contains(":") && !$0.name.contains(".") && !["plugin", "require"].contains($0.name) }
    for word in globals { lines += global(word) }
    for schema in vocabulary.schemas where schema.module.hasPrefix("recipes.strategies.") { lines += strategy(schema) }
    lines += ["---Typed parameters of a recipe: param.boolean { … }", "param = nil", ""]
    for library in ["json", "yaml", "base64", "url", "http", "here"] { lines += ["---@type lander.\(library)", "\(library) = nil", ""] }
    return Array(lines.dropLast())
  }

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
    let members = vocabulary.words.filter { $0.name.hasPrefix(word.name + ".") && !$0.name.dropFirst(word.name.count + 1).contains(".") }
    let comment = "---\(word.summary) `\(word.call)`"
    if members.isEmpty, word.name != "log" { return [comment, "function \(word.name)(...) end", ""] }
    return [comment, "\(word.name) = nil", ""]
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
