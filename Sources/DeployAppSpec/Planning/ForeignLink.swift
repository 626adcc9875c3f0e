/// A symbolic link that users other than root and the deploying user can replace, and that an installation follows to something that it
/// changes. Such a user can lead the installation to any file on the host, and `permissions` would then set that file's owner and mode.
package struct ForeignLink: Sendable, Hashable {
  /// Why other users can replace the link.
  package enum Hold: Sendable, Hashable {
    /// The link belongs to this user.
    case owner(String)
    /// The link is below a folder that belongs to this user.
    case folder(HostPath, of: String)
    /// The link is below a folder to which this group can write.
    case group(String, in: HostPath)
    /// The link is below a world-writable folder.
    case everybody(in: HostPath)
  }
  package var path: HostPath
  /// Where the link leads, through further links.
  package var target: String
  package var hold: Hold

  /// A clause that describes the link, on one line.
  package var sentence: String { clause.replacing("\n", with: "\\n") }

  private var clause: String {
    switch hold {
    case .owner(let user): "\(path) is a link that belongs to \(user) and leads to \(target)"
    case .folder(let folder, of: let user): "\(path), which leads to \(target), is a link below \(folder), which belongs to \(user)"
    case .group(let group, in: let folder):
      "\(path), which leads to \(target), is a link below \(folder), where the group \(group) may write"
    case .everybody(in: let folder): "\(path), which leads to \(target), is a link below \(folder), where everybody may write"
    }
  }

  /// Reads the output of `LinkWatch`. The result has each link only once.
  static func read(_ result: ShellResult) -> [ForeignLink] {
    var answer = result.answer
    guard let words = answer.words(until: LinkWatch.end) else { return [] }
    var links: [ForeignLink] = []
    for start in stride(from: 0, to: words.count - 4, by: 5) {
      let (folder, who) = (HostPath(words[start + 3]), words[start + 2])
      let hold: Hold =
        switch words[start + 1] {
        case "owner": .folder(folder, of: who)
        case "group": .group(who, in: folder)
        case "all": .everybody(in: folder)
        default: .owner(who)
        }
      let link = ForeignLink(path: HostPath(words[start]), target: words[start + 4], hold: hold)
      if !links.contains(where: { $0.path == link.path }) { links.append(link) }
    }
    return links
  }

  /// Returns the lines of a warning about all of these links, or nil if there are none.
  static func warning(_ links: [ForeignLink]) -> String? {
    guard !links.isEmpty else { return nil }
    let rest = links.count - told
    return
      (links.prefix(told).map { $0.sentence + ", and is followed" } + (rest > 0 ? ["and \(rest) more links"] : [])
      + ["  → let root own such links and the folders above them, or have them refused: \(setting)"]).joined(separator: "\n")
  }

  /// Returns the reason why nothing was done, or nil if there is no link.
  static func refusal(_ links: [ForeignLink], _ doing: String) -> SpecProblem? {
    guard !links.isEmpty else { return nil }
    let rest = links.count - told
    let all = links.prefix(told).map(\.sentence) + (rest > 0 ? ["and \(rest) more"] : [])
    return SpecProblem(
      .foreignLink, "\(doing) was refused before it changed anything: \(all.joined(separator: "; "))",
      fix: "let root own the link and the folders above it, or install to the place it leads to; "
        + "without \(setting) links are followed, as the CodeDeploy agent does")
  }

  private static let told = 10
  private static let setting = "foreign_links = \"refuse\" (--refuse-foreign-links)"
}
