import DeployModel

/// The words of the recipe language, by name, for reviews that do not run the sources.
struct WordBook {
  private let words: [String: Word]
  private let objects: [String: Vocabulary.Object]
  private let members: [String: [String]]
  private let events: Set<String>
  /// The objects that functions of recipes get as arguments.
  let given: Set<String>

  /// The words of this version of Lander. There are none if the prelude is broken, which other tests find.
  static let own = WordBook((try? Vocabulary()))

  init(_ vocabulary: Vocabulary?) {
    let all = vocabulary?.words ?? []
    words = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    objects = Dictionary((vocabulary?.objects ?? []).map { ($0.name, $0) }) { first, _ in first }
    events = Set(vocabulary?.events.map(\.name) ?? [])
    var members: [String: [String]] = [:]
    for word in all {
      members[word.name, default: []] += word.members
      guard let sign = word.name.lastIndex(where: { ".:".contains($0) }) else { continue }
      members[String(word.name[..<sign]), default: []].append(String(word.name[word.name.index(after: sign)...]))
    }
    self.members = members
    let summaries = all.flatMap { $0.fields.map(\.summary) + [$0.takes] }
    given = Set(summaries.flatMap { Self.arguments($0) ?? [] }).intersection(objects.keys)
  }

  /// Returns the names in a text such as `function(host, deployment)` or `with (host)`, or nil if it has none. Every command that reads a
  /// project calls this for hundreds of texts. When a regular expression was made for each text, that took a third of the command's time.
  static func arguments(_ text: String) -> [String]? {
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "(") {
      let before = rest[..<open]
      rest = rest[rest.index(after: open)...]
      guard before.hasSuffix("function") || before.hasSuffix("with ") else { continue }
      return rest.firstIndex(of: ")").map { rest[..<$0].split(separator: ",").map { String($0.drop { $0 == " " }) } }
    }
    return nil
  }

  /// Returns the arguments of the function that follows a word and a name, as in `strategy "name" (function(rollout, options) … end)`.
  func arguments(behind word: String) -> [String]? {
    words[word].flatMap { $0.takes.hasPrefix("\"") ? Self.arguments($0.takes) : nil }
  }

  /// Returns the word that is called by this name. `log.warn` takes what `log` takes.
  func word(_ name: String) -> Word? {
    if let word = words[name] { return word }
    guard let dot = name.lastIndex(of: "."), let word = words[String(name[..<dot])] else { return nil }
    return word.members.contains(String(name[name.index(after: dot)...])) ? word : nil
  }

  func isObject(_ name: String) -> Bool { objects[name] != nil }

  /// Returns whether an object can be reached by its name alone, such as `here` and `json`.
  func isGlobal(_ name: String) -> Bool {
    objects[name] != nil && words[name] == nil && (name == "here" || (members[name] ?? []).contains { words["\(name).\($0)"] != nil })
  }

  /// Returns an object's first field with the value true or false, or nil if the object has no such field.
  func answer(of object: String) -> String? { objects[object]?.fields.first { $0.type == "boolean" }?.name }

  /// Returns the type of an object's field, or nil if the object has no field of this name.
  func field(_ name: String, of object: String) -> String? { objects[object]?.fields.first { name == $0.name }?.type }

  /// Returns the methods and fields of an object, or the functions of a word such as `stage`.
  func names(of owner: String) -> [String] {
    ((objects[owner]?.fields.map(\.name) ?? []) + (members[owner] ?? [])).sorted()
  }

  /// Returns the arguments of a function that is a field of a table, such as `on_success` of `recipe` or a lifecycle event of `on`.
  /// - Parameter head: the word before the table, or nil if there is none.
  /// - Returns: names such as `deployment`, or nil if no word has such a field.
  func arguments(of field: String, in head: String?) -> [String]? {
    if head == "on", events.contains(field) { return ["host", "deployment"] }
    guard let head else { return nil }
    for word in words.values where word.name == head || word.name.hasSuffix(":" + head) || word.name.hasSuffix("." + head) {
      guard let found = word.fields.first(where: { $0.name == field }), ["function", "functions"].contains(found.type) else { continue }
      if let names = Self.arguments(found.summary) { return names }
    }
    return nil
  }
}
