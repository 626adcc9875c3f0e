package import DeployModel

/// One entry that people look up: a word, field, object, option, kind of error, capability or event.
package struct ReferenceEntry: Sendable, Hashable {
  /// The name, as people type it.
  package var name: String
  /// The entry's lines for a terminal.
  package var lines: [String]
  /// The entry as data for programs.
  package var value: Value
}

/// Finds entries of the reference by name.
package struct ReferenceIndex {
  private let vocabulary: Vocabulary

  package init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Returns the entries with this name, or an empty list if nothing has the name. Words and objects come first. If there are none, fields
  /// and options are returned, by their name alone (`keep`) or with their word or object (`recipe.keep`, `host.facts.memory_bytes`). If
  /// there are none of these either, terms are returned.
  package func entries(named written: String) -> [ReferenceEntry] {
    let name = shortened(written)
    let whole = vocabulary.words.filter { $0.name == name }.map(entry) + vocabulary.objects.filter { $0.name == name }.map(entry)
    if !whole.isEmpty { return whole }
    let parts =
      fields.filter { $0.name == name || $0.name.hasSuffix("." + name) }
      + vocabulary.schemas.filter { $0.name == name || $0.module == name }.map(entry)
    return parts.isEmpty ? terms.filter { $0.name == name || $0.name.hasPrefix(name + ":") } : parts
  }

  /// Returns a name without the path to its object, such as `facts.init` for `host.facts.init`.
  private func shortened(_ name: String) -> String {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count > 2, let object = vocabulary.objects.first(where: { $0.name == parts[0] }),
      let type = object.fields.first(where: { $0.name == parts[1] })?.type, vocabulary.objects.contains(where: { $0.name == type })
    else { return name }
    return shortened(([type] + parts.dropFirst(2)).joined(separator: "."))
  }

  /// All names, for near matches.
  package var names: [String] {
    let terms = terms.map(\.name)
    let own = vocabulary.words.map(\.name) + vocabulary.objects.map(\.name) + vocabulary.schemas.map(\.name) + terms
    let methods = vocabulary.words.compactMap { $0.name.split(separator: ":").last.map(String.init) }
    return own + fields.map(\.name) + fields.compactMap { $0.name.split(separator: ".").last.map(String.init) } + methods
  }

  /// All words, grouped by purpose, each with its summary sentence.
  package var overview: [(name: String, summary: String)] { vocabulary.words.map { ($0.name, $0.summary) } }

  /// Returns the words with a member of this name. For example, `run` finds `host:run` and `here:run`.
  package func methods(named name: String) -> [ReferenceEntry] {
    vocabulary.words.filter { $0.name.hasSuffix(":" + name) || $0.name.hasSuffix("." + name) }.map(entry)
  }

  /// Returns the options that the files of a module declare.
  package func options(of module: String) -> [ReferenceEntry] { vocabulary.schemas.filter { $0.module == module }.map(entry) }

  // MARK: entries

  private func entry(_ word: Word) -> ReferenceEntry {
    let example = word.example.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
    let (arguments, fields) = (lines(of: word.arguments), lines(of: word.fields))
    return ReferenceEntry(
      name: word.name,
      lines: [word.call, word.summary, word.facts.joined(separator: " · ")] + ["", "Example:"] + example
        + (arguments.isEmpty ? [] : ["", "Arguments:"] + arguments) + (fields.isEmpty ? [] : ["", "Fields:"] + fields),
      value: .record(of: [
        ("kind", .text("word")), ("name", .text(word.name)), ("call", .text(word.call)), ("summary", .text(word.summary)),
        ("nature", .text(word.nature.rawValue)), ("phases", .list(word.phases.map { .text($0) })), ("example", .text(word.example)),
        ("errors", .list(word.errors.map { .text($0) })), ("needs", word.needs.map { .text($0) } ?? .null),
        ("deprecated", word.deprecated.map { .text($0) } ?? .null),
        ("arguments", .list(word.arguments.map { value(of: $0) })), ("fields", .list(word.fields.map { value(of: $0) })),
      ]))
  }

  private func lines(of fields: [Word.Field]) -> [String] {
    fields.flatMap { field in
      var line = "  \(field.name)\(field.isRequired ? " (required)" : ""): \(vocabulary.meaning(of: field.type) ?? field.type)"
      if let fallback = field.fallback { line += "; default \(fallback)" }
      if let instead = field.deprecated { line += "; deprecated: \(instead)" }
      return [line] + (field.summary.isEmpty ? [] : ["      \(field.summary)"])
    }
  }

  private func value(of field: Word.Field) -> Value {
    .record(of: [
      ("name", .text(field.name)), ("type", .text(field.type)), ("takes", .text(vocabulary.meaning(of: field.type) ?? field.type)),
      ("required", .bool(field.isRequired)), ("default", field.fallback.map { .text($0) } ?? .null), ("summary", .text(field.summary)),
      ("deprecated", field.deprecated.map { .text($0) } ?? .null),
    ])
  }

  private func entry(_ object: Vocabulary.Object) -> ReferenceEntry {
    let methods = vocabulary.methods(of: object)
    return ReferenceEntry(
      name: object.name,
      lines: [object.summary] + (object.fields.isEmpty ? [] : ["", "Fields:"])
        + object.fields.map { "  \($0.name): \($0.type)  \($0.summary)" } + (methods.isEmpty ? [] : ["", "Methods:"])
        + methods.map { "  \($0.call)  \($0.summary)" },
      value: .record(of: [
        ("kind", .text("object")), ("name", .text(object.name)), ("summary", .text(object.summary)),
        ("fields", .list(object.fields.map { value(of: $0) })), ("methods", .list(methods.map { .text($0.name) })),
      ]))
  }

  /// The fields of words and objects, and those of errors.
  private var fields: [ReferenceEntry] {
    let objects = vocabulary.objects.map { ($0.name, $0.fields) } + [("error", vocabulary.errorFields)]
    return fieldsOfWords + objects.flatMap { name, fields in fields.map { entry($0, of: name) } }
  }

  /// Returns the entry for a field of an object. If the field is itself an object, the entry has that object's fields too.
  private func entry(_ field: Word.Field, of object: String) -> ReferenceEntry {
    let inner = vocabulary.objects.filter { $0.name == field.type }.flatMap { entry($0).lines.dropFirst() }
    let kind = vocabulary.meaning(of: field.type) ?? field.type
    return ReferenceEntry(
      name: "\(object).\(field.name)",
      lines: ["\(object).\(field.name): \(inner.isEmpty ? kind : "the object \(field.type)")", field.summary] + inner
        + ["See: lander docs \(inner.isEmpty ? object : field.type)"],
      value: .record(of: [("kind", .text("field")), ("object", .text(object)), ("field", value(of: field))]))
  }

  private var fieldsOfWords: [ReferenceEntry] {
    vocabulary.words.flatMap { word in
      word.fields.map { field in
        let needed = field.isRequired ? ["It is required."] : []
        let fallback = (field.fallback.map { ["Default: \($0)"] } ?? []) + (field.deprecated.map { ["Deprecated: \($0)"] } ?? [])
        return ReferenceEntry(
          name: "\(word.name).\(field.name)",
          lines: ["\(word.name).\(field.name) takes \(vocabulary.meaning(of: field.type) ?? field.type)"]
            + (field.summary.isEmpty ? [] : [field.summary]) + fallback + needed + ["See: lander docs \(word.name)"],
          value: .record(of: [("kind", .text("field")), ("word", .text(word.name)), ("field", value(of: field))]))
      }
    }
  }

  private func entry(_ schema: OptionSchema) -> ReferenceEntry {
    let options = schema.options.flatMap { one in
      let fallback = (one.fallback.map { "; default \($0)" } ?? "") + (one.deprecated.map { "; deprecated: \($0)" } ?? "")
      return ["  \(one.name)\(one.isRequired ? " (required)" : ""): \(one.takes)\(fallback)"]
        + (one.summary.isEmpty ? [] : ["      \(one.summary)"])
    }
    return ReferenceEntry(
      name: schema.name, lines: ["\(schema.name) { … }, from \(schema.file)", "", "Options:"] + options,
      value: .record(of: [
        ("kind", .text("options")), ("name", .text(schema.name)), ("module", .text(schema.module)), ("file", .text(schema.file)),
        (
          "options",
          .list(
            schema.options.map { one in
              .record(of: [
                ("name", .text(one.name)), ("takes", .text(one.takes)), ("required", .bool(one.isRequired)),
                ("default", one.fallback.map { .text($0) } ?? .null), ("summary", .text(one.summary)),
                ("deprecated", one.deprecated.map { .text($0) } ?? .null),
              ])
            })
        ),
      ]))
  }

  private var terms: [ReferenceEntry] {
    func terms(_ list: [Vocabulary.Term], _ kind: String) -> [ReferenceEntry] {
      list.map { one in
        ReferenceEntry(
          name: one.name, lines: ["\(one.name), \(kind): \(one.summary)"],
          value: .record(of: [("kind", .text(kind)), ("name", .text(one.name)), ("summary", .text(one.summary))]))
      }
    }
    return terms(vocabulary.events, "a lifecycle event") + terms(vocabulary.errors, "a kind of error")
      + terms(vocabulary.capabilities, "a capability")
  }
}
