/// The instructions of an installation as the agent writes them down: JSON, for people and for tools that read it there.
struct InstallRecord {
  private(set) var text = "{\"instructions\":["
  private var isFirst = true

  init(_ plan: InstallPlan) {
    for folder in plan.folders { add("mkdir", [("directory", folder.text)]) }
    for copy in plan.copies { add("copy", [("source", copy.source.text), ("destination", copy.destination.text)]) }
    for right in plan.rights {
      switch right {
      case .mode(let mode, let paths):
        for path in paths { add("chmod", [("mode", String(mode, radix: 8)), ("file", path.text)]) }
      case .acl(let acl, let paths):
        let entries = "[" + acl.entries.map { Self.quoted($0.text) }.joined(separator: ",") + "]"
        for path in paths { add("setfacl", [("file", path.text)], more: ("acl", entries)) }
      case .label(let label, let paths):
        let parts = [("type", label.type), ("user", label.user), ("range", label.range)]
        let context = "{" + parts.map { "\"\($0.0)\":" + ($0.1.map(Self.quoted) ?? "null") }.joined(separator: ",") + "}"
        for path in paths { add("semanage", [("file", path.text)], more: ("context", context)) }
      case .owner(let user, let group, let paths):
        for path in paths { add("chown", [("owner", user), ("group", group), ("file", path.text)]) }
      case .reachable: continue
      }
    }
    text += "]}"
  }

  private mutating func add(_ type: String, _ members: [(String, String?)], more: (String, String)? = nil) {
    text += isFirst ? "{" : ",{"
    isFirst = false
    text += "\"type\":\"\(type)\""
    for (name, value) in members { text += ",\"\(name)\":" + (value.map(Self.quoted) ?? "null") }
    if let more { text += ",\"\(more.0)\":\(more.1)" }
    text += "}"
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
