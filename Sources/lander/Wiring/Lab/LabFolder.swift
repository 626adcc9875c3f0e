import DeployDesk
import DeployGround
import DeployHosts
import DeployModel
import DeployStore
import FoundationEssentials
import Glibc

/// The private temporary folder of a lab: its state folder, its throwaway hosts, and the programs that stand in for others.
struct LabFolder: LabGround {
  let folder: String
  /// The environment variable that marks the processes of this lab.
  static let mark = "LANDER_LAB"

  /// - Throws: `Problem` if the folder cannot be made.
  init() throws(Problem) {
    if EarlyEnd.isUnderWay { throw Problem("the command is ending") }
    let base = Folder.real(Folder.temporary)
    if let doubt = LabHosts.doubt(of: base) { throw doubt }
    var template = Array("\(base)/lander-lab-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      let reason = String(cString: strerror(errno))
      throw Problem("no temporary folder can be made in \(base): \(reason)", fix: "make room there, or set TMPDIR")
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(Problem) {
      for name in ["hosts", "bin", "revisions"] { try Self.make("\(folder)/\(name)") }
      for (name, text) in LabPrograms(folder: folder).all {
        try Folder.write(text, to: "\(folder)/bin/\(name)")
        chmod("\(folder)/bin/\(name)", 0o700)
      }
    } catch {
      removeUnused()
      throw error
    }
  }

  /// Makes a folder. If a signal is already ending the command, nothing is made, because nobody would remove it.
  private static func make(_ path: String) throws(Problem) {
    if EarlyEnd.isUnderWay { throw Problem("the command is ending") }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch { throw Problem("\(path) cannot be made: \(String(cString: strerror(errno)))", fix: "make room there, or set TMPDIR") }
  }

  var state: String { folder + "/state" }

  /// Makes the folders of a host.
  func add(_ host: String) throws(Problem) {
    let root = LabHosts.root(of: host, below: folder)
    for path in [root, root + "/tmp", root + "/home"] { try Self.make(path) }
  }

  /// The variables of every command of the lab, on hosts and on the engine's machine.
  var settings: [(String, String)] {
    [(Self.mark, folder), ("PATH", "\(folder)/bin:\(Folder.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin")")]
  }

  /// Returns the whole environment of a shell on a host.
  /// - Parameter root: the root folder of the host.
  func environment(below root: String) -> [String] {
    let names = ["USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TERM"]
    let kept = Spawn.environment { names.contains($0) || $0.hasPrefix("LC_") }
    return kept + ["HOME=\(root)/home", "TMPDIR=\(root)/tmp"] + settings.map { "\($0.0)=\($0.1)" }
  }

  func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  func real(_ path: String) -> String? {
    var (known, rest) = (path, "")
    while !exists(known), known.utf8.count > 1 { (known, rest) = (Folder.parent(of: known), "/" + Folder.name(of: known) + rest) }
    guard let found = realpath(known, nil) else { return nil }
    defer { free(found) }
    return String(cString: found) + rest
  }

  /// Checks that commands get the stand-ins in place of the real programs.
  /// - Throws: an error that says why they would not get them. In that case, nothing is allowed to run in this lab.
  func verify() async throws(Problem) {
    let answer = try await start(
      ["env", "-i"] + environment(below: folder) + ["sh", "-c", LabPrograms(folder: folder).question], limit: .seconds(30))
    guard answer.status != 0 else { return }
    let said = answer.stderr.fullLines.last.map { ": \($0)" } ?? ""
    throw Problem(
      "the programs that stand in for ssh, sudo and systemctl cannot run in \(folder)\(said)", subject: "TMPDIR",
      fix: "set TMPDIR to a folder whose file system is not mounted with noexec")
  }

  func makeParent(of path: String) throws(Failure) {
    do { try Self.make(Folder.parent(of: path)) } catch { throw Failure(.notPermitted, error.message, fix: error.fix) }
  }

  func unpack(_ archive: String, adding file: String, text: String) async throws(Problems) -> String {
    let path = "\(folder)/revisions/\((Folder.names(in: folder + "/revisions")).count + 2)"
    do throws(Problem) {
      try Self.make(path)
      let ended = try await start(["tar", "-xzf", archive, "-C", path], limit: .minutes(10))
      guard ended.status == 0 else { throw Problem("the bundle cannot be unpacked: \(ended.stderr)", fix: "make room in \(folder)") }
      try Folder.write(text, to: "\(path)/\(file)")
    } catch { throw Problems(error, exit: .infrastructure) }
    return path
  }

  func run(_ line: String, on host: String, limit: Interval) async throws(Problems) -> LabAnswer {
    let root = LabHosts.root(of: host, below: folder)
    do throws(Problem) {
      let shell = ["sh", "-c", "cd \"$0\" && eval \"$1\"", root, line]
      return try await start(["env", "-i"] + environment(below: root) + shell, limit: limit)
    } catch { throw Problems(error) }
  }

  private func start(_ argv: [String], limit: Interval) async throws(Problem) -> LabAnswer {
    let machine = EngineProcesses(directory: folder, vault: Vault(SecretProviders([])), settings: settings)
    let run = Programs.runner(on: machine, limit: limit)
    do throws(Failure) {
      let ended = try await run(Program(argv, in: folder))
      await machine.close()
      return LabAnswer(status: ended.status, stdout: ended.stdout, stderr: ended.stderr)
    } catch {
      await machine.close()
      throw error.problem()
    }
  }

  /// The names of the lab's programs that were called in place of others.
  var standIns: [String] {
    let called = lines(of: "calls")
    return LabPrograms.names.filter(called.contains)
  }

  /// The service units that a stand-in assumed to be running because nothing had started or stopped them before.
  var assumed: [String] { lines(of: "assumed") }

  private func lines(of name: String) -> [String] {
    let text = (try? Folder.text(at: "\(folder)/\(name)", isLoose: true)) ?? nil
    return (text ?? "").fullLines.map { String($0) }
  }

  /// Ends all processes that have the mark of this lab or work in its folder. They get TERM and, after two seconds, KILL.
  func endProcesses() async {
    for process in processes { kill(process, SIGTERM) }
    // A listed process might have started another one after the search, so two searches in a row must find nothing.
    var quiet = 0
    for turn in 0..<60 where quiet < 2 {
      let left = processes
      quiet = left.isEmpty ? quiet + 1 : 0
      if turn >= 20 { for process in left { kill(process, SIGKILL) } }
      try? await Task.sleep(for: .milliseconds(quiet > 0 ? 20 : 100))
    }
  }

  private var processes: Set<pid_t> {
    Set(MarkedProcesses.ids(with: "\(Self.mark)=\(folder)") + MarkedProcesses.ids(in: folder))
  }

  /// Removes the folder with everything in it. Folders that commands made unwritable are made writable first. Something might still write
  /// to the folder meanwhile, so this tries again for up to two seconds.
  func remove() async {
    for _ in 0..<20 {
      try? FileManager.default.removeItem(atPath: folder)
      if !exists(folder) { return }
      open(below: folder)
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Removes the folder if nothing has run in it yet.
  func removeUnused() { try? FileManager.default.removeItem(atPath: folder) }

  private func open(below path: String) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
    chmod(path, 0o700)
    for name in Folder.names(in: path) { open(below: "\(path)/\(name)") }
  }
}
