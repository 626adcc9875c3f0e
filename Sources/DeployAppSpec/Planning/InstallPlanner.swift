/// Makes a plan from an appspec file and the state of the host. The plan contains first everything in `files` and then everything in
/// `permissions`, both in the order of the file. The agent generates its instructions in the same order.
package struct InstallPlanner: Sendable {
  private let spec: AppSpec
  private let tree: BundleTree
  /// What the previous installation made. This one has to remove it.
  private let previous: CleanupList
  /// The deployment's own option for existing files, in upper case. The appspec file's setting takes precedence.
  private let behavior: String
  /// The folder from which relative destinations start.
  private let directory: String
  /// The folder that `~` stands for.
  private let home: String
  /// What each mapping installs, without the folders above its destination, or empty if the mapping is invalid.
  private var items: [[Item]] = []

  /// - Throws: an error that says what is wrong with the bundle itself. In this case, nothing on the host is allowed to be touched.
  package init(
    spec: AppSpec, tree: BundleTree, previous: CleanupList = CleanupList(), behavior: String = "DISALLOW", directory: String = "/",
    home: String = "/"
  ) throws(SpecProblem) {
    self.spec = spec
    self.tree = tree
    self.previous = previous
    self.behavior = behavior
    self.directory = directory
    self.home = home
    for mapping in spec.files { items.append(mapping.defect == nil ? try items(of: mapping) : []) }
  }

  /// What the planner has to know about the host.
  package var question: HostState.Question {
    var question = HostState.Question()
    var paths = Set<HostPath>()
    for (mapping, items) in zip(spec.files, items) where mapping.defect == nil {
      for item in items { paths.insert(item.destination) }
      paths.insert(place(mapping.destination))
    }
    for line in previous.lines { paths.insert(line.path) }
    for path in Array(paths) {
      var folder = path.parent
      while folder != .top, paths.insert(folder).inserted { folder = folder.parent }
    }
    // Folders of the previous installation are listed anyway, to find what others put there. These listings already show the paths on the
    // clean-up list.
    let old = Set(previous.lines.map(\.path))
    let folders = Set(paths.lazy.map(\.parent)).intersection(old)
    question.folders = folders.sorted()
    question.paths = paths.filter { !folders.contains($0.parent) }.sorted()
    question.users = Self.names(spec.permissions.map(\.owner))
    question.groups = Self.names(spec.permissions.map(\.group))
    return question
  }

  /// Returns whether the state answers the whole question.
  package func isAnswered(by host: HostState) -> Bool {
    guard host.users.isSuperset(of: Self.names(spec.permissions.map(\.owner))),
      host.groups.isSuperset(of: Self.names(spec.permissions.map(\.group)))
    else { return false }
    var known: Set<HostPath> = [.top]
    func isKnown(_ path: HostPath) -> Bool {
      let folder = path.parent
      if !known.contains(folder) {
        guard isKnown(folder) else { return false }
        known.insert(folder)
      }
      return path == .top || host.knows(path, in: folder)
    }
    return zip(spec.files, items).allSatisfy { mapping, items in
      mapping.defect != nil || isKnown(place(mapping.destination)) && items.allSatisfy { isKnown($0.destination) }
    } && previous.lines.allSatisfy { isKnown($0.path) }
  }

  private static func names(_ principals: [Permission.Principal?]) -> [String] {
    var names = Set<String>()
    for case .name(let name)? in principals { names.insert(name) }
    return names.sorted()
  }

  /// Returns the removals, and the plan for everything after them. If the appspec file cannot be carried out on this host, there is a
  /// problem in place of the plan.
  package func plan(on host: HostState) -> (removing: InstallPlan, result: Result<InstallPlan, SpecProblem>) {
    var host = host
    var removing = InstallPlan()
    removing.removals = host.remove(previous)
    (removing.passedLinks, removing.takenLinks) = (host.passed.sorted(), host.takenLinks)
    do {
      var draft = InstallDraft(host: host)
      draft.plan = removing
      for (mapping, items) in zip(spec.files, items) {
        if let defect = mapping.defect { throw SpecProblem(.structure, defect, line: mapping.line) }
        try add(items, of: mapping, to: &draft)
      }
      for permission in spec.permissions { try draft.apply(permission, at: place(permission.object)) }
      (draft.plan.passedLinks, draft.plan.takenLinks) = (draft.host.passed.sorted(), draft.host.takenLinks)
      return (removing, .success(draft.plan))
    } catch let problem as SpecProblem {
      return (removing, .failure(problem))
    } catch {
      return (removing, .failure(SpecProblem(.other, "\(error)")))
    }
  }

  func place(_ written: String) -> HostPath { HostPath(expanding: written, from: directory, home: home) }

  private struct Item {
    var source: HostPath
    var destination: HostPath
    var kind: BundleTree.Found.Kind
    var isMissing = false
    var isBlocked = false
  }

  private func items(of mapping: FileMapping) throws(SpecProblem) -> [Item] {
    let destination = place(mapping.destination)
    let source = tree.root.appending(String(HostPath(expanding: mapping.source).text.dropFirst()))
    switch try tree.source(mapping.source) {
    case .folder(let folder):
      return [Item(source: source, destination: destination, kind: .folder)]
        + (try tree.contents(of: folder)).map {
          Item(source: source.appending($0.path), destination: destination.appending($0.path), kind: $0.kind)
        }
    case .file: return [Item(source: source, destination: destination.appending(source.name), kind: .file)]
    case .link: return [Item(source: source, destination: destination.appending(source.name), kind: .link)]
    case .missing: return [Item(source: source, destination: destination.appending(source.name), kind: .file, isMissing: true)]
    case .blocked: return [Item(source: source, destination: destination.appending(source.name), kind: .file, isBlocked: true)]
    }
  }

  private func add(_ items: [Item], of mapping: FileMapping, to draft: inout InstallDraft) throws(SpecProblem) {
    guard let first = items.first else { return }
    for folder in first.destination.ancestors where !draft.host.exists(folder) { try draft.make(folder) }
    for item in items {
      if item.kind == .folder {
        if !draft.host.isFolder(item.destination) { try draft.make(item.destination) }
        continue
      }
      if draft.host.exists(item.destination) {
        let word = spec.fileExistsBehavior ?? behavior
        switch FileExistsBehavior(rawValue: word) {
        case .overwrite: break
        case .retain: continue
        case .disallow:
          throw SpecProblem(
            .fileExists, "a specified file already exists at this location: \(item.destination)", line: mapping.line,
            fix: "remove it, or say file_exists_behavior: OVERWRITE or RETAIN")
        case nil:
          throw SpecProblem(
            .behaviorInvalid, "an invalid option was specified for fileExistsBehavior: \(word); it is DISALLOW, OVERWRITE or RETAIN")
        }
      }
      let obstacle: SpecProblem? =
        item.isMissing
        ? SpecProblem(.noEntry, "the bundle has no \(mapping.source), which files is to copy", line: mapping.line)
        : item.isBlocked
          ? SpecProblem(.notDirectory, "\(mapping.source) leads through a file of the bundle", line: mapping.line) : nil
      try draft.copy(item.source, to: item.destination, isLink: item.kind == .link, obstacle: obstacle)
    }
  }
}
