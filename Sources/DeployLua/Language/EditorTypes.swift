/// The types of the recipe language, written as annotations for Lua language servers.
struct EditorTypes {
  private let objects: Set<String>
  private let sections: Set<String>

  init(_ vocabulary: Vocabulary) {
    objects = Set(vocabulary.objects.map(\.name))
    sections = Set(vocabulary.words.filter { $0.takes.contains(" = {") && !$0.fields.isEmpty }.map(\.name))
  }

  /// The class of the table that a word takes.
  static func options(of word: String) -> String { "lander.options." + word.replacing(":", with: ".") }

  /// Returns the class of an object.
  static func object(_ name: String) -> String { "lander.\(name)" }

  /// The values that words make and that have no members. They are classes, so that each is accepted only where it fits.
  static let made = [
    "recipe": "lander.recipe", "group": "lander.group", "host": "lander.described_host", "bundle": "lander.bundle",
    "configuration": "lander.configuration", "task": "lander.task", "stage": "lander.stage", "stage.rollout": "lander.stage",
    "strategy": "lander.strategy", "secret": "lander.secret", "secret.format": "lander.secret",
  ]

  /// The words that can be used without the table after their name, such as `group "web"`.
  static let standsAlone = ["group", "host"]

  private static let plain = [
    "positive": "integer", "count": "integer", "port": "integer", "factor": "number", "name": "string", "url": "string", "user": "string",
    "unit": "string", "runner": "string|boolean", "owner": "string",
    "duration": "string|number", "time": "string|number", "amount": "string|integer",
    "strings": "string|string[]", "record": "table<string, any>", "mode": "string", "version": "string", "range": "string",
    "module": "string", "statuses": "integer|integer[]", "answers": "table[]", "chosen": "lander.hosts|lander.host|lander.host[]",
    "hosts": "string|lander.described_host|(string|lander.described_host)[]",
    "targets": "string|lander.group|lander.described_host|(string|lander.described_host)[]",
    "revision": "string|lander.bundle", "groups": "lander.group|lander.group[]", "tasks": "lander.task[]", "stages": "lander.stage[]",
    "strategy": "lander.strategy", "recipe": "lander.recipe|lander.recipe[]", "ground": "\"host\"|\"engine\"|lander.group",
    "answer": "string|number|lander.options.host.run.rehearse", "freezes": "lander.options.recipe.freeze|lander.options.recipe.freeze[]",
    "configuration": "string|lander.configuration|lander.options.configuration",
  ]
  /// The fields whose type the prelude leaves open, because the prelude itself reads their tables.
  private static let tables = ["on": "lander.hooks", "params": "table<string, lander.param>", "retry": "lander.options.retry"]

  /// Returns the type of a field of the table that a word takes.
  func field(_ field: Word.Field, of word: Word) -> String {
    if field.type.contains("|") { return Self.texts(field.type.split(separator: "|").map(String.init)) }
    if let known = Self.plain[field.type] { return known }
    switch field.type {
    case "function", "functions":
      let one = functions(field, of: word)
      return field.type == "function" ? one : "(\(one))|(\(one))[]"
    case "table":
      let section = "\(word.name).\(field.name)"
      return sections.contains(section) ? Self.options(of: section) : Self.tables[field.name] ?? "table"
    default: return field.type
    }
  }

  /// Returns the type of an object's field.
  func member(_ field: Word.Field, of object: String) -> String {
    if objects.contains(field.type) { return Self.object(field.type) }
    if field.type == "strings" { return "string[]" }
    if field.type == "function" { return "fun(self: \(Self.object(object))): any" }
    return Self.plain[field.type] ?? field.type
  }

  /// Whether an object's field can be nil. Objects are left out, because a function that gets one is not called without it.
  func canBeNil(_ field: Word.Field) -> Bool { field.summary.contains(", or nil ") && !objects.contains(field.type) }

  /// Returns the results of a word, with a type for each value. The list is empty if the word returns nothing.
  func results(of word: Word) -> [String] {
    if word.name == "hosts:batches" { return ["fun(): lander.hosts"] }
    if let made = Self.made[word.name] { return [made] }
    if word.name.hasPrefix("param.") { return ["lander.param"] }
    if word.name.hasPrefix("schema.") { return ["lander.option"] }
    if word.results.isEmpty { return ["any"] }
    let mark = word.summary.contains(", or nil if ") ? "?" : ""
    return word.results.filter { $0 != "nothing" && $0 != "never" }.map { (objects.contains($0) ? Self.object($0) : $0) + mark }
  }

  /// Returns the type of an option that a strategy or a plugin declares.
  static func option(_ option: OptionSchema.Option) -> String {
    switch option.kind {
    case "percent": "string|number"
    case "choice": option.choices.isEmpty ? "string" : texts(option.choices)
    case "callback": "function"
    default: plain[option.kind] ?? option.kind
    }
  }

  private static func texts(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: "|") }

  // MARK: functions

  /// Returns the type of a function that a recipe writes, from a text such as `function(host, deployment): returns a number`. If a stage
  /// runs on a host, its function takes that host as the first argument.
  private func functions(_ field: Word.Field, of word: Word) -> String {
    guard let names = WordBook.arguments(field.summary) else { return "function" }
    let plain = function(names)
    guard field.name != "when", word.fields.contains(where: { $0.type == "ground" }) else { return plain }
    return "(\(plain))|(\(function(["host"] + names)))"
  }

  /// Returns the type of a function that takes these arguments.
  func function(_ names: [String]) -> String {
    "fun(" + names.map { "\($0): \(argument($0))" }.joined(separator: ", ") + "): any"
  }

  private func argument(_ name: String) -> String {
    switch name {
    case "weights": "table<string, integer>"
    case "error": "lander.error"
    case _ where objects.contains(name): Self.object(name)
    default: "any"
    }
  }
}
