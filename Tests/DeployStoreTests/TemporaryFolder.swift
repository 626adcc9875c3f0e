import DeployModel
import DeployStore
import Foundation

/// A folder that is removed together with this object.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "lander-store-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    _ = try? Shell.run("chmod -R u+rwx '\(path)' && rm -rf '\(path)'")
  }

  func state(_ name: String = "state") throws -> StateDirectory { try StateDirectory("\(path)/\(name)") }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = "\(path)/\(name)"
    let folder = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
  }

  func mode(of name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
  }
}

/// Runs programs of the system for tests.
enum Shell {
  struct Result: Sendable {
    var status: Int32
    var out: String
    var err: String
  }

  /// Runs a line with `sh` and waits for its end.
  static func run(_ line: String, in folder: String? = nil) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let scratch = FileManager.default.temporaryDirectory.appending(path: "lander-out-\(UUID().uuidString)")
    let err = scratch.path + ".err"
    let out = scratch.path + ".out"
    for path in [out, err] { try Data().write(to: URL(fileURLWithPath: path)) }
    defer { for path in [out, err] { try? FileManager.default.removeItem(atPath: path) } }
    process.standardOutput = FileHandle(forWritingAtPath: out)
    process.standardError = FileHandle(forWritingAtPath: err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, out: try String(contentsOfFile: out, encoding: .utf8),
      err: try String(contentsOfFile: err, encoding: .utf8))
  }

  static func has(_ program: String) -> Bool { (try? run("command -v \(program)").status) == 0 }
}

/// Waits until `condition` holds, and returns true; false: it did not hold within a minute.
func eventually(_ condition: () throws -> Bool) async rethrows -> Bool {
  for _ in 0..<6000 {
    if try condition() { return true }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return false
}
