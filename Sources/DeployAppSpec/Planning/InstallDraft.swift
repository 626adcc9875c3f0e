/// A plan that is being made, with the facts that show conflicts between its steps.
struct InstallDraft {
  var host: HostState
  var plan = InstallPlan()
  /// The destinations of copies, each with its source.
  var copied: [HostPath: HostPath] = [:]
  var targets: [HostPath] = []
  var made: Set<HostPath> = []
  var makes: [HostPath] = []
  var links: Set<HostPath> = []
  var ruled: Set<HostPath> = []
  /// The folder that was checked last, if no file is in the place of a folder above it. It is kept because the next file is often in the
  /// same folder.
  var free: HostPath?
  /// The folder whose links were noted last.
  private var entered: HostPath?
  /// Whether the plan already fails, so that no further step is added.
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
      host.pass(to: folder)
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
      if destination.parent != entered { host.pass(to: destination) }
      entered = destination.parent
      if landing == .throughLink || kind == .folderLink { host.pass(through: destination) }
      plan.copies.append(InstallPlan.Copy(source: source, destination: destination, isLink: isLink, landing: landing))
    }
  }

  /// Returns a problem if one of the folders above the path is actually a file, or nil if none is.
  private mutating func blocked(_ path: HostPath, _ doing: @autoclosure () -> String) -> SpecProblem? {
    let parent = path.parent
    guard parent != free, !made.contains(parent) else { return nil }
    for folder in path.ancestors {
      let kind = host.kind(of: folder)
      if kind == .file || kind == .fileLink { return SpecProblem(.notDirectory, "\(doing()): \(folder) is no folder") }
      if kind == .absent { break }
    }
    free = parent
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

  /// Returns a problem if the host does not know the user or the group, or nil if it knows both.
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
