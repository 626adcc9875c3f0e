/// The mode and owner that copies get while they are made, so that thousands of files need no second step.
struct Stamp: Hashable {
  private(set) var mode: Int?
  private(set) var user: String?
  private(set) var group: String?

  /// Returns the stamps of a plan's copies. A path that gets set-ID bits has no stamp, because the agent sets the mode first and a change
  /// of owner then removes these bits.
  static func all(of plan: InstallPlan) -> [HostPath: Stamp] {
    var stamps: [HostPath: Stamp] = [:]
    var others: [HostPath] = []
    for right in plan.rights {
      switch right {
      case .mode(let mode, let paths):
        if mode & 0o6000 != 0 { others += paths }
        for path in paths { stamps[path, default: Stamp()].mode = mode }
      case .owner(let user, let group, let paths):
        if !isPlain(user) || !isPlain(group) { others += paths }
        for path in paths {
          stamps[path, default: Stamp()].user = user
          stamps[path, default: Stamp()].group = group
        }
      case .acl, .label, .reachable: continue
      }
    }
    for path in others { stamps[path] = nil }
    return stamps
  }

  /// Returns whether `tar` takes a name as one word, and as a name rather than a number.
  private static func isPlain(_ name: String?) -> Bool {
    guard let name else { return true }
    return name.first?.isLetter == true && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"*?[]\\':+".utf8.contains($0) }
  }

  /// The options for the `tar` that packs. A change of owner removes set-ID bits. There is one exception, which is not imitated here: if
  /// the group cannot execute the file, Linux keeps the set-group-ID bit, because this combination once marked files for locking.
  var options: String {
    var options = mode.map { ["--mode=0" + String($0, radix: 8)] } ?? ["--mode=ug-s"]
    if let user { options.append("--owner=" + user) }
    if let group { options.append("--group=" + group) }
    return options.joined(separator: " ")
  }
}
