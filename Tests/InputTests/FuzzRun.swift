import Foundation

/// One observed run of `InputFuzz`.
struct FuzzRun {
  /// The seeds that the run printed before it read their inputs.
  private(set) var seeds: [UInt64] = []
  /// How the run ended.
  private(set) var end = ""
  private(set) var isGood = false
  /// The standard error of the run, which says where a trap was.
  private(set) var complaint = ""

  /// - Throws: an error if `InputFuzz` cannot be started.
  init(_ kind: String, seed: UInt64, count: Int) throws {
    try self.init(words: [Self.program().path, kind, "\(seed)", "\(count)"], patience: 120)
  }

  /// - Parameter patience: the number of seconds after which a run without new output is killed.
  init(words: [String], patience: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lander-fuzz-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (out, err) = (folder.appending(path: "out").path, folder.appending(path: "err").path)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = FileHandle.nullDevice
    for (file, isOut) in [(out, true), (err, false)] {
      try Data().write(to: URL(fileURLWithPath: file))
      if isOut {
        process.standardOutput = FileHandle(forWritingAtPath: file)
      } else {
        process.standardError = FileHandle(forWritingAtPath: file)
      }
    }
    // The signal already shows a trap, and a backtrace would take seconds.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    try process.run()
    var (size, since) = (0, Date())
    while process.isRunning {
      usleep(20_000)
      let now = (try? FileManager.default.attributesOfItem(atPath: out)[.size] as? Int) ?? 0
      if now != size { (size, since) = (now, Date()) }
      guard Date().timeIntervalSince(since) < Double(patience) else {
        kill(process.processIdentifier, SIGKILL)
        end = "it did not end within \(patience) s"
        break
      }
    }
    process.waitUntilExit()
    // The temporary folder of a run that was killed.
    try? FileManager.default.removeItem(
      at: FileManager.default.temporaryDirectory.appending(path: "lander-inputs-\(process.processIdentifier)"))
    let lines = ((try? String(contentsOfFile: out, encoding: .utf8)) ?? "").split(separator: "\n")
    seeds = lines.compactMap { UInt64($0) }
    complaint = String(((try? String(contentsOfFile: err, encoding: .utf8)) ?? "").suffix(4000))
    guard end.isEmpty else { return }
    if process.terminationReason == .uncaughtSignal {
      end = "it was ended by signal \(process.terminationStatus)"
    } else {
      end = "it ended with status \(process.terminationStatus)"
      isGood = process.terminationStatus == 0 && lines.last == "done"
    }
  }

  /// Returns the input of a seed.
  static func input(_ kind: String, _ seed: UInt64) throws -> Data {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = try program()
    process.arguments = [kind, "\(seed)", "hex"]
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return data
  }

  /// Returns the program's path, which is beside the test bundle.
  private static func program() throws -> URL {
    let here = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    for start in CommandLine.arguments.filter({ $0.contains("/") }) + [here] {
      var folder = URL(fileURLWithPath: start).deletingLastPathComponent()
      while folder.path.count > 1 {
        let program = folder.appending(path: "InputFuzz")
        if FileManager.default.isExecutableFile(atPath: program.path),
          (try? program.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory != true
        {
          return program
        }
        folder.deleteLastPathComponent()
      }
    }
    throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: "InputFuzz, beside this test"])
  }
}
