/// Compiles an appspec file and what is on the host into a plan: first everything that `files` names, then `permissions`, both in the
/// order of the file, as the agent generates its instructions.
package struct InstallPlanner: Sendable {
  package var spec: AppSpec
  package var tree: BundleTree
  /// What the previous installation left to remove.
  package var previous: CleanupList
  /// The deployment's own option, upper case; the appspec file wins.
  package var behavior: String
  /// Where relative destinations begin, and what `~` is.
  package var directory: String
  package var home: String

  package init(
    spec: AppSpec, tree: BundleTree, previous: CleanupList = CleanupList(), behavior: String = "DISALLOW", directory: String = "/",
    home: String = "/"
  ) {
    self.spec = spec
    self.tree = tree
    self.previous = previous
    self.behavior = behavior
    self.directory = directory
    self.home = home
  }

  /// What has to be known of the host.
  /// - Throws: what is wrong with the bundle itself; nothing may be touched then.
  package func question() throws(SpecProblem) -> HostState.Question {
    var question = HostState.Question()
    var paths = Set<HostPath>()
    for mapping in spec.files where mapping.defect == nil {
      for item in try items(of: mapping) { paths.insert(item.destination) }
      paths.insert(place(mapping.destination))
    }
    for line in previous.lines { paths.insert(line.path) }
    for path in Array(paths) {
      var folder = path.parent
      while folder != .top, paths.insert(folder).inserted { folder = folder.parent }
    }
    // Folders of the previous installation are listed anyway, for what others put there; that tells what is in them, too.
    let old = Set(previous.lines.map(\.path))
    let folders = Set(paths.lazy.map(\.parent)).intersection(old)
    question.folders = folders.sorted()
    question.paths = paths.filter { !folders.contains($0.parent) }.sorted()
    question.users = Self.names(spec.permissions.map(\.owner))
    question.groups = Self.names(spec.permissions.map(\.group))
    return question
  }

  private static func names(_ principals: [Permission.Principal?]) -> [String] {
    var names = Set<String>()
    for case .name(let name)? in principals { names.insert(name) }
    return names.sorted()
  }

  /// The removals, and the plan of what follows them; the plan is a problem where the appspec file cannot be carried out on this host.
  package func plan(on host: HostState) -> (removals: [InstallPlan.Removal], result: Result<InstallPlan, SpecProblem>) {
    var host = host
    let removals = host.remove(previous)
    do {
      var draft = Draft(host: host)
      draft.plan.removals = removals
      for mapping in spec.files {
        if let defect = mapping.defect { throw SpecProblem(.structure, defect, line: mapping.line) }
        try add(mapping, to: &draft)
      }
      for permission in spec.permissions { try draft.apply(permission, at: place(permission.object)) }
      return (removals, .success(draft.plan))
    } catch let problem as SpecProblem {
      return (removals, .failure(problem))
    } catch {
      return (removals, .failure(SpecProblem(.other, "\(error)")))
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

  /// Everything a mapping installs, without the folders above its destination.
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

  private func add(_ mapping: FileMapping, to draft: inout Draft) throws(SpecProblem) {
    let items = try items(of: mapping)
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

/// A plan in the making, with what decides about conflicts.
private struct Draft {
  var host: HostState
  var plan = InstallPlan()
  /// Where copies go, and from where; in order.
  var copied: [HostPath: HostPath] = [:]
  var targets: [HostPath] = []
  var made: Set<HostPath> = []
  var makes: [HostPath] = []
  var links: Set<HostPath> = []
  var ruled: Set<HostPath> = []
  /// Whether steps that come now are no longer carried out.
  var isCut: Bool { plan.failure != nil }

  init(host: HostState) { self.host = host }

  mutating func make(_ folder: HostPath) throws(SpecProblem) {
    if copied[folder] != nil {
      throw SpecProblem(.copyMakeConflict, "files calls for a folder where it also copies a file to: \(folder)")
    }
    guard made.insert(folder).inserted else { return }
    makes.append(folder)
    guard !isCut else { return }
    if let problem = blocked(folder, "making the folder \(folder)") {
      plan.failure = problem
    } else if host.kind(of: folder) != .absent {
      plan.failure = SpecProblem(.entryExists, "making the folder \(folder): a file is there")
    } else {
      plan.folders.append(folder)
      plan.cleanup.lines.append(.path(folder))
    }
  }

  mutating func copy(_ source: HostPath, to destination: HostPath, isLink: Bool, obstacle: SpecProblem?) throws(SpecProblem) {
    if let other = copied[destination] {
      throw SpecProblem(.copyDuplicate, "files names two source files, \(source) and \(other), for the same destination \(destination)")
    }
    if made.contains(destination) {
      throw SpecProblem(.copyMakeConflict, "files calls for installing \(source) where it also makes a folder: \(destination)")
    }
    copied[destination] = source
    targets.append(destination)
    if isLink { links.insert(destination) }
    guard !isCut else { return }
    plan.cleanup.lines.append(.path(destination))
    let kind = host.kind(of: destination)
    if let problem = obstacle ?? blocked(destination, "copying to \(destination)") {
      plan.failure = problem
    } else if isLink, kind == .file || kind == .fileLink || kind == .danglingLink {
      plan.failure = SpecProblem(.entryExists, "making the link \(destination): a file is there, and links do not replace files")
    } else {
      let landing: InstallPlan.Copy.Landing =
        switch kind {
        case .absent: .fresh
        case .file: .inPlace
        case .fileLink, .danglingLink: .throughLink
        case .directory, .folderLink: .insideFolder
        }
      plan.copies.append(InstallPlan.Copy(source: source, destination: destination, isLink: isLink, landing: landing))
    }
  }

  /// A file where a folder above the path should be.
  private func blocked(_ path: HostPath, _ doing: String) -> SpecProblem? {
    guard !made.contains(path.parent) else { return nil }
    for folder in path.ancestors {
      let kind = host.kind(of: folder)
      if kind == .file || kind == .fileLink { return SpecProblem(.notDirectory, "\(doing): \(folder) is no folder") }
      if kind == .absent { return nil }
    }
    return nil
  }

  mutating func apply(_ permission: Permission, at object: HostPath) throws(SpecProblem) {
    var matches: [HostPath] = []
    if copied[object] != nil {
      guard permission.files else { return }
      try check(permission, ofFile: object)
      matches = [object]
    } else {
      func selected(_ path: HostPath) -> Bool { path.relative(to: object).map(permission.selects) ?? false }
      if permission.files { matches += targets.filter(selected) }
      if permission.files, permission.acl?.hasDefault == true, let file = matches.first { throw defaultOnFile(permission, file) }
      if permission.directories { matches += makes.filter(selected) }
    }
    for path in matches {
      guard ruled.insert(path).inserted else {
        throw SpecProblem(
          .permissionDuplicate, "the permissions setting for (\(path)) is specified more than once", line: permission.line,
          fix: "narrow one of the entries by pattern, except or type")
      }
    }
    guard !isCut, !matches.isEmpty else { return }
    plan.failure = stranger(permission)
    if plan.failure != nil { matches = [matches[0]] }
    grant(permission, to: matches)
  }

  private func check(_ permission: Permission, ofFile file: HostPath) throws(SpecProblem) {
    if permission.pattern != "**" {
      throw SpecProblem(
        .patternOnFile, "the permissions of the file \(file) come with an invalid pattern (\(permission.pattern)); a file takes none",
        line: permission.line, fix: "leave pattern out")
    }
    if !permission.except.isEmpty {
      throw SpecProblem(
        .exceptOnFile, "the permissions of the file \(file) come with an except parameter for a pattern; a file takes none",
        line: permission.line, fix: "leave except out")
    }
    if permission.acl?.hasDefault == true { throw defaultOnFile(permission, file) }
  }

  private func defaultOnFile(_ permission: Permission, _ file: HostPath) -> SpecProblem {
    SpecProblem(
      .aclDefaultOnFile, "the -d parameter has been specified for the file \(file); default acls are for directories only",
      line: permission.line, fix: "type: [directory]")
  }

  /// The user or group that the host does not know.
  private func stranger(_ permission: Permission) -> SpecProblem? {
    switch permission.owner {
    case .number(let number)?:
      return SpecProblem(.structure, "the owner \(number) is a number; owners are names", line: permission.line)
    case .name(let name)? where !host.users.contains(name):
      return SpecProblem(
        .unknownUser, "can't find user for \(name)", line: permission.line,
        fix: "useradd \(name) on the host, or in a BeforeInstall script")
    default: break
    }
    switch permission.group {
    case .number(let number)?:
      return SpecProblem(.structure, "the group \(number) is a number; groups are names", line: permission.line)
    case .name(let name)? where !host.groups.contains(name):
      return SpecProblem(
        .unknownGroup, "can't find group for \(name)", line: permission.line,
        fix: "groupadd \(name) on the host, or in a BeforeInstall script")
    default: return nil
    }
  }

  private mutating func grant(_ permission: Permission, to paths: [HostPath]) {
    guard permission.changesSomething else { return }
    plan.rights += paths.filter(links.contains).map(InstallPlan.Right.reachable)
    if let mode = permission.mode { plan.rights.append(.mode(mode, paths)) }
    if let acl = permission.acl, !acl.entries.isEmpty { plan.rights.append(.acl(acl, paths)) }
    if let label = permission.label {
      plan.rights.append(.label(label, paths))
      plan.cleanup.lines += paths.map(CleanupList.Line.label)
    }
    guard plan.failure == nil else { return }
    var names: (user: String?, group: String?) = (nil, nil)
    if case .name(let name)? = permission.owner { names.user = name }
    if case .name(let name)? = permission.group { names.group = name }
    if names.user != nil || names.group != nil { plan.rights.append(.owner(user: names.user, group: names.group, paths)) }
  }
}
