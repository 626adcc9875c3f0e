import DeployDesk
import DeployModel
import Foundation
import Glibc

/// Finds plugins in git repositories and in folders.
struct PluginRepositories: PluginSources {
  /// The project's folder. Relative sources start there.
  let folder: String

  func offers(of source: String) throws(Problem) -> [PluginOffer] {
    guard let address = try address(of: source) else { return [PluginOffer()] }
    let listed = try git(["ls-remote", "--quiet", "--", address], source)
    var commits: [String: String] = [:]
    for line in listed.lines {
      let parts = line.parts(at: "\t", most: 1).map(String.init)
      guard parts.count == 2, parts[0].utf8.count >= 40 else { continue }
      // The line with the commit of an annotated tag follows the line of the tag itself.
      commits[parts[1].hasSuffix("^{}") ? String(parts[1].dropLast(3)) : parts[1]] = parts[0]
    }
    var tagged: [(version: PluginVersion, offer: PluginOffer)] = []
    for ref in commits.keys.sorted() where ref.hasPrefix("refs/tags/") {
      let name = ref.dropFirst("refs/tags/".count)
      guard let version = PluginVersion(String(name.hasPrefix("v") ? name.dropFirst() : name)) else { continue }
      tagged.append((version, PluginOffer(version: version, commit: commits[ref], ref: ref)))
    }
    if !tagged.isEmpty { return tagged.sorted { $0.version > $1.version }.map(\.offer) }
    guard let commit = commits["HEAD"] else { throw Problem("\(source) has no commit", fix: "push one, and a tag such as v1.0.0") }
    return [PluginOffer(commit: commit, ref: "HEAD")]
  }

  func tree(of source: String, _ offer: PluginOffer) throws(Problem) -> PluginTree {
    guard let commit = offer.commit else { return try folderTree(source) }
    guard let address = try address(of: source) else {
      throw Problem("\(source) was a git repository, and is a folder now", fix: "add it again: lander plugin add \(source)")
    }
    let scratch = try Self.scratch()
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    _ = try git(["init", "--quiet", "--bare", "--template=", scratch], source)
    try fetch(commit, offer, from: address, into: scratch, source)
    return try read(commit, in: scratch, source)
  }

  /// Returns the address that git understands, or nil if the source is a folder without a repository.
  private func address(of source: String) throws(Problem) -> String? {
    if source.contains("://") { return source }
    let path = Folder.absolute(source, in: folder)
    if Folder.exists(path + "/.git") || Folder.exists(path + "/HEAD") && Folder.isDirectory(path + "/objects") { return path }
    if Folder.isDirectory(path) { return nil }
    if Folder.exists(path) {
      throw Problem("\(source) is a file, and a folder or a git repository was expected", fix: "name the folder that has the plugin.lua")
    }
    // `git@host:path` is an address and not a path on this machine.
    if let colon = source.firstIndex(of: ":"), !source[..<colon].contains("/") { return source }
    throw Self.missing(path)
  }

  private static func missing(_ path: String) -> Problem {
    Folder.missing(path, subject: "source", fix: "name a folder that has a plugin.lua, or the URL of a git repository")
  }

  private func folderTree(_ source: String) throws(Problem) -> PluginTree {
    let path = Folder.absolute(source, in: folder)
    guard let tree = try PluginFolder(path: path).tree() else { throw Self.missing(path) }
    return tree
  }

  /// Fetches one commit: by its ref, by its own id, or by the tag of its version.
  private func fetch(_ commit: String, _ offer: PluginOffer, from address: String, into scratch: String, _ source: String) throws(Problem) {
    let tags = offer.version.map { ["refs/tags/v\($0)", "refs/tags/\($0)"] } ?? []
    var said = ""
    for wanted in [offer.ref, commit].compactMap({ $0 }) + tags + ["HEAD"] {
      let words = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", address, wanted]
      let ended = try PluginGit.run(["-C", scratch] + words)
      if ended.status != 0, said.isEmpty { said = ended.said }
      if ended.status == 0, try PluginGit.run(["-C", scratch, "cat-file", "-e", "\(commit)^{commit}"]).status == 0 { return }
    }
    throw Problem(
      "\(source) does not give commit \(commit.prefix(12))" + (said.isEmpty ? "" : ": \(said)"),
      fix: "ask the repository's owner whether the commit is gone; lander plugin vendor keeps plugins with the project")
  }

  private func read(_ commit: String, in scratch: String, _ source: String) throws(Problem) -> PluginTree {
    let listed = try git(["-C", scratch, "ls-tree", "-r", "-z", "-l", "--full-tree", commit], source)
    var entries: [(path: String, isExecutable: Bool, blob: String)] = []
    var bytes = 0
    for line in String(decoding: listed.out, as: UTF8.self).parts(at: "\0") {
      let halves = line.parts(at: "\t", most: 1).map(String.init)
      let words = halves[0].parts(at: " ").map(String.init)
      guard halves.count == 2, words.count == 4 else { throw Problem("git lists the files of \(source) in a form that is not known") }
      if PluginFolder.ignores(halves[1]) { continue }
      guard words[0] == "100644" || words[0] == "100755" else {
        let what = words[0] == "120000" ? "a link" : words[0] == "160000" ? "a submodule" : "no file"
        throw Problem("\(halves[1]) of \(source) is \(what), and a plugin holds files only", fix: "put the files themselves there")
      }
      bytes += Int(words[3]) ?? 0
      entries.append((halves[1], words[0] == "100755", words[2]))
    }
    guard entries.count <= PluginTree.mostFiles, bytes <= PluginTree.mostBytes else {
      throw Problem("\(source) is too large for a plugin: \(PluginTree.mostFiles) files, \(PluginTree.mostBytes >> 20) MiB")
    }
    let input = Array(entries.map { $0.blob + "\n" }.joined().utf8)
    var rest = try PluginGit.run(["-C", scratch, "cat-file", "--batch"], input: input).out[...]
    var files: [PluginTree.File] = []
    for entry in entries {
      guard let end = rest.firstIndex(of: 10),
        let size = Int(String(decoding: rest[..<end], as: UTF8.self).split(separator: " ").last ?? ""), size >= 0,
        rest.endIndex - end > size + 1
      else { throw Problem("git does not give \(entry.path) of \(source)") }
      files.append(PluginTree.File(entry.path, isExecutable: entry.isExecutable, bytes: Array(rest[(end + 1)..<(end + 1 + size)])))
      rest = rest[(end + size + 2)...]
    }
    return try PluginTree(files)
  }

  private func git(_ words: [String], _ source: String) throws(Problem) -> PluginGit.Ended {
    let ended = try PluginGit.run(words)
    guard ended.status == 0 else {
      throw Problem(
        "git cannot read \(source): \(ended.said)",
        fix: "try it by hand: git ls-remote \(source); logins that ask for a password do not work here")
    }
    return ended
  }

  private static func scratch() throws(Problem) -> String {
    var name = Array((Folder.temporary + "/lander-plugin-XXXXXX").utf8CString)
    guard mkdtemp(&name) != nil else { throw Problem("no temporary folder could be made", fix: "check TMPDIR and its free space") }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
