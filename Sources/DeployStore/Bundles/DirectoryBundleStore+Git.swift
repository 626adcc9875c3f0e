import DeployModel
import Glibc

/// Packs commits of local repositories.
extension DirectoryBundleStore {
  /// Packs a commit as `git archive` does: only tracked files, without the files that `export-ignore` leaves out.
  /// - Parameter folder: the folder in the commit, relative to the repository's folder, or nil to pack everything that the commit contains
  ///   in the repository's folder.
  /// - Returns: the ref and the commit, in words.
  /// - Throws: an error that lists the path of everything that the commit contains only as a reference: submodules, and files of git LFS.
  func packGit(
    _ ref: String, of repository: String, folder: String?, _ rules: IgnoreRules, _ run: Program.Runner, _ intake: ContentIntake,
    into tree: inout Tree
  ) async throws -> String {
    guard !ref.isEmpty, ref.utf8.first != UInt8(ascii: "-") else {
      throw Problems(Problem("\"\(ref)\" is no git ref", subject: "git:\(ref)", fix: "name a branch, a tag or a commit"))
    }
    let found = try await run(Program(["git", "-C", repository, "rev-parse", "--verify", "--quiet", "\(ref)^{commit}"], in: repository))
    let commit = String(found.stdout.prefix { $0.isHexDigit })
    guard found.status == 0, commit.count >= 40 else { throw Problems(try await unknownRef(ref, repository, run, found.stderr)) }
    let (top, inside) = try await place(repository, folder, run)
    let wanted = inside.isEmpty ? commit : "\(commit):\(inside)"
    if !inside.isEmpty {
      let kind = try await run(Program(["git", "-C", top, "cat-file", "-t", wanted], in: top))
      guard kind.status == 0, kind.stdout.hasPrefix("tree") else {
        throw Problems(
          Problem(
            "the commit has no folder \(folder ?? inside)", subject: "git:\(ref)",
            fix: "git -C '\(repository)' ls-tree \(commit.prefix(7)) shows what it has; the recipe's from is what is packed"))
      }
    }
    let scratch = blobs.scratchName()
    defer { unlink(scratch) }
    // Without this setting, the modes would depend on the git configuration of the person who builds.
    let argv = ["git", "-C", top, "-c", "tar.umask=0022", "archive", "--format=tar", "--output", scratch, wanted]
    let ended = try await run(Program(argv, in: top))
    guard ended.status == 0, let file = try? OpenFile(scratch, O_RDONLY) else {
      throw Failure(.failed, "git archive of \(ref) ended with status \(ended.status): \(ended.stderr)")
    }
    let source = "git \(ref) (\(commit.prefix(7)))" + (folder.map { " \($0)" } ?? "")
    try packArchive(file, named: source, rules, intake, into: &tree)
    try await refuseSubmodules(of: wanted, in: top, run, &tree)
    tree.refusesPointers = true
    return source
  }

  /// Returns the repository's top folder, and the path of the requested folder below it. An empty path means the top folder itself.
  private func place(_ repository: String, _ folder: String?, _ run: Program.Runner) async throws -> (top: String, inside: String) {
    func said(_ option: String) async throws -> String {
      let ended = try await run(Program(["git", "-C", repository, "rev-parse", option], in: repository))
      guard ended.status == 0 else { return "" }
      return String(ended.stdout.parts(at: "\n", keepingEmpty: true).first ?? "")
    }
    let top = try await said("--show-toplevel")
    // A bare repository has no top folder, so its own folder counts as one.
    guard !top.isEmpty else { return (repository, folder ?? "") }
    let prefix = try await said("--show-prefix")
    var parts = prefix.pathParts.map(String.init)
    for part in (folder ?? "").pathParts where part != "." {
      if part != ".." {
        parts.append(String(part))
      } else if parts.popLast() == nil {
        throw Problems(Problem("from = \"\(folder ?? "")\" leads out of the repository \(top)", subject: "--revision"))
      }
    }
    return (top, parts.joined(separator: "/"))
  }

  /// Refuses submodules. A submodule is a reference to a commit of another repository, and `git archive` turns it into an empty folder. git
  /// has no other empty folders, so only empty folders are checked.
  private func refuseSubmodules(of wanted: String, in top: String, _ run: Program.Runner, _ tree: inout Tree) async throws {
    var rest = tree.emptyFolders[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(100))
      rest = rest.dropFirst(100)
      let listed = try await run(Program(["git", "-C", top, "ls-tree", "--full-tree", "-z", wanted, "--"] + some, in: top))
      guard listed.status == 0 else { throw Failure(.failed, "git ls-tree ended with status \(listed.status): \(listed.stderr)") }
      for line in listed.stdout.parts(at: "\0") where line.hasPrefix("160000 ") {
        guard let name = line.parts(at: "\t", most: 1).last else { continue }
        tree.refuse(
          String(name), "is a git submodule: the commit has only its name, and hosts would get an empty folder",
          fix: "check it out (git submodule update --init) and deploy the folder with from, or leave it out with ignore")
      }
    }
  }

  private func unknownRef(_ ref: String, _ repository: String, _ run: Program.Runner, _ said: String) async throws(Failure) -> Problem {
    let list = try await run(Program(["git", "-C", repository, "for-each-ref", "--format=%(refname:short)"], in: repository))
    guard list.status == 0 else {
      let why = list.stderr.fullLines.first ?? ""
      return Problem(
        "git cannot read the repository: \(why)", subject: repository,
        fix: "name the folder of a local clone: git -C '\(repository)' status")
    }
    let near = NearMatch.of(ref, among: list.stdout.fullLines.map(String.init))
    return Problem(
      "git knows no commit \"\(ref)\"", subject: "git:\(ref)",
      fix: near.map { "did you mean \"\($0)\"?" } ?? "fetch it first: git -C '\(repository)' fetch --tags")
  }
}
