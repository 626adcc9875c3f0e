import DeployModel

/// The instructions of an installation. For people and tools, they are recorded in JSON, as the agent does it. The host makes the record
/// from the paths that it already has.
struct InstallRecord {
  private(set) var program = ShellProgram()
  private let table: PathTable

  /// - Parameter runs: the runs of all copies of the plan.
  init(_ plan: InstallPlan, _ runs: [CopyRun], _ table: PathTable, file: HostPath) {
    self.table = table
    let temporary = (file.text + ".new").shellQuoted
    // First, sed escapes the characters that JSON requires. Then it puts the rest of the entry around the path.
    program.line("entries() { sed \(Self.escapes(table)) -e \"s|.*|$1|\"; }\n{ :")
    add("mkdir", plan.folders, [("directory", .path)])
    for run in runs {
      add("copy", run.paths, below: run.to, [("source", .below(run.from)), ("destination", .below(run.to))])
    }
    for right in plan.rights { add(right) }
    let ends = "{ printf '{\"instructions\":[\\n'; sed '1!s/^/,/'; printf ']}\\n'; }"
    program.line("} | \(ends) >\(temporary) && mv -f -- \(temporary) \(file.text.shellQuoted) || exit 1")
  }

  private enum Part {
    case text(String?)
    case json(String)
    /// The path that the entry is about.
    case path
    /// The path of the entry relative to its folder, placed below another folder.
    case below(HostPath)
  }

  private mutating func add(_ right: InstallPlan.Right) {
    switch right {
    case .mode(let mode, let paths): add("chmod", paths, [("mode", .text(String(mode, radix: 8))), ("file", .path)])
    case .acl(let acl, let paths):
      let entries = "[" + acl.entries.map { Self.quoted($0.text) }.joined(separator: ",") + "]"
      add("setfacl", paths, [("acl", .json(entries)), ("file", .path)])
    case .label(let label, let paths):
      let parts = [("type", label.type), ("user", label.user), ("range", label.range)]
      let context = "{" + parts.map { "\"\($0.0)\":" + ($0.1.map(Self.quoted) ?? "null") }.joined(separator: ",") + "}"
      add("semanage", paths, [("context", .json(context)), ("file", .path)])
    case .owner(let user, let group, let paths):
      add("chown", paths, [("owner", .text(user)), ("group", .text(group)), ("file", .path)])
    case .reachable: return
    }
  }

  private mutating func add(_ type: String, _ paths: [HostPath], below folder: HostPath? = nil, _ members: [(String, Part)]) {
    var entry = "{\"type\":\"\(type)\""
    for (name, part) in members {
      entry += ",\"\(name)\":"
      switch part {
      case .text(let text): entry += Self.literal(text.map(Self.quoted) ?? "null")
      case .json(let json): entry += Self.literal(json)
      case .path: entry += "\"&\""
      case .below(let folder): entry += Self.literal(String(Self.quoted(folder == .top ? "" : folder.text).dropLast())) + "&\""
      }
    }
    table.lines(of: paths, below: folder, to: "entries \((entry + "}").shellQuoted)", in: &program)
  }

  /// Escapes a string so that `sed` inserts it unchanged.
  private static func literal(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("&", with: "\\&").replacing("|", with: "\\|")
  }

  private static func escapes(_ table: PathTable) -> String {
    var escapes = "-e 's/[\\\"]/\\\\&/g'"
    for byte in table.controls.sorted() where byte != 10 {
      let hex = String(byte, radix: 16)
      escapes += " -e 's/\(UnicodeScalar(byte))/\\\\u\(String(repeating: "0", count: 4 - hex.count))\(hex)/g'"
    }
    if let end = table.lineEnd { escapes += " -e 's/\(UnicodeScalar(end))/\\\\n/g'" }
    return escapes
  }

  private static func quoted(_ value: String) -> String {
    var quoted = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
