import Foundation
import Testing

/// A project folder of its own under the system's temporary folder, removed with the value that made it, and the built command.
final class Workplace: Sendable {
  /// What a run of the command came to.
  struct Run: Sendable {
    var out: String
    var err: String
    var code: Int32
    var outLines: [String] {
      out.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  let folder: URL

  /// - Parameter files: paths and contents; `deploy.lua` is one of them where the test needs one.
  init(_ files: [String: String] = [:]) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "lander-command-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (path, text) in files { try write(text, to: path) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var path: String { folder.path(percentEncoded: false) }

  func write(_ text: String, to path: String, mode: Int = 0o644) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
  }

  func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }
  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path)
  }

  /// Runs `lander` with these words in the folder and waits for its end.
  func lander(_ words: String..., environment: [String: String] = [:]) throws -> Run {
    try run(words, environment)
  }

  func run(_ words: [String], _ environment: [String: String] = [:]) throws -> Run {
    let process = try start(words, environment)
    process.process.waitUntilExit()
    return Run(
      out: try String(contentsOf: process.out, encoding: .utf8),
      err: try String(contentsOf: process.err, encoding: .utf8),
      code: process.process.terminationStatus)
  }

  /// Starts `lander` and returns at once; its output is in files.
  func start(_ words: [String], _ environment: [String: String] = [:]) throws -> (
    process: Process, out: URL, err: URL
  ) {
    let process = Process()
    process.executableURL = try Workplace.binary()
    process.arguments = words
    process.currentDirectoryURL = folder
    var all = ProcessInfo.processInfo.environment.filter {
      ["PATH", "HOME", "USER", "TMPDIR", "LANG"].contains($0.key)
    }
    all["TZ"] = "UTC"
    for (name, value) in environment { all[name] = value }
    process.environment = all
    process.standardInput = FileHandle.nullDevice
    let name = UUID().uuidString.prefix(8)
    let (out, err) = (
      folder.appending(path: ".out-\(name)"), folder.appending(path: ".err-\(name)")
    )
    for file in [out, err] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    return (process, out, err)
  }

  /// The command beside the test bundle.
  static func binary() throws -> URL {
    let candidates =
      CommandLine.arguments.filter { $0.contains("/") } + [
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
      ]
    for candidate in candidates {
      var folder = URL(fileURLWithPath: candidate).deletingLastPathComponent()
      while folder.path.count > 1 {
        let binary = folder.appending(path: "lander")
        var isFolder: ObjCBool = false
        if FileManager.default.isExecutableFile(atPath: binary.path),
          FileManager.default.fileExists(atPath: binary.path, isDirectory: &isFolder),
          !isFolder.boolValue
        {
          return binary
        }
        folder.deleteLastPathComponent()
      }
    }
    throw CocoaError(
      .fileNoSuchFile, userInfo: [NSFilePathErrorKey: "lander, beside \(candidates)"])
  }

  /// The checkout this test was built from.
  static var checkout: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }
}

/// Compares texts line by line, so that a difference is found at a glance.
func expectText(
  _ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let (found, wanted) = (
    text.split(separator: "\n", omittingEmptySubsequences: false),
    expected.split(separator: "\n", omittingEmptySubsequences: false)
  )
  for index in 0..<max(found.count, wanted.count)
  where index >= found.count || index >= wanted.count || found[index] != wanted[index] {
    let line = index < found.count ? "\"\(found[index])\"" : "nothing"
    let want = index < wanted.count ? "\"\(wanted[index])\"" : "nothing"
    Issue.record(
      "line \(index + 1) is \(line), should be \(want); all of it:\n\(text)",
      sourceLocation: sourceLocation)
    return
  }
}
