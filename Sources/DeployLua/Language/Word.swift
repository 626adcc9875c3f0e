import DeployModel

/// One word of the recipe language, as its file in the prelude declares it.
package struct Word: Sendable, Hashable {
  package enum Nature: String, Sendable, Hashable {
    /// The word touches nothing outside the script.
    case pure
    /// The word reads from a host, and can be performed again.
    case probe
    /// The word changes something, so it is performed at most once.
    case effect
  }

  /// A named field of the table that a word takes, or of an object.
  package struct Field: Sendable, Hashable {
    package var name: String
    /// The name of a type in `Prelude/types`, or the accepted strings with `|` between them.
    package var type: String
    package var summary: String
    package var isRequired: Bool
    /// The default, written in Lua or described in words, or nil if the field has none.
    package var fallback: String?
    /// What to use instead, such as "use `host:run`", or nil if the field is not deprecated.
    package var deprecated: String?
  }

  /// The word as it is written in a recipe, such as `host:run`, `recipe` or `stage.rollout`.
  package var name: String
  package var nature: Nature
  /// The phases in which the word is allowed: `description`, `run`, `test`.
  package var phases: [String]
  /// The part of a call after the name, as text for people.
  package var takes: String
  /// What the word does, in one sentence.
  package var summary: String
  package var example: String
  /// The arguments in `takes` whose types are known.
  package var arguments: [Field]
  /// The fields of the table that the word takes.
  package var fields: [Field]
  /// The kinds of errors that the word raises, in addition to those that any word can raise.
  package var errors: [String]
  /// The capability that a plugin needs to call the word, or nil if there is none.
  package var needs: String?
  /// The types of the word's results: an object, `string`, `boolean`, `nothing`, or `never` if the word does not return. The list is empty
  /// if the results depend on the arguments.
  package var results: [String]
  /// The arguments in `takes` that a call can omit, in addition to a table of options.
  package var optional: [String]
  /// What to use instead, such as "use `host:run`", or nil if the word is not deprecated.
  package var deprecated: String?
  /// The members of the word, such as `warn` of `log`. Words that begin with its name are not included.
  package var members: [String]

  init?(_ value: Value) {
    guard let name = value["name"]?.text, let nature = value["nature"]?.text.flatMap(Nature.init), let takes = value["takes"]?.text,
      let summary = value["summary"]?.text, let example = value["example"]?.text, let phases = value["phases"]?.list?.compactMap(\.text)
    else { return nil }
    self.name = name
    self.nature = nature
    self.phases = phases
    self.takes = takes
    self.summary = summary
    self.example = example
    arguments = Field.list(value["arguments"])
    fields = Field.list(value["fields"])
    errors = (value["errors"]?.list ?? []).compactMap(\.text)
    needs = value["needs"]?.text
    results = (value["gives"]?.list ?? []).compactMap(\.text)
    optional = (value["optional"]?.list ?? []).compactMap(\.text)
    deprecated = value["deprecated"]?.text
    members = (value["members"]?.list ?? []).compactMap(\.text)
  }

  /// The first result of the word, or nil if the result depends on the arguments.
  package var gives: String? { results.first }

  /// The call as it is written in a recipe, such as `sleep(duration)` or `host:wait_for { … }`.
  package var call: String {
    if takes.hasPrefix("return") || takes.contains(" = { … }"), !takes.hasPrefix("{") { return takes }
    if takes.hasPrefix("(") { return name + takes }
    if takes.hasPrefix("\"") || takes.hasPrefix("{") && !takes.contains("}, ") { return "\(name) \(takes)" }
    return "\(name)(\(takes))"
  }
}

extension Word.Field {
  static func list(_ value: Value?) -> [Word.Field] {
    (value?.list ?? []).compactMap { field in
      guard let name = field["name"]?.text, let type = field["type"]?.text, let summary = field["summary"]?.text else { return nil }
      return Word.Field(
        name: name, type: type, summary: summary, isRequired: field["required"]?.bool ?? false,
        fallback: field["default"]?.text, deprecated: field["deprecated"]?.text)
    }
  }
}

extension Word {
  /// A description of when the word can be called, what it does, what a plugin needs to call it, and which errors it raises.
  var facts: [String] {
    let phase = phases.map { name in
      switch name {
      case "description": "while deploy.lua is read"
      case "run": "while a deployment runs"
      case "test": "in a test"
      default: name
      }
    }
    let effect =
      switch nature {
      case .pure: [String]()
      case .probe: ["only reads; Lander may repeat the call"]
      case .effect: ["changes something; runs at most once"]
      }
    return (deprecated.map { ["deprecated: \($0)"] } ?? []) + [phase.joined(separator: " or ")] + effect
      + (needs.map { ["a plugin needs the capability \($0)"] } ?? [])
      + (errors.isEmpty ? [] : ["raises " + errors.joined(separator: ", ")])
  }
}
