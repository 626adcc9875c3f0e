import DeployGround
package import DeployModel
import Glibc

extension Program {
  /// Runs a program and waits until the program ends. Throws if the program cannot be started.
  package typealias Runner = @Sendable (Program) async throws(Failure) -> Ended
}

extension DirectoryBundleStore {
  /// Builds a revision and packs it into a bundle.
  /// - Parameters:
  ///   - project: the folder to which the revision's paths are relative, and in which the build command runs.
  ///   - run: runs the build command and git.
  /// - Throws: an error that lists everything that is wrong with the revision. Each problem states its path.
  package func build(_ revision: Revision, in project: String, run: Program.Runner) async throws(Problems) -> BuiltBundle {
    do {
      if let command = revision.build { try await runBuild(command, in: project, run) }
      let lock = try await BundleLock(in: state.bundles, exclusive: false)
      defer { lock.release() }
      var tree = Tree(limits: limits)
      tree.linksLeave = revision.linksLeave ?? false
      let intake = ContentIntake(blobs)
      let source = try await pack(revision, in: project, run, intake, into: &tree)
      let manifest = try tree.manifest(of: source)
      try intake.finish()
      let bundle = Bundle(digest: manifest.digest, files: manifest.files, bytes: manifest.bytes, source: source)
      try put(manifest, of: bundle)
      var warnings = tree.warnings
      if case .path(let path) = revision.source, let warning = try takeSignature(beside: Self.join(project, path), of: bundle.digest) {
        warnings.append(warning)
      }
      return BuiltBundle(bundle: bundle, manifest: manifest, warnings: warnings)
    } catch let problems as Problems {
      throw Problems(problems.list.map { Self.located($0, revision) }, exit: problems.exit)
    } catch let failure as Failure {
      throw Problems(
        Self.located(Problem(failure.message, fix: failure.fix), revision),
        exit: [.corrupt, .invalid, .missing, .failed].contains(failure.kind) ? .usage : .infrastructure)
    } catch {
      throw Problems(Self.located(Problem("the bundle cannot be built: \(error)"), revision), exit: .internal)
    }
  }

  private static func located(_ problem: Problem, _ revision: Revision) -> Problem {
    var problem = problem
    problem.place = problem.place ?? revision.place
    return problem
  }

  private func runBuild(_ command: String, in project: String, _ run: Program.Runner) async throws(Failure) {
    let ended = try await run(Program(["sh", "-c", command], in: project))
    guard ended.status != 0 else { return }
    let said = Self.lastLines(ended.stderr.isEmpty ? ended.stdout : ended.stderr)
    throw Failure(
      .failed, "the build command `\(command)` ended with status \(ended.status)" + (said.isEmpty ? "" : ":\n\(said)"),
      fix: "run it in \(project) and fix what it says")
  }

  /// Returns the last 20 lines of a string, indented.
  private static func lastLines(_ text: String) -> String {
    text.fullLines.suffix(20).map { "  " + $0 }.joined(separator: "\n")
  }

  /// Packs the source of the revision, and returns a description of the source.
  private func pack(
    _ revision: Revision, in project: String, _ run: Program.Runner, _ intake: ContentIntake, into tree: inout Tree
  ) async throws -> String {
    var rules = IgnoreRules(revision.ignore)
    try addIgnoreFile(of: project, to: &rules)
    switch revision.source {
    case .git(let ref, let repository):
      return try await packGit(ref, of: Self.join(project, repository), folder: revision.folder, rules, run, intake, into: &tree)
    case .path(let path):
      let place = Self.join(project, path)
      guard let file = try? OpenFile(place, O_RDONLY | O_NONBLOCK) else {
        throw Problems(missing(path, at: place, isBuilt: revision.build != nil))
      }
      switch try file.status().kind {
      case .directory:
        // The build command might have created the paths, so it is known only now where a relative path or a link leads.
        if let system = Disk.realPath(place).flatMap(SystemFolder.refusal(ofBundle:)) { throw Problems(system) }
        if Self.clean(place) != Self.clean(project) { try addIgnoreFile(of: place, to: &rules) }
        // The size is checked before the first byte is copied, because a home folder that somebody named by mistake would fill the disk.
        if let problem = FolderSize(of: place, without: rules, limits: limits).problem(of: path) { throw Problems(problem) }
        FolderPacking(root: place, rules: rules, intake: intake).pack(into: &tree)
        if let modules = try? Disk.read("\(place)/.gitmodules", limit: 1 << 20) {
          tree.warnOfSubmodules(String(decoding: modules, as: UTF8.self))
        }
      case .file: try packArchive(file, named: path, rules, intake, into: &tree)
      default: throw Problems(Problem("a bundle is made of a folder or an archive; this is neither", subject: path))
      }
      return path
    }
  }

  private func addIgnoreFile(of folder: String, to rules: inout IgnoreRules) throws(Failure) {
    let path = "\(folder)/.landerignore"
    guard Disk.exists(path) else { return }
    rules.add(file: String(decoding: try Disk.read(path, limit: 1 << 20), as: UTF8.self))
  }

  private func missing(_ path: String, at place: String, isBuilt: Bool) -> Problem {
    let parts = place.pathParts
    let folder = "/" + parts.dropLast().joined(separator: "/")
    if Disk.exists(place) { return Problem("the bundle's source cannot be read", subject: path, fix: "chmod -R u+rX '\(place)'") }
    let near = parts.last.flatMap { NearMatch.of(String($0), among: Disk.ownNames(in: folder)) }
    let fix: String
    if let near {
      fix = "did you mean \"\(near)\"?"
    } else if isBuilt {
      fix = "the build command ran but did not make it: look where it writes"
    } else {
      fix = "make it first, or let lander do so: bundle { from = \"\(path)\", build = \"…\" }"
    }
    return Problem("the bundle's source \"\(path)\" is not there", subject: path, fix: fix)
  }

  static func join(_ folder: String, _ path: String) -> String {
    path == "." ? folder : path.isAbsolutePath ? path : "\(folder)/\(path)"
  }

  private static func clean(_ path: String) -> [Substring] { path.pathParts.filter { $0 != "." } }

  /// Writes the manifest first and then the description, so that a bundle with a description is complete.
  func put(_ manifest: Manifest, of bundle: Bundle) throws(Failure) {
    let path = "\(manifests)/\(bundle.digest.hex)"
    let text = Array(manifest.text.utf8)
    if Disk.status(path)?.size != text.count || (try? storedManifest(bundle.digest)) == nil { try Disk.write(text, to: path) }
    let description = StoredBundle(bundle: bundle, at: WallClock.now)
    guard let json = try? CompactJSON.encode(description) else { return }
    try Disk.write(json, to: "\(path).json")
  }
}
