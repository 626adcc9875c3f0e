/// The contents of an appspec file: which files of a bundle go where, with which permissions, and which scripts run at which lifecycle
/// event.
package struct AppSpec: Sendable, Hashable {
  package var files: [FileMapping]
  package var hooks: [EventHooks]
  package var permissions: [Permission]
  /// What happens to existing files, or nil if the appspec file does not say. This setting overrides the deployment's own option.
  package var fileExistsBehavior: String?

  package init(files: [FileMapping] = [], hooks: [EventHooks] = [], permissions: [Permission] = [], fileExistsBehavior: String? = nil) {
    self.files = files
    self.hooks = hooks
    self.permissions = permissions
    self.fileExistsBehavior = fileExistsBehavior
  }

  /// Returns the scripts of an event, in the order of the file. The list is empty if the event has none.
  package func scripts(of event: String) -> [HookScript] { hooks.last { $0.event == event }?.scripts ?? [] }

  /// Reads and checks the text of an appspec file.
  /// - Throws: the first problem in the agent's order of checking: emptiness, version, os, hooks, files, permissions, file_exists_behavior.
  package init(reading text: String) throws(SpecProblem) {
    let reading = AppSpecReading(of: text)
    if let problem = reading.problems.first { throw problem }
    self = reading.spec
  }
}

/// The result of reading an appspec file: what was understood, and all problems, in the order in which the agent checks the file.
package struct AppSpecReading: Sendable {
  package private(set) var spec = AppSpec()
  package private(set) var problems: [SpecProblem] = []
  /// The root node of the file, for closer checks, or nil if the file is empty or not YAML.
  package private(set) var root: SpecNode?
  /// Whether the file is for another platform of CodeDeploy. If it is, nothing else in it is checked.
  package private(set) var isForeign = false
  /// The keys that occur again later in the same map. Their earlier values are lost.
  package private(set) var repeated: [(key: String, line: Int)] = []

  package init(of text: String) {
    do {
      let document = try SpecDocument(text)
      root = document.root
      repeated = document.repeated
    } catch {
      problems.append(error)
      return
    }
    guard let root, root.isTruthy else {
      problems.append(
        SpecProblem(
          .appSpecEmpty, "the file is empty: it has to give \"version\" and \"os\" at least", line: 1, fix: "version: 0.0\nos: linux"))
      return
    }
    guard case .map = root.content else {
      problems.append(
        SpecProblem(.structure, "the file holds \(root.named) where a map with \"version\" and \"os\" belongs", line: root.line))
      return
    }
    // In such a file, hooks and versions mean something different, so one sentence replaces many misleading problems.
    if let resources = root["Resources"] ?? root["resources"], root["os"] == nil {
      problems.append(SpecProblem(.os, Self.otherPlatform(root, resources), line: resources.line, fix: Self.ours))
      isForeign = true
      return
    }
    readHead(root)
    spec.hooks = read(EventHooks.read(root["hooks"]))
    spec.files = read(FileMapping.read(root["files"]))
    spec.permissions = read(Permission.read(root["permissions"]))
    readBehavior(root["file_exists_behavior"])
  }

  private mutating func read<T>(_ section: (items: [T], problems: [SpecProblem])) -> [T] {
    problems += section.problems
    return section.items
  }

  private static let ours = "write one for servers: version: 0.0, os: linux, and files and hooks as the folder needs them"

  /// Describes an appspec file for another platform of CodeDeploy. Such a file has `Resources`, whereas a file for servers has `os`.
  private static func otherPlatform(_ root: SpecNode, _ resources: SpecNode) -> String {
    let entries = if case .list(let list) = resources.content { list.flatMap(\.members) } else { resources.members }
    let types = entries.compactMap { $0.value["Type"]?.text ?? $0.value["type"]?.text }
    let platform =
      if types.contains(where: { $0.hasPrefix("AWS::ECS") }) { "ECS" } else if types.contains(where: { $0.hasPrefix("AWS::Lambda") }) {
        "Lambda"
      } else { "ECS or Lambda" }
    return "this is an appspec file for \(platform), which lists Resources; Lander deploys files and scripts to hosts"
  }

  private mutating func readHead(_ root: SpecNode) {
    let version = root["version"]
    switch version?.scalar {
    case .int(0), .number(0): break
    default:
      let quoted = version?.text == "0.0" ? "; in quotes it is text, not the number" : ""
      problems.append(
        SpecProblem(
          .version, "invalid version value (\(version?.named ?? "nothing")): it has to be the number 0.0\(quoted)",
          line: version?.line ?? root.line, fix: "version: 0.0"))
    }
    let os = root["os"]
    if os?.text != "linux" {
      problems.append(
        SpecProblem(
          .os, "unsupported operating system (\(os?.named ?? "nothing")): on these hosts it has to be linux, in lower case",
          line: os?.line ?? root.line, fix: "os: linux"))
    }
  }

  private mutating func readBehavior(_ node: SpecNode?) {
    guard let node, node.scalar != .null else { return }
    guard let text = node.text, FileExistsBehavior(rawValue: text) != nil else {
      let near = FileExistsBehavior(rawValue: node.scalar?.printed.uppercased() ?? "")
      problems.append(
        SpecProblem(
          .fileExistsBehavior, "invalid file_exists_behavior value (\(node.named)): it is DISALLOW, OVERWRITE or RETAIN", line: node.line,
          fix: near.map { "file_exists_behavior: \($0.rawValue)" }))
      return
    }
    spec.fileExistsBehavior = text
  }
}

/// What happens if a file already exists at the destination of one of the bundle's files.
package enum FileExistsBehavior: String, Sendable, Hashable, CaseIterable {
  /// The deployment fails.
  case disallow = "DISALLOW"
  /// The file is overwritten in place.
  case overwrite = "OVERWRITE"
  /// The existing file stays as it is.
  case retain = "RETAIN"
}
