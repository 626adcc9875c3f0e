/// An installation as plain values. In this order, it says what is removed, what is made, what is copied, and which rights are set.
package struct InstallPlan: Sendable, Hashable {
  package enum Removal: Sendable, Hashable {
    /// A file or link of the previous revision.
    case file(HostPath)
    /// A folder of the previous revision. It is removed only if nothing is left in it.
    case folder(HostPath)
    case label(HostPath)

    package var path: HostPath {
      switch self {
      case .file(let path), .folder(let path), .label(let path): path
      }
    }
  }

  package struct Copy: Sendable, Hashable {
    /// What is at the destination before the copy.
    package enum Landing: Sendable, Hashable {
      case fresh
      /// A file. It is overwritten in place, so that its other hard links have the new contents too.
      case inPlace
      /// A link. The copy is written to its target.
      case throughLink
      /// A folder. The copy is made inside it.
      case insideFolder
    }
    package var source: HostPath
    package var destination: HostPath
    package var isLink: Bool
    package var landing: Landing
    package init(source: HostPath, destination: HostPath, isLink: Bool = false, landing: Landing = .fresh) {
      self.source = source
      self.destination = destination
      self.isLink = isLink
      self.landing = landing
    }
  }

  package enum Right: Sendable, Hashable {
    case mode(Int, [HostPath])
    case acl(AccessControlList, [HostPath])
    case label(SecurityLabel, [HostPath])
    case owner(user: String?, group: String?, [HostPath])
    /// A link whose target gets the rights. The target has to exist.
    case reachable(HostPath)

    /// Splits a change of mode or owner into two parts: one for the paths that meet a condition, and one for all others. A part is nil if
    /// it has no paths.
    func split(where isTrue: (HostPath) -> Bool) -> (Right?, Right?) {
      func both(_ paths: [HostPath], _ right: ([HostPath]) -> Right) -> (Right?, Right?) {
        let (some, others) = (paths.filter(isTrue), paths.filter { !isTrue($0) })
        return (some.isEmpty ? nil : right(some), others.isEmpty ? nil : right(others))
      }
      return switch self {
      case .mode(let mode, let paths): both(paths) { .mode(mode, $0) }
      case .owner(let user, let group, let paths): both(paths) { .owner(user: user, group: group, $0) }
      case .acl, .label, .reachable: (nil, self)
      }
    }
  }

  package var removals: [Removal] = []
  package var folders: [HostPath] = []
  package var copies: [Copy] = []
  package var rights: [Right] = []
  /// The list of what the next installation removes.
  package var cleanup = CleanupList()
  /// The links through which the paths of changed files and folders lead.
  package var passedLinks: [HostPath] = []
  /// The links that are removed before any change can go through them.
  package var takenLinks: Set<HostPath> = []
  /// The problem that makes the installation fail after all of these steps, or nil if there is none. It is known before the installation
  /// begins.
  package var failure: SpecProblem?

  package init() {}

  /// A line for each step, for people.
  package var lines: [String] {
    var lines: [String] = removals.map { removal in
      switch removal {
      case .file(let path): "remove \(path)"
      case .folder(let path): "remove \(path)/ if it is empty"
      case .label(let path): "remove the label of \(path)"
      }
    }
    lines += folders.map { "mkdir \($0)" }
    lines += copies.map { "copy \($0.source) to \($0.destination)" }
    for right in rights {
      switch right {
      case .mode(let mode, let paths): lines += paths.map { "chmod \(String(mode, radix: 8)) \($0)" }
      case .acl(let acl, let paths): lines += paths.map { "setfacl \(acl.entries.map(\.text).joined(separator: ",")) \($0)" }
      case .label(let label, let paths): lines += paths.map { "context \(label.type) \($0)" }
      case .owner(let user, let group, let paths): lines += paths.map { "chown \(user ?? "")\(group.map { ":" + $0 } ?? "") \($0)" }
      case .reachable: continue
      }
    }
    if let failure { lines.append("fail: \(failure.message)") }
    return lines
  }
}
