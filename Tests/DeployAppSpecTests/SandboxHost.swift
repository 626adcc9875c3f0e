import DeployAppSpec
import DeployModel
import Foundation
import Synchronization

/// A host for tests in a folder of this machine, which can make an installation fail at a chosen step.
final class SandboxHost: AppSpecHost {
  let folder: String
  /// Which `sh` and tools the host has. `system` uses the tools of the folder `tools` first, then the system's.
  enum Userland: String, CaseIterable { case system, bash, busybox }
  private let userland: Userland
  /// The number of the step after which the next installation ends; negative: counted from the last step; 0: no step.
  private let failing = Mutex(0)
  private let steps = Mutex(0)
  private let questions = Mutex(0)
  private let changes = Mutex<[String]?>(nil)
  /// Whether the host's `tar` sets mode and owner while it unpacks.
  private let stamps: Bool

  init(_ userland: Userland = .system, stamps: Bool = true) throws {
    self.userland = userland
    self.stamps = stamps && userland != .busybox && getuid() == 0
    folder = NSTemporaryDirectory() + "appspec-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder + "/dest", withIntermediateDirectories: true)
    guard userland == .busybox else { return }
    try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
    try shell("busybox --install -s \(folder)/bin", with: .system)
  }

  /// Returns whether this machine has the programs for the userland.
  static func has(_ userland: Userland) -> Bool {
    userland == .system || ConformanceTests.find(userland.rawValue) != nil
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  func fail(afterStep step: Int) { failing.withLock { $0 = step } }
  /// The number of steps of the last installation.
  var lastSteps: Int { steps.withLock { $0 } }

  /// How often the host was asked something.
  var asked: Int { questions.withLock { $0 } }

  /// What questions changed since `watch`, except new folders of the engine's own. Empty before `watch`.
  var changedByQuestions: [String] { changes.withLock { $0 ?? [] } }
  func watch() { changes.withLock { $0 = [] } }

  func answer(_ program: ShellProgram) async throws -> ShellResult {
    questions.withLock { $0 += 1 }
    guard changes.withLock({ $0 != nil }) else { return try await run(program) }
    let before = try everything()
    let result = try await run(program)
    let difference = try everything().symmetricDifference(before).sorted()
    changes.withLock { $0? += difference }
    return result
  }

  /// Lists every file and link with its inode, mode, owner, size and time, and every folder except the engine's own.
  private func everything() throws -> Set<String> {
    let found = try shell(
      """
      find . '(' -name 'program-*' -o -path ./stderr -o -path ./root -type d -o -path './root/*' -type d ')' \\
        -o -printf '%p %i %m %U:%G %s %T@\\n'
      """)
    return Set(String(decoding: found.stdout, as: UTF8.self).split(separator: "\n").map(String.init).filter { !$0.hasPrefix(". ") })
  }

  func run(_ program: ShellProgram) async throws -> ShellResult {
    guard program.text.contains("copy_tree()") else { return try shell(program.text, with: userland) }
    var parts = program.text.components(separatedBy: " || exit 1")
    let taken = parts.indices.dropLast().filter { !isStamped(parts[$0]) }
    steps.withLock { $0 = taken.count }
    let wanted = failing.withLock { $0 }
    let step = wanted < 0 ? taken.count + 1 + wanted : wanted
    if step > 0, step <= taken.count { parts[taken[step - 1]] += " && false" }
    let text = parts.joined(separator: " || exit 1")
    return try shell(stamps ? text : text.replacing("stamps=y", with: "stamps="), with: userland)
  }

  /// Returns whether a part of a program ends inside the lines for hosts whose `tar` sets no rights, and this host's `tar` sets them.
  private func isStamped(_ part: String) -> Bool {
    guard stamps, let open = part.range(of: "if [ -z \"$stamps\" ]", options: .backwards) else { return false }
    return !part[open.upperBound...].contains("\nfi\n")
  }

  func run(_ hook: Hook, output: @escaping @Sendable (HookOutput) -> Void) async -> HookEnd {
    guard FileManager.default.fileExists(atPath: hook.path.text) else { return .missing }
    let line = hook.argv.map(\.shellQuoted).joined(separator: " ")
    return .exited((try? shell(line).status) ?? 127)
  }

  func log(_ entry: ScriptsLogEntry, to file: HostPath) {}
  func say(_ line: String) {}
  private let said = Mutex<[String]>([])
  /// The warnings that were shown to a person.
  var warnings: [String] { said.withLock { $0 } }
  func warn(_ text: String) { said.withLock { $0.append(text) } }

  @discardableResult func shell(_ text: String, with userland: Userland = .system) throws -> ShellResult {
    let process = Process()
    let input = folder + "/program-" + UUID().uuidString
    try text.write(toFile: input, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: input) }
    let out = Pipe()
    let err = folder + "/stderr"
    _ = FileManager.default.createFile(atPath: err, contents: nil)
    switch userland {
    case .system:
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
      process.environment = ProcessInfo.processInfo.environment.merging(["PATH": "\(folder)/tools:\(path)"]) { _, new in new }
    case .bash: process.executableURL = URL(fileURLWithPath: "/bin/bash")
    case .busybox:
      process.executableURL = URL(fileURLWithPath: folder + "/bin/sh")
      process.environment = ["PATH": folder + "/bin", "HOME": "/root"]
    }
    process.arguments = [input]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = out
    process.standardError = FileHandle(forWritingAtPath: err)
    try process.run()
    let bytes = out.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let complaint = FileManager.default.contents(atPath: err) ?? Data()
    return ShellResult(status: Int(process.terminationStatus), stdout: Array(bytes), stderr: Array(complaint))
  }

  /// Lists everything below the destination: path, type, mode, owner, link target, content, ACL and, for files, the time.
  func snapshot(times: Bool) throws -> String {
    let result = try shell(
      """
      cd dest && find . -mindepth 1 \\( -type f -printf '%p %y %m %U:%G \(times ? "%T@" : "")\\n' \\
        -o -printf '%p %y %m %U:%G %l\\n' \\) | sort
      find . -type f -exec md5sum {} + | sort -k2
      if command -v getfacl >/dev/null; then getfacl -nRP . 2>/dev/null; fi
      """)
    return String(decoding: result.stdout, as: UTF8.self)
  }

  /// The files that the next installation will remove.
  var cleanupList: [String] {
    get throws {
      try String(contentsOfFile: folder + "/root/deployment-instructions/g-cleanup", encoding: .utf8).split(separator: "\n").map(
        String.init)
    }
  }

  func deploy(
    _ bundle: String, restore: Bool = false, events: [String]? = ["DownloadBundle", "Install"], behavior: String = "DISALLOW",
    refusing: Bool = false
  ) async
    -> DeploymentReport
  {
    let request = AppSpecRequest(
      id: Deployment.ID("d-" + UUID().uuidString), bundle: HostPath(folder + "/" + bundle), fileExistsBehavior: behavior, events: events,
      restore: restore,
      refusesForeignLinks: refusing)
    var deployment = AppSpecDeployment(request, root: EngineRoot(path: HostPath(folder + "/root"), group: "g"), on: self)
    return await deployment.run()
  }

  func write(_ text: String, to path: String, mode: Int = 0o644) throws {
    let whole = folder + "/" + path
    try FileManager.default.createDirectory(atPath: (whole as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: whole, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: whole)
  }
}

/// A generator that gives the same numbers for the same seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
