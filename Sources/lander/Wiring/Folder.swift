import DeployCore
import DeployDesk
import DeployModel
import FoundationEssentials
import Glibc

/// The file system for commands. It reads and writes small files as a whole, and explains failures in words.
enum Folder {
  static var current: String { FileManager.default.currentDirectoryPath }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether a path is a link whose target does not exist, or a loop of links. Nothing can be read or made at such a path.
  static func isDeadLink(_ path: String) -> Bool {
    var status = stat()
    return !exists(path) && lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Returns a path and, if it is a link, the paths to which the link leads one after the other. The last one is no link, and need not
  /// exist.
  static func steps(of path: String) -> [String] {
    var steps = [path]
    while steps.count < 40, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: steps[steps.count - 1]) {
      steps.append(absolute(target, in: parent(of: steps[steps.count - 1])))
    }
    return steps
  }

  /// Returns the problem that a path is a link that leads nowhere.
  static func deadLink(_ path: String, subject: String? = nil) -> Problem {
    let fix = "look at it with ls -l, then make its target or remove the link: rm \(path.shellWord)"
    return Problem("\(path) is a link that leads nowhere", subject: subject, fix: fix)
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether a path, with links followed, is a regular file.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Returns the problem that a folder does not exist, with the folder that was probably meant.
  /// - Parameter fix: what to do if no other folder was meant.
  static func missing(_ path: String, subject: String, fix: String = "name the folder that has the deploy.lua") -> Problem {
    if isDeadLink(path) { return deadLink(path, subject: subject) }
    if exists(path) {
      return Problem("\(path) is a file, and a folder was expected", subject: subject, fix: "name its folder: \(parent(of: path))")
    }
    let parent = parent(of: path)
    let near = NearMatch.of(name(of: path), among: names(in: parent).filter { isDirectory("\(parent)/\($0)") })
    return Problem(
      "there is no folder \(path)", subject: subject,
      fix: near.map { "did you mean \"\($0)\"?" } ?? fix)
  }

  /// Returns the names in a folder, in order, or an empty list if the folder does not exist.
  static func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// The largest size of a text in bytes, if the caller does not give a lower limit.
  static let mostBytes = 64 << 20

  /// Returns the contents of a text file, or nil if the file does not exist.
  /// - Parameters:
  ///   - most: the limit in bytes.
  ///   - isLoose: whether to replace bytes that are not UTF-8. This changes the text, so it must be false for texts that are sent to hosts.
  /// - Throws: `Problem` if the file exists but cannot be read.
  static func text(at path: String, most: Int = mostBytes, isLoose: Bool = false) throws(Problem) -> String? {
    guard exists(path) else { return nil }
    guard !isDirectory(path) else {
      throw Problem("\(path) is a folder, and a file was expected", fix: "name the file in it")
    }
    var status = stat()
    // Reading something that is not a regular file might never end.
    guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
      throw Problem("\(path) is not a regular file but a pipe, a socket or a device", fix: "name a file that holds the text")
    }
    guard status.st_size <= most else {
      throw Problem(
        "\(path) has \(status.st_size) bytes, and lander reads at most \(most >> 20) MB", fix: "name the file that was meant")
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Problem(
        "\(path) cannot be read: \(String(cString: strerror(errno)))",
        fix: "look at its permissions: ls -l \(path)")
    }
    return try text(of: bytes, from: path, isLoose: isLoose)
  }

  /// Returns the bytes of a file as a text.
  /// - Parameter isLoose: whether to replace bytes that are not UTF-8.
  /// - Throws: `Problem` if the bytes are not UTF-8.
  static func text(of bytes: Data, from path: String, isLoose: Bool = false) throws(Problem) -> String {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw Problem("\(path) is text in UTF-16", fix: "save it as UTF-8: iconv -f UTF-16 -t UTF-8")
    }
    if isLoose { return String(decoding: bytes, as: UTF8.self) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(
        "\(path) is not text in UTF-8: see line \(malformedLine(bytes))",
        fix: "save it as UTF-8: if it is in Latin-1, iconv -f ISO-8859-1 -t UTF-8; data belongs into the bundle")
    }
    return text
  }

  /// Returns the number of the first line that is not UTF-8, counted from 1.
  private static func malformedLine(_ bytes: Data) -> Int {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
  }

  /// Writes a file.
  /// - Throws: `Problem` if the file cannot be written.
  static func write(_ text: String, to path: String) throws(Problem) {
    do { try Data(text.utf8).write(to: URL(filePath: path)) } catch {
      throw Problem(
        "\(path) cannot be written: \(String(cString: strerror(errno)))",
        fix: "look at the folder's permissions")
    }
  }

  /// Writes a file, and makes its folder if the folder does not exist yet.
  static func writeNew(_ text: String, to path: String) throws(Problem) {
    try? FileManager.default.createDirectory(atPath: parent(of: path), withIntermediateDirectories: true)
    try write(text, to: path)
  }

  /// Returns the absolute form of a path that can be relative to a folder. `.` and `..` are resolved.
  static func absolute(_ path: String, in folder: String? = nil) -> String { MachineFiles().absolute(path, in: folder) }
  static func parent(of path: String) -> String { MachineFiles().parent(of: path) }
  static func name(of path: String) -> String { MachineFiles().name(of: path) }

  /// Returns the path with all links resolved, or the path itself if they cannot be resolved.
  static func real(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }

  /// Checks that a file of a project is in the project after all links are followed. A plugin's folder and `recipes` are themselves allowed
  /// to be links. In that case, the file must be in the folder to which the link leads.
  /// - Throws: if a link leads out of the project, because the project could then have different contents on another machine.
  static func refuseLeadingOut(_ path: String, of project: String) throws(Problem) {
    let parts = path.split(separator: "/")
    let depth = parts.first == "plugins" ? 2 : parts.first == "recipes" ? 1 : 0
    let base = parts.count > depth ? "\(project)/" + parts.prefix(depth).joined(separator: "/") : project
    guard !real("\(project)/\(path)").hasPrefix(real(base) + "/") else { return }
    throw Problem("\(path) is a link that leads out of the \(depth == 2 ? "plugin" : "project")", fix: "put the file itself there")
  }

  /// Returns the text of a project's `deploy.lua`, or nil if there is none.
  /// - Throws: if the file cannot be read, or is a link that leads out of the project.
  static func recipes(of project: String) throws(Problem) -> String? {
    guard let text = try text(at: project + "/deploy.lua") else { return nil }
    try refuseLeadingOut("deploy.lua", of: project)
    return text
  }

  /// Returns the path at which a shell would find a program, or nil if it would find none.
  static func program(_ name: String) -> String? {
    (variable("PATH") ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }.first {
      access($0, X_OK) == 0 && !isDirectory($0)
    }
  }

  /// All environment variables, as they were when the process started.
  static var environment: [String: String] { ProcessInfo.processInfo.environment }

  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// The folder for temporary files. An empty TMPDIR counts as not set.
  static var temporary: String { variable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp" }
}

/// The files on this machine, as requests refer to them.
struct MachineFiles: ProjectFiles {
  var current: String { Folder.current }
  var home: String? { Folder.variable("HOME") }
  func exists(_ path: String) -> Bool { Folder.exists(path) }
  func names(in path: String) -> [String] { Folder.names(in: path) }
}
