/// One entry of `permissions`.
package struct Permission: Sendable, Hashable {
  /// The name of a user or group. As in the agent, a number is refused when the permission is applied.
  package enum Principal: Sendable, Hashable {
    case name(String)
    case number(String)
  }

  /// A file, or a folder below which `pattern` selects paths. The path is as written in the appspec file.
  package var object: String
  package var pattern: String
  package var except: [String]
  package var files: Bool
  package var directories: Bool
  /// The permission bits, from 0 to 0o7777.
  package var mode: Int?
  package var owner: Principal?
  package var group: Principal?
  package var acl: AccessControlList?
  package var label: SecurityLabel?
  package var line: Int

  package init(
    object: String, pattern: String = "**", except: [String] = [], files: Bool = true, directories: Bool = true, mode: Int? = nil,
    owner: Principal? = nil, group: Principal? = nil, acl: AccessControlList? = nil, label: SecurityLabel? = nil, line: Int = 1
  ) {
    self.object = object
    self.pattern = pattern
    self.except = except
    self.files = files
    self.directories = directories
    self.mode = mode
    self.owner = owner
    self.group = group
    self.acl = acl
    self.label = label
    self.line = line
  }

  static func read(_ node: SpecNode?) -> (items: [Permission], problems: [SpecProblem]) {
    var problems: [SpecProblem] = []
    var items: [Permission] = []
    for entry in SpecSection.entries(of: node, named: "permissions", problems: &problems) {
      do {
        items.append(try Permission(entry))
      } catch {
        problems.append(error)
      }
    }
    return (items, problems)
  }

  init(_ entry: SpecNode) throws(SpecProblem) {
    line = entry.line
    object = entry["object"]?.stripped ?? ""
    guard !object.isEmpty else {
      throw SpecProblem(
        .permissionObject, "an entry of permissions has no object value", line: entry.line, fix: "object: a path on the host")
    }
    guard object.utf8.count <= HostPath.longest else {
      throw SpecProblem(.permissionObject, HostPath.tooLong("an object of permissions", object), line: entry.line)
    }
    pattern = entry["pattern"].flatMap { $0.isTruthy ? $0.scalar?.printed : nil } ?? "**"
    except = try Self.list(entry["except"], named: "except").map { $0.scalar?.printed ?? "" }
    (files, directories) = try Self.types(entry["type"])
    owner = try Self.principal(entry["owner"])
    group = try Self.principal(entry["group"])
    if let mode = entry["mode"], mode.isTruthy { self.mode = try Self.mode(mode) }
    if let acls = entry["acls"], acls.isTruthy { acl = try AccessControlList(acls) }
    if let context = entry["context"], context.isTruthy { label = try SecurityLabel(context) }
  }

  private static func list(_ node: SpecNode?, named name: String) throws(SpecProblem) -> [SpecNode] {
    guard let node, node.isTruthy else { return [] }
    guard case .list(let list) = node.content else {
      throw SpecProblem(
        .structure, "\(name) is \(node.named) where a list belongs", line: node.line, fix: "\(name): [\(node.scalar?.printed ?? "…")]")
    }
    return list
  }

  private static func types(_ node: SpecNode?) throws(SpecProblem) -> (files: Bool, directories: Bool) {
    guard let node, node.isTruthy else { return (true, true) }
    let names = try list(node, named: "type")
    for name in names where name.text != "file" && name.text != "directory" {
      throw SpecProblem(
        .permissionType, "object type not supported for permissions (\(name.named)): it is a list of file and directory", line: name.line)
    }
    return (names.contains { $0.text == "file" }, names.contains { $0.text == "directory" })
  }

  private static func principal(_ node: SpecNode?) throws(SpecProblem) -> Principal? {
    guard let node, node.isTruthy else { return nil }
    switch node.scalar {
    case .text(let name), .symbol(let name): return .name(name)
    case .some(let scalar): return .number(scalar.printed)
    case nil: throw SpecProblem(.structure, "an owner or group is \(node.named) where a name belongs", line: node.line)
    }
  }

  /// Reads a mode of one to four octal digits. As in the agent, an unquoted `0644` is the number 420 and stands for the mode 0420. An
  /// unquoted `0755` is 493, and it is refused because 9 is not an octal digit.
  private static func mode(_ node: SpecNode) throws(SpecProblem) -> Int {
    let digits = node.scalar?.printed ?? ""
    let octal = node.scalar != node.text.map(SpecScalar.text) && node.written.hasPrefix("0")
    let fix = octal ? "write it in quotes: \"\(node.written)\"" : nil
    guard digits.count <= 4 else {
      throw SpecProblem(
        .permissionMode, "the length of a permissions mode (\(digits)) is over 4 digits", line: node.line, fix: fix)
    }
    for digit in digits where !("0"..."7").contains(digit) {
      let meaning = octal ? "unquoted, \(node.written) is an octal number and is read as \(digits); " : ""
      throw SpecProblem(
        .permissionMode, "\(meaning)a permissions mode (\(digits)) contains an invalid character (\(digit))", line: node.line,
        fix: fix ?? "a mode has 1 to 4 octal digits: mode: 644")
    }
    return Int(digits.isEmpty ? "0" : digits, radix: 8) ?? 0
  }

  /// Whether the permission sets any right.
  package var changesSomething: Bool { mode != nil || acl != nil || label != nil || owner != nil || group != nil }

  /// Returns whether `pattern` and `except` select a path. `rest` is the part of the path below the object. The pattern `**` matches
  /// everything at any depth. All other patterns, and all exceptions, match only direct children.
  package func selects(_ rest: String) -> Bool {
    (pattern == "**" || Self.glob(pattern, matches: rest)) && !except.contains { Self.glob($0, matches: rest) }
  }

  /// Returns whether a name matches a pattern. `*` matches zero or more characters of any kind, even a leading dot. Any other character
  /// matches itself. A name with a slash never matches.
  static func glob(_ pattern: String, matches name: String) -> Bool {
    guard !name.utf8.contains(UInt8(ascii: "/")) else { return false }
    let pattern = Array(pattern.utf8)
    let name = Array(name.utf8)
    let star = UInt8(ascii: "*")
    var p = 0
    var n = 0
    var retry: (p: Int, n: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == star {
        retry = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let last = retry {
        retry = (last.p, last.n + 1)
        (p, n) = (last.p + 1, last.n + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == star }
  }
}
