package import DeployCore
package import DeployModel

/// Checks a packed bundle that has an appspec file, before anything starts.
package struct AppSpecBundle: Sendable {
  /// The problems that would make a deployment fail on its hosts.
  package private(set) var problems: [Problem] = []
  /// The path of the bundle's appspec file, or nil if the bundle has none.
  package private(set) var file: String?
  /// All findings: the problems and the warnings.
  package private(set) var findings: [Finding] = []
  /// The number of findings that are surprising but make no deployment fail.
  package var warnings: Int { findings.count - problems.count }
  package private(set) var scripts: [AppSpecOptions.Scripts] = []
  /// The steps of an installation, one a line, on a host that has the folders above the destinations but none of the files.
  package private(set) var installation: [String] = []
  /// The path of the bundle in plans that are made only for this check.
  private static let root = HostPath("/bundle")

  package init(_ manifest: Manifest, _ options: AppSpecOptions, in store: any BundleStore) async throws {
    let names = options.file == "appspec.yml" ? ["appspec.yml", "appspec.yaml"] : [options.file]
    let all = Self.unwrapped(manifest.items, holding: options.file)
    let items = Dictionary(all.map { (ExactText($0.path), $0) }) { first, _ in first }
    guard let name = names.first(where: { items[ExactText($0)]?.kind == .file }), let digest = items[ExactText(name)]?.digest else {
      let deeper = all.first { item in names.contains { item.path.hasSuffix("/" + $0) } }
      problems = [
        Problem(
          "the bundle has no \(names.joined(separator: " or "))\(deeper.map { ", but \($0.path)" } ?? "")", subject: "bundle",
          fix: deeper.map { "deploy that folder, or name the file: appspec { file = \"\($0.path)\" }" }
            ?? "put it at the top of the bundle, or name it: appspec { file = … }")
      ]
      return
    }
    file = name
    guard let text = String(validating: try await store.content(of: digest), as: UTF8.self) else {
      find([Finding(.error, "appspec-yaml", "the file is not UTF-8", line: nil, better: "save it as UTF-8")], in: name)
      return
    }
    let reading = AppSpecReading(of: text)
    var contents: [ExactText: BundleContents.Script] = [:]
    for script in reading.spec.hooks.flatMap(\.scripts) {
      contents[ExactText(script.location)] = try await Self.script(HostPath(expanding: script.location), items, store)
    }
    let tree = Self.tree(all, items)
    find(BundleReview(BundleContents(appSpecFile: name, appSpecText: text, tree: tree, scripts: contents)).findings, in: name)
    if problems.isEmpty { installation = Self.installation(of: reading.spec, tree) }
    scripts = reading.spec.hooks.map { hooks in
      AppSpecOptions.Scripts(
        event: hooks.event, locations: hooks.scripts.map(\.location), limit: .seconds(hooks.scripts.reduce(0) { $0.plus($1.timeout) }))
    }
  }

  private mutating func find(_ findings: [Finding], in name: String) {
    self.findings = findings
    problems = findings.filter { $0.severity == .error }.map { finding in
      Problem(
        "\(finding.message) [\(finding.rule)]", place: finding.line.map { SourcePlace(file: finding.file ?? name, line: $0) },
        subject: finding.line == nil ? finding.file ?? name : nil, fix: finding.better)
    }
  }

  /// Returns the entries as hosts unpack them. If the appspec file is not at the top and the bundle has a single top folder around it, that
  /// folder is removed from the entries' paths.
  private static func unwrapped(_ items: [Manifest.Item], holding file: String) -> [Manifest.Item] {
    guard !items.contains(where: { $0.path.isExactly(file) }),
      let top = items.first(where: { $0.kind == .directory && !$0.path.hasSlash })?.path
    else { return items }
    let inside = items.filter { $0.path.isPath(atOrBelow: top) && !$0.path.isExactly(top) }.map { item in
      var item = item
      item.path = String(decoding: item.path.utf8.dropFirst(top.utf8.count + 1), as: UTF8.self)
      return item
    }
    let names = inside.map(\.path).filter { !$0.hasSlash }
    return inside.count + 1 == items.count && names.contains { $0.lowercased().contains("appspec") } ? inside : items
  }

  private static func installation(of spec: AppSpec, _ tree: BundleTree) -> [String] {
    guard let planner = try? InstallPlanner(spec: spec, tree: tree) else { return [] }
    let question = planner.question
    var kinds: [HostPath: HostState.Kind] = [:]
    for mapping in spec.files {
      for folder in HostPath(expanding: mapping.destination).ancestors + [.top] { kinds[folder] = .directory }
    }
    let host = HostState(kinds: kinds, users: Set(question.users), groups: Set(question.groups))
    guard case .success(let plan) = planner.plan(on: host).result else { return [] }
    let copy = "copy \(root)/"
    return plan.lines.map { $0.utf8.starts(with: copy.utf8) ? "copy " + String(Substring($0.utf8.dropFirst(copy.utf8.count))) : $0 }
  }

  private static func script(
    _ path: HostPath, _ items: [ExactText: Manifest.Item], _ store: any BundleStore
  ) async throws -> BundleContents.Script {
    guard let item = items[ExactText(String(path.text.dropFirst()))] else { return BundleContents.Script(kind: .missing) }
    guard item.kind == .file, let digest = item.digest else {
      // Only a host knows where a link leads, so its target is not checked.
      return BundleContents.Script(kind: item.kind == .directory ? .folder : .file(isExecutable: true), text: "#!")
    }
    let bytes = item.size <= 1 << 20 ? try await store.content(of: digest) : Array("#!".utf8)
    return BundleContents.Script(
      kind: .file(isExecutable: item.mode & 0o111 != 0), text: String(decoding: bytes.prefix(BundleReview.scriptLimit), as: UTF8.self))
  }

  private static func tree(_ all: [Manifest.Item], _ items: [ExactText: Manifest.Item]) -> BundleTree {
    return BundleTree(
      root: root,
      entries: all.map { item in
        let kind: BundleTree.Kind =
          switch item.kind {
          case .file: .file
          case .directory: .directory
          case .link: folder(item, root, items).map { .folderLink($0) } ?? .link
          }
        return (item.path, kind)
      })
  }

  /// Returns the folder of the bundle to which a link leads, directly or through other links. Returns nil if the link leads to no folder of
  /// the bundle.
  private static func folder(_ link: Manifest.Item, _ root: HostPath, _ items: [ExactText: Manifest.Item]) -> HostPath? {
    var item = link
    for _ in 0..<16 {
      guard item.kind == .link, let target = item.target, !target.isAbsolutePath else { return nil }
      let place = HostPath(expanding: target, from: root.appending(item.path).parent.text)
      if place == root { return root }
      guard let inside = place.relative(to: root), let next = items[ExactText(inside)] else { return nil }
      if next.kind == .directory { return place }
      item = next
    }
    return nil
  }
}
