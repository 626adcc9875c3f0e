/// The signature of a word as a Lua function, read from the text that shows the call to people.
struct EditorSignature {
  struct Parameter {
    var name: String
    var type: String
    var isOptional: Bool
  }

  /// The arguments, or an empty list for a word that takes none.
  private(set) var parameters: [Parameter] = []
  /// Whether further values of any type can follow.
  private(set) var isOpen = false
  /// The results of the word, with a type for each value.
  private(set) var results: [String]

  /// The types of arguments, by their names in `Word.takes`.
  private static let arguments = [
    "duration": "string|number", "amount": "string|integer", "url": "string|lander.secret", "path": "string", "from": "string",
    "to": "string", "target": "string", "host": "string", "pattern": "string", "format": "string",
    "command": "string|string[]", "function": "function", "list": "table|lander.hosts", "template": "function", "values": "table",
    "hosts": "lander.hosts|lander.host|lander.host[]",
  ]

  init(_ word: Word, _ types: EditorTypes) {
    results = types.results(of: word)
    if let match = word.takes.firstMatch(of: /^"(\w+)" (?:\{|\()/) {
      parameters = [Parameter(name: String(match.1), type: "string", isOptional: false)]
      if !EditorTypes.standsAlone.contains(word.name) { results = [Self.second(word, types)] }
      return
    }
    for part in Self.parts(word.takes) {
      if part == "…" { isOpen = true } else { parameters.append(Self.parameter(part, of: word, types)) }
    }
  }

  /// Returns the type of the function that a word returns if it is called with only a name. This function takes the table, or the function,
  /// that comes after the name.
  private static func second(_ word: Word, _ types: EditorTypes) -> String {
    var taken = word.fields.isEmpty ? [] : [EditorTypes.options(of: word.name)]
    if word.takes.contains("(function(") { taken.append("(" + types.function(WordBook.arguments(word.takes) ?? []) + ")") }
    if taken.isEmpty { taken = ["string[]"] }
    let results = types.results(of: word)
    return "fun(given: \(taken.joined(separator: "|")))" + (results.isEmpty ? "" : ": " + results.joined(separator: ", "))
  }

  /// Returns the arguments in a text such as `path, { … }`, or `(format, …), .warn(format, …)`.
  private static func parts(_ takes: String) -> [String] {
    let text = takes.firstMatch(of: /^\((.*?)\)(?:, \.|$)/)?.1 ?? takes[...]
    var (found, depth, start) = ([Substring](), 0, text.startIndex)
    for index in text.indices {
      if "{(".contains(text[index]) { depth += 1 }
      if "})".contains(text[index]) { depth -= 1 }
      guard depth == 0, text[index] == "," else { continue }
      found.append(text[start..<index])
      start = text.index(after: index)
    }
    found.append(text[start...])
    return found.map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
  }

  private static func parameter(_ part: String, of word: Word, _ types: EditorTypes) -> Parameter {
    let isOptional = word.optional.contains(part)
    if part == "{ … }" && !word.fields.isEmpty || part.hasPrefix("{") && word.takes == part && !word.fields.isEmpty {
      return Parameter(name: "given", type: EditorTypes.options(of: word.name), isOptional: !word.fields.contains(where: \.isRequired))
    }
    if part == "{ functions }" { return Parameter(name: "functions", type: "function[]", isOptional: false) }
    if part.hasPrefix("{ \"") { return Parameter(name: "list", type: "string[]", isOptional: false) }
    if part.hasPrefix("{") {
      let isOwn = part.contains("its ")
      return Parameter(name: isOwn ? "options" : "given", type: "table", isOptional: isOwn)
    }
    if part.hasPrefix("function(") {
      return Parameter(name: "body", type: types.function(WordBook.arguments(part) ?? []), isOptional: false)
    }
    if part.hasSuffix("or { … }") { return Parameter(name: "folder", type: "string", isOptional: false) }
    if part.hasPrefix("\"") { return Parameter(name: part.filter { $0 != "\"" }.lowercased(), type: "string", isOptional: isOptional) }
    if let argument = word.arguments.first(where: { $0.name == part }) {
      return Parameter(name: part, type: types.field(argument, of: word), isOptional: isOptional)
    }
    let type = part == "function" && word.name == "hosts:map" ? types.function(["host"]) : arguments[part] ?? Self.open(part, word)
    return Parameter(name: part == "function" ? "body" : part, type: type, isOptional: isOptional)
  }

  /// Returns the type of an argument whose name has several meanings.
  private static func open(_ part: String, _ word: Word) -> String {
    switch part {
    case "text": word.name == "host:write" ? "string|lander.secret" : "string"
    case "part": word.name.hasPrefix("played:") ? "string" : "any"
    default: "any"
    }
  }

  /// The annotations of the arguments and results.
  var annotations: [String] {
    parameters.map { "---@param \($0.name)\($0.isOptional ? "?" : "") \($0.type)" } + (isOpen ? ["---@param ... any"] : [])
      + results.map { "---@return \($0)" }
  }

  /// The arguments in the form in which a Lua function declares them.
  var list: String { (parameters.map(\.name) + (isOpen ? ["..."] : [])).joined(separator: ", ") }

  /// The call as a type, such as `fun(name: string): any`.
  var overload: String {
    let taken = parameters.map { "\($0.name)\($0.isOptional ? "?" : ""): \($0.type)" } + (isOpen ? ["...: any"] : [])
    return "fun(\(taken.joined(separator: ", ")))" + (results.isEmpty ? "" : ": " + results.joined(separator: ", "))
  }
}
