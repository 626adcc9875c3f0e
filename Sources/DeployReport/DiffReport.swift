package import DeployModel

/// What a deployment would change: the commits and files, separately for each revision that hosts run now.
package struct DiffReport: Sendable {
  /// Hosts that run the same revision, and what would change there.
  package struct Part: Sendable {
    package var hosts: [String]
    package var release: Release.ID?
    package var commit: Commit?
    package var changes: CommitRange?
    /// The changed files, each with its kind of change, or nil if unknown.
    package var files: [(kind: String, path: String)]?
    package init(
      hosts: [String], release: Release.ID?, commit: Commit?, changes: CommitRange?, files: [(kind: String, path: String)]?
    ) {
      self.hosts = hosts
      self.release = release
      self.commit = commit
      self.changes = changes
      self.files = files
    }
  }
  private let title: String
  private let commit: Commit
  private let parts: [Part]
  /// Names of hosts that did not answer.
  private let away: [String]
  /// The largest number of files, and the largest number of commits, that are listed. The JSON has more.
  private static let (mostFiles, mostCommits) = (40, 20)

  /// - Parameters:
  ///   - title: the recipe and the group, such as `web on production`.
  ///   - commit: the commit that would be deployed.
  package init(_ title: String, to commit: Commit, _ parts: [Part], away: [String]) {
    (self.title, self.commit, self.parts, self.away) = (title, commit, parts, away)
  }

  /// Returns the report's lines.
  package func lines(on surface: Surface) -> [String] {
    var lines = [surface.paint(SafeText.line(title), .strong) + ": to commit \(commit.words)"]
    for part in parts { lines += self.lines(part, surface) }
    if !away.isEmpty { lines += ["", "  " + surface.paint("Not asked, unreachable", .bad) + ": \(named(away))"] }
    return surface.terminal ? lines.flatMap { $0.folded(to: surface.width) } : lines
  }

  private func lines(_ part: Part, _ surface: Surface) -> [String] {
    let hosts = "\(part.hosts.count.of("host")) (\(named(part.hosts)))"
    let verb = part.hosts.count == 1 ? "runs" : "run"
    guard let old = part.commit else {
      let what = part.release.map { "release \($0), and nobody knows from which commit" } ?? "nothing"
      return ["", "  \(hosts) \(verb) \(what)"]
    }
    var lines = ["", "  \(hosts) \(verb) commit \(old.words)"]
    if old.id == commit.id { return lines + ["    The same commit: nothing would change."] }
    guard let changes = part.changes else {
      return lines + ["    What is between the two is not known here: git fetch brings commits that are missing."]
    }
    lines.append("    \(changes.words)")
    lines += changes.newest.prefix(Self.mostCommits).map {
      "      \($0.id.prefix(7))  \(SafeText.line($0.subject)) (\(SafeText.line($0.author)))"
    }
    if changes.total > Self.mostCommits { lines.append("      and \((changes.total - Self.mostCommits).grouped) more") }
    guard let files = part.files else { return lines }
    lines.append("    \(files.count.of("file")) of the working copy \(files.count == 1 ? "differs" : "differ")")
    lines += files.prefix(Self.mostFiles).map { "      \($0.kind.padded(to: 7))  \(SafeText.line($0.path))" }
    if files.count > Self.mostFiles { lines.append("      and \((files.count - Self.mostFiles).grouped) more") }
    return lines
  }

  private func named(_ hosts: [String]) -> String { hosts.prefix(8).joined(separator: " ") + (hosts.count > 8 ? " …" : "") }

  /// The report as data for programs.
  package var value: Value {
    let rows = parts.map { part in
      JSON.record([
        ("hosts", .list(part.hosts.map { .text($0) })), ("release", part.release.map { .text($0.rawValue) }),
        ("commit", part.commit?.value),
        ("same", .bool(part.commit?.id == commit.id)), ("changes", part.changes?.value),
        ("files", part.files.map { .list($0.map { JSON.record([("kind", .text($0.kind)), ("path", .text($0.path))]) }) }),
      ])
    }
    return JSON.record([("to", commit.value), ("from", .list(rows)), ("unreachable", .list(away.map { .text($0) }))])
  }
}
