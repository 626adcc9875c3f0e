import DeployCore
import DeployDesk
import DeployModel
import DeployStore

/// Commits of a working copy, from git. If git cannot answer something, it counts as unknown, and no deployment is refused because of that.
struct GitHistory: VersionControl {
  let machine: any EngineMachine

  func commit(_ ref: String?, in folder: String) async -> Commit? {
    let wanted = ref ?? "HEAD"
    guard !wanted.hasPrefix("-"), !wanted.isEmpty else { return nil }
    // The fields are separated by a byte that no field contains.
    let format = "--format=%H%x1f%ct%x1f%D%x1f%s"
    guard let said = await git(["log", "-1", "--decorate=full", format, wanted, "--"], in: folder) else { return nil }
    let fields = said.parts(at: "\u{1f}", keepingEmpty: true).map(String.init)
    guard fields.count == 4, Commit.isWhole(fields[0]) else { return nil }
    var commit = Commit(
      id: fields[0], subject: Provenance.line(fields[3], limit: 200),
      at: Int(fields[1]).map { Timestamp(milliseconds: $0.times(1000)) })
    for name in fields[2].parts(at: ",") {
      let name = Provenance.line(String(name), limit: 200) ?? ""
      if name.hasPrefix("HEAD -> refs/heads/"), ref == nil { commit.branch = String(name.dropFirst(19)) }
      if name.hasPrefix("tag: refs/tags/"), commit.tag == nil { commit.tag = String(name.dropFirst(15)) }
      if let ref, name.hasSuffix("refs/heads/\(ref)") { commit.branch = ref }
    }
    if ref == nil {
      commit.isDirty = await git(["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all"], in: folder).map {
        !$0.isEmpty
      }
    }
    return commit
  }

  func changes(from old: String, to new: String, in folder: String) async -> CommitRange? {
    guard Commit.isWhole(old), Commit.isWhole(new) else { return nil }
    let format = ["log", "--format=%H%x1f%an%x1f%s", "--max-count=\(CommitRange.counted)"]
    guard let said = await git(format + ["\(old)..\(new)", "--"], in: folder) else { return nil }
    let lines = said.fullLines.compactMap { line -> CommitRange.Line? in
      let fields = line.parts(at: "\u{1f}", keepingEmpty: true).map(String.init)
      guard fields.count == 3, Commit.isWhole(fields[0]) else { return nil }
      return CommitRange.Line(
        id: fields[0], author: Provenance.line(fields[1], limit: 100) ?? "", subject: Provenance.line(fields[2], limit: 200) ?? "")
    }
    let lost = await git(["log", "--format=%H", "--max-count=1", "\(new)..\(old)", "--"], in: folder) ?? ""
    guard !lines.isEmpty || !lost.isEmpty else { return nil }
    return CommitRange(from: old, total: lines.count, newest: Array(lines.prefix(CommitRange.listed)), isBack: !lost.isEmpty)
  }

  func files(from old: String, to new: String, in folder: String) async -> [ChangedFile]? {
    guard Commit.isWhole(old), Commit.isWhole(new),
      let said = await git(["diff", "--name-status", "--no-renames", "--relative", "-z", old, new, "--", "."], in: folder)
    else { return nil }
    // Letters and paths alternate, each followed by a zero byte, because a path can contain any other byte.
    let fields = said.parts(at: "\u{0}", keepingEmpty: true).map(String.init)
    let pairs = stride(from: 0, to: fields.count - 1, by: 2).prefix(ChangedFile.most)
    return pairs.map { index in
      let kind: ChangedFile.Kind = fields[index] == "A" ? .added : fields[index] == "D" ? .removed : .changed
      return ChangedFile(kind, fields[index + 1])
    }
  }

  /// The time limit of git. A deployment does not wait longer than this for information that is only displayed.
  private static let limit = Interval.seconds(10)

  /// Returns git's output, or nil if git is missing, fails, or takes too long.
  private func git(_ words: [String], in folder: String) async -> String? {
    guard Folder.isDirectory(folder) else { return nil }
    let program = Program(["git", "-C", folder, "-c", "log.showSignature=false", "--no-optional-locks"] + words, in: folder)
    guard let ended = try? await Programs.runner(on: machine, limit: Self.limit)(program), ended.status == 0 else { return nil }
    return ended.stdout
  }
}
