import DeployModel
import Yams

/// Why a text cannot be read as YAML.
struct YAMLFlaw: Error {
  var message: String
  /// The line, counted from 1.
  var line: Int
  /// What to write instead, or nil if the message says enough.
  var fix: String?
}

/// Converts YAML 1.2 (core schema) to JSON, and back. The prelude reads JSON, because JSON keeps null and empty lists, for which Lua has no
/// values.
struct YAMLText {
  /// The largest number of bytes, values and levels of a text. An alias counts as all of the values that it stands for.
  private static let most = (bytes: 1 << 20, values: 100_000, levels: 100)

  private var json = ""
  private var values = 0

  // MARK: reading

  /// - Throws: `YAMLFlaw` if the text is not YAML, has more than one document, or has values that YAML 1.1 and 1.2 readers read
  ///   differently.
  static func json(of text: String) throws(YAMLFlaw) -> String {
    guard text.utf8.count <= most.bytes else {
      throw YAMLFlaw(message: "it has \(text.utf8.count) bytes, and may have 1 MB (\(most.bytes))", line: 1)
    }
    if let line = YAMLKeys.unreadable(in: text) {
      throw YAMLFlaw(
        message: "a key is a list, a map or an alias, and names of JSON are strings", line: line, fix: "write the key as a string")
    }
    guard let root = try root(of: text) else { return "null" }
    var reading = YAMLText()
    try reading.write(root, level: 0)
    return reading.json
  }

  private static func root(of text: String) throws(YAMLFlaw) -> Node? {
    do {
      let parser = try Parser(yaml: text, resolver: .basic)
      return try withExtendedLifetime(parser) { try parser.singleRoot() }
    } catch YamlError.duplicatedKeysInMapping(let names, let place) {
      throw YAMLFlaw(message: "the key \(names.joined(separator: ", ")) is given twice", line: place.mark.line)
    } catch YamlError.composer(let around?, _, let mark, _) where around.text.contains("single document") {
      throw YAMLFlaw(message: "a second document begins here", line: mark.line, fix: "keep one document in a string")
    } catch YamlError.scanner(let around, let problem, let mark, _), YamlError.parser(let around, let problem, let mark, _),
      YamlError.composer(let around, let problem, let mark, _)
    {
      let words = problem.contains("nesting level") ? "it is nested too deep" : problem
      throw YAMLFlaw(message: (around.map { "\($0.text) of line \($0.mark.line): " } ?? "") + words, line: mark.line)
    } catch YamlError.reader(let problem, _, _, _) {
      throw YAMLFlaw(message: problem, line: 1)
    } catch {
      throw YAMLFlaw(message: "\(error)", line: 1)
    }
  }

  private mutating func write(_ node: Node, level: Int) throws(YAMLFlaw) {
    let line = node.mark?.line ?? 1
    try count(1, line)
    guard level <= Self.most.levels else { throw YAMLFlaw(message: "it is nested more than \(Self.most.levels) deep", line: line) }
    switch node {
    case .scalar(let scalar): json += try Self.json(of: scalar, line)
    case .sequence(let list):
      try Self.refuseTag(list.tag, but: "tag:yaml.org,2002:seq", line)
      try write(list.map { (nil, $0) }, "[", "]", level)
    case .mapping(let map):
      try Self.refuseTag(map.tag, but: "tag:yaml.org,2002:map", line)
      try write(try members(of: map), "{", "}", level)
    case .alias: throw YAMLFlaw(message: "an alias (*) stands for nothing that was named with &", line: line)
    }
  }

  private mutating func count(_ more: Int, _ line: Int) throws(YAMLFlaw) {
    values += more
    guard values <= Self.most.values else {
      throw YAMLFlaw(message: "it has more than \(Self.most.values) values, including those that its aliases (*) repeat", line: line)
    }
  }

  private mutating func write(_ items: [(key: String?, value: Node)], _ open: String, _ close: String, _ level: Int) throws(YAMLFlaw) {
    json += open
    for (index, item) in items.enumerated() {
      if index > 0 { json += "," }
      if let key = item.key { json += JSONText.quoted(key) + ":" }
      try write(item.value, level: level + 1)
    }
    json += close
  }

