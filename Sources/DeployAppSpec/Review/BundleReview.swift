import DeployModel

/// Checks a bundle before it is deployed. It reports all errors together, along with everything that might surprise people. Each finding
/// has a line, and a better way to write that line.
package struct BundleReview: Sendable {
  package private(set) var findings: [Finding] = []

  /// The largest number of bytes that are checked of a script.
  package static let scriptLimit = 256 * 1024

  package init(_ contents: BundleContents) {
    let reading = AppSpecReading(of: contents.appSpecText)
    findings = reading.problems.map(Finding.init)
    if reading.isForeign { return }
    for (key, line) in reading.repeated {
      add("repeated-key", "the key \(key) is given again later in the same map, and this value is never read", line, "keep one of them")
    }
    if contents.appSpecText.unicodeScalars.first == "\u{feff}" {
      add(
        "byte-order-mark", "the file begins with a byte order mark; the CodeDeploy agent reads one key of such a file", 1,
        "save it as plain UTF-8")
    }
    if contents.appSpecFile == "appspec.yaml" {
      add(
        "file-name", "the file is called appspec.yaml; hooks look for appspec.yml unless the deployment names it", nil,
        "rename it to appspec.yml")
    }
    if let root = reading.root { findings += KeyReview(root).findings }
    reviewFiles(reading.spec, contents)
    reviewHooks(reading.spec)
    for permission in reading.spec.permissions { reviewPermission(permission, reading.spec) }
    if let root = reading.root { reviewModes(root) }
    for event in reading.spec.hooks { for script in event.scripts { reviewScript(script, event: event.event, contents) } }
    findings = findings.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }.map(\.element)
  }

  package var hasErrors: Bool { findings.contains { $0.severity == .error } }

  private mutating func add(_ rule: String, _ message: String, _ line: Int?, _ better: String?, file: String? = nil) {
    findings.append(Finding(rule, message, line: line, file: file, better: better))
  }

  /// Adds the findings about an installation on an empty host.
  private mutating func reviewFiles(_ spec: AppSpec, _ contents: BundleContents) {
    do {
      let planner = try InstallPlanner(spec: spec, tree: contents.tree)
      let question = planner.question
      let host = HostState(users: Set(question.users), groups: Set(question.groups))
      switch planner.plan(on: host).result {
      case .failure(let problem): findings.append(Finding(problem))
      case .success(let plan): if let problem = plan.failure { findings.append(Finding(problem)) }
      }
    } catch {
      findings.append(Finding(error))
    }
    for mapping in spec.files {
      if HostPath(expanding: mapping.source) == .top {
        add(
          "whole-bundle", "the source \(mapping.source) is the whole bundle: the appspec file and the scripts are installed too",
          mapping.line,
          "put what is to be installed into a folder of its own and name that: source: app")
      }
      if !mapping.destination.isAbsolutePath {
        add(
          "relative-destination", "the destination \(mapping.destination) is not absolute: it begins at the engine's working directory",
          mapping.line, "begin it with a slash")
      }
    }
  }

  private mutating func reviewHooks(_ spec: AppSpec) {
    for hooks in spec.hooks {
      let event = hooks.event
      if ["DownloadBundle", "Install", "BlockTraffic", "AllowTraffic", "Start", "End"].contains(event) {
        let near = ["DownloadBundle": "BeforeInstall", "Install": "AfterInstall", "BlockTraffic": "AfterBlockTraffic"][event]
        let better =
          near.map { "use \($0)" } ?? (event == "AllowTraffic" ? "use AfterAllowTraffic" : "use ApplicationStart or ApplicationStop")
        add("event-without-scripts", "scripts of \(event) never run: the event is the engine's own", hooks.line, better)
      } else if !AppSpecRequest.standardEvents.contains(event) {
        let near = NearMatch.of(event, among: AppSpecRequest.standardEvents)
        findings.append(
          Finding(
            .error, SpecProblem.Category.unknownEvent.rawValue, "there is no lifecycle event \(event)", line: hooks.line,
            better: near.map { "did you mean \($0)?" } ?? "the events are \(AppSpecRequest.standardEvents.joined(separator: ", "))"))
      }
      let total = hooks.scripts.reduce(0) { $0.plus($1.timeout) }
      if hooks.scripts.count > 1, total > HookScript.standardTimeout, hooks.scripts.allSatisfy(\.givesTimeout) {
        add(
          "event-too-long", "the scripts of \(event) may take \(total) seconds together, and an event has 3600", hooks.line,
          "lower the timeouts")
      }
    }
  }

  private mutating func reviewPermission(_ permission: Permission, _ spec: AppSpec) {
    let line = permission.line
    let object = HostPath(expanding: permission.object)
    if !permission.changesSomething {
      add("permission-without-effect", "the entry for \(permission.object) changes nothing", line, "give mode, owner or group")
    }
    if permission.directories, spec.files.contains(where: { HostPath(expanding: $0.destination) == object }) {
      add(
        "object-itself", "\(permission.object) itself gets none of these permissions: only what is installed below it does", line,
        "chown and chmod it in an AfterInstall script")
    }
    if let mode = permission.mode, mode & 0o6000 != 0, permission.files, permission.owner != nil || permission.group != nil {
      add(
        "set-id-lost",
        "mode \(String(mode, radix: 8)) sets the set-user-ID or set-group-ID bit, and the owner is changed after that, which takes the bit "
          + "from files away", line, "chmod in an AfterInstall script, or leave owner and group to the bundle")
    }
    if permission.pattern != "**", permission.pattern.hasSlash || permission.pattern.contains("**") {
      add(
        "pattern-depth", "the pattern \(permission.pattern) matches nothing: patterns other than ** are about direct children", line,
        "object: the folder")
    }
    for pattern in [permission.pattern] + permission.except where pattern.contains(where: { "?[{".contains($0) }) {
      add("pattern-literal", "in \(pattern) only * is special; ? [ { stand for themselves", line, "use *")
    }
    if !permission.except.isEmpty {
      add(
        "except-depth",
        "except (\(permission.except.joined(separator: ", "))) is about direct children of \(permission.object) only: what is "
          + "deeper, also in a folder that is named, gets the permissions", line, "write an entry for each folder instead")
    }
    if let label = permission.label, label.range == nil {
      add("context-range", "context has no range; the CodeDeploy agent crashes on that, Lander does not", line, "range: s0")
    }
  }

  /// Finds unquoted modes that begin with 0. They can be read, but they stand for a different mode.
  private mutating func reviewModes(_ root: SpecNode) {
    guard case .list(let entries)? = root["permissions"]?.content else { return }
    for entry in entries {
      guard let mode = entry["mode"], case .scalar(.int(let number), true) = mode.content, mode.written.hasPrefix("0"), number > 0 else {
        continue
      }
      let digits = String(number)
      guard digits.count <= 4, digits.allSatisfy({ ("0"..."7").contains($0) }) else { continue }
      add(
        "octal-mode", "mode: \(mode.written) without quotes is the number \(digits), and files get the mode 0\(digits)", mode.line,
        "mode: \"\(mode.written)\"")
    }
  }

  private mutating func reviewScript(_ script: HookScript, event: String, _ contents: BundleContents) {
    for problem in ScriptReview(script, event: event, in: contents).findings { findings.append(problem) }
  }
}
