import DeployGround
import DeployModel
import Glibc

/// Identifies an engine's process, so that another process on the same machine can find out whether the engine is still running.
package enum EngineIdentity {
  /// `BOOT NAMESPACE PID START`: the boot, the PID namespace, the process id, and the time at which the process began, in the kernel's
  /// clock ticks. It is empty if `/proc` does not have these values.
  package static let own: String = {
    guard let place, let start = start(of: getpid()) else { return "" }
    return "\(place) \(getpid()) \(start)"
  }()

  /// Returns whether the process has ended, or nil if this machine cannot know that. This machine cannot know it if the process belongs to
  /// another machine, boot or namespace, or if there is no identity.
  package static func isGone(_ identity: String?) -> Bool? {
    guard let identity, let place else { return nil }
    let words = identity.split(separator: " ")
    guard words.count == 4, words[0] + " " + words[1] == place, let process = pid_t(words[2]), process > 0 else { return nil }
    return start(of: process) != String(words[3])
  }

  /// The boot and the PID namespace of this process, or nil if `/proc` does not have them.
  static let place: String? = {
    guard let boot = text("/proc/sys/kernel/random/boot_id")?.parts(at: "\n").first else { return nil }
    var buffer = [CChar](repeating: 0, count: 128)
    let count = readlink("/proc/self/ns/pid", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    return "\(boot) \(String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))"
  }()

  /// Returns the time at which a process began, in the kernel's clock ticks (the 22nd field of its `stat`), or nil if there is no such
  /// process or it is a zombie.
  static func start(of process: pid_t) -> String? {
    guard let line = text("/proc/\(process)/stat"), let end = line.lastIndex(of: ")") else { return nil }
    let fields = line[end...].dropFirst().split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return String(fields[19])
  }

  /// Returns whether a process group has any processes other than zombies. Zombies do not count, because the process that should collect
  /// them might be gone.
  static func isRunning(group: pid_t) -> Bool {
    guard kill(-group, 0) == 0 || errno == EPERM else { return false }
    for process in FolderNames.processes {
      guard let line = text("/proc/\(process)/stat"), let end = line.lastIndex(of: ")") else { continue }
      let fields = line[end...].dropFirst().split(separator: " ")
      if fields.count > 2, fields[0] != "Z", fields[0] != "X", pid_t(fields[2]) == group { return true }
    }
    return false
  }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