  /// The members of a map, including those that `<<` merges into it. The map's own members take precedence over merged ones, and earlier
  /// merged members take precedence over later ones.
  private mutating func members(of map: Node.Mapping) throws(YAMLFlaw) -> [(key: String?, value: Node)] {
    var names: Set<ExactText> = []
    var members: [(key: String?, value: Node)] = []
    var merged: [Node] = []
    for (key, value) in map {
      guard case .scalar(let scalar) = key else {
        throw YAMLFlaw(message: "a key is a list or a map, and names of JSON are strings", line: key.mark?.line ?? 1)
      }
      if scalar.style == .plain, scalar.string == "<<" {
        merged += value.sequence.map(Array.init) ?? [value]
      } else {
        names.insert(ExactText(scalar.string))
        members.append((scalar.string, value))
      }
    }
    for node in merged {
      guard let map = node.mapping else { throw YAMLFlaw(message: "<< merges maps only", line: node.mark?.line ?? 1) }
      try count(map.count, node.mark?.line ?? 1)
      for member in try self.members(of: map) where names.insert(ExactText(member.key ?? "")).inserted { members.append(member) }
    }
    return members
  }

  /// Tags give a value a different type. Only tags that change nothing are accepted.
  private static func refuseTag(_ tag: Tag, but own: String, _ line: Int) throws(YAMLFlaw) {
    let name = tag.description
    guard !["", "!", own].contains(name) else { return }
    let short = name.hasPrefix("tag:yaml.org,2002:") ? "!!\(name.dropFirst(18))" : name
    throw YAMLFlaw(message: "the tag \(short) gives a value another type, and is not read", line: line, fix: "leave the tag out")
  }

  private static func json(of scalar: Node.Scalar, _ line: Int) throws(YAMLFlaw) -> String {
    try refuseTag(scalar.tag, but: "tag:yaml.org,2002:str", line)
    let isText = scalar.style != .plain || !scalar.tag.description.isEmpty
    do throws(YAMLWord.Ambiguity) {
      return isText ? JSONText.quoted(scalar.string) : try YAMLWord.json(of: scalar.string) ?? JSONText.quoted(scalar.string)
    } catch { throw YAMLFlaw(message: error.message, line: line, fix: error.fix) }
  }

  // MARK: writing

  /// JSON is also YAML. So the same parser reads the JSON, and only the style in which the values are written is different.
  /// - Throws: `YAMLFlaw` if a name is too long for the parser.
  static func yaml(of json: String) throws(YAMLFlaw) -> String {
    let read: Node?
    let escaped = try escaped(json)
    do { read = try root(of: escaped) } catch {
      throw YAMLFlaw(message: "YAML has no name of more than 1,000 characters", line: 1)
    }
    guard let root = read else { return "null\n" }
    do { return try serialize(node: restyled(root), width: -1, allowUnicode: true) } catch {
      throw YAMLFlaw(message: "\(error)", line: 1)
    }
  }

  /// Returns JSON with escapes in place of characters that end a line in YAML, or that YAML does not allow. Such characters occur only in
  /// JSON's strings.
  private static func escaped(_ json: String) throws(YAMLFlaw) -> String {
    var escaped = ""
    var previous: Unicode.Scalar = " "
    for scalar in json.unicodeScalars {
      defer { previous = scalar }
      if scalar == "\u{feff}", previous == "\"" {
        throw YAMLFlaw(message: "a text begins with a byte order mark (U+FEFF), which readers of YAML drop", line: 1)
      }
      switch scalar.value {
      case 0x7f...0x9f, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
        let digits = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func restyled(_ node: Node) -> Node {
    switch node {
    case .scalar(let scalar):
      guard scalar.style != .plain else { return node }
      let style: Node.Scalar.Style = YAMLWord.isPlainText(scalar.string) ? .plain : scalar.string.contains("\n") ? .literal : .doubleQuoted
      return .scalar(Node.Scalar(scalar.string, Tag(.str), style))
    case .sequence(let list):
      return .sequence(Node.Sequence(list.map(restyled), Tag(.seq), list.isEmpty ? .flow : .block))
    case .mapping(let map):
      return .mapping(Node.Mapping(map.map { (restyled($0), restyled($1)) }, Tag(.map), map.isEmpty ? .flow : .block))
    case .alias: return node
    }
  }
}
