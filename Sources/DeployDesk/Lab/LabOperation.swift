import DeployCore
import DeployModel

/// An operation as a throw-away host performs it: below the host's own folder, and as the user of this machine.
struct LabOperation {
  private let scene: LabScene
  private let site: HostSite
  private let root: String

  init(_ scene: LabScene, at site: HostSite) {
    self.scene = scene
    self.site = site
    root = site.host.root ?? scene.ground.folder
  }

  /// - Throws: if the operation would leave the host's folder.
  func placed(_ operation: DeployModel.Operation) throws(Failure) -> DeployModel.Operation {
    switch operation {
    case .run(let command): return .run(try placed(command))
    case .check(.command(let line)):
      try refuse(line)
      return operation
    case .read(let path, let limit): return .read(path: found(path), limit: limit)
    case .exists(let path): return .exists(path: found(path))
    case .download(let from, let to): return .download(from: found(from), to: to)
    case .write(let path, let content, let mode, let owner):
      if let owner { scene.note("Files of \(owner) belong to you.") }
      return .write(path: try made(path), content: content, mode: mode, owner: nil)
    case .link(let target, let path): return .link(target: target, path: try made(path))
    case .upload(let from, let to): return .upload(from: from, to: try made(to))
    default: return operation
    }
  }

  private func placed(_ command: Command) throws(Failure) -> Command {
    var command = command
    try refuse(command.line)
    if let user = command.user {
      scene.note("Commands of user \(user) ran as you.")
      command.user = nil
    }
    if let directory = command.directory, directory.isAbsolutePath { command.directory = found(directory) }
    return command
  }

  /// The recipe's path without the host's root; nil: the operation is on a partner, which has no such path.
  private var declared: String? {
    guard !site.isPartner, site.path.hasPrefix(root) else { return nil }
    let path = String(site.path.dropFirst(root.count))
    guard let slot = site.host.slot else { return path }
    return String(path.dropLast("/\(Host.slotsFolder)/\(slot)".count))
  }

  /// Refuses a command that names the recipe's path as it is on real hosts, because it would reach a folder of this machine.
  private func refuse(_ line: String) throws(Failure) {
    guard let declared, declared.count > 1, Self.names(declared, in: line) else { return }
    throw Failure(
      .invalid, "`\(line)` names \(declared), which is not in the folder of this throw-away host",
      fix: "write host.path, or a path relative to the release's folder, in place of \(declared)")
  }

  /// Whether a line names a path or something below it.
  static func names(_ path: String, in line: String) -> Bool {
    let (text, part) = (Array(line.utf8), Array(path.utf8))
    guard !part.isEmpty, text.count >= part.count else { return false }
    return (0...(text.count - part.count)).contains { start in
      guard text[start..<start + part.count].elementsEqual(part) else { return false }
      let isBegin = start == 0 || !isOfName(text[start - 1])
      let end = start + part.count
      return isBegin && (end == text.count || !isOfName(text[end]))
    }
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
      || byte == 0x2D || byte == 0x2E || byte == 0x5F
  }

  private func rebased(_ path: String) -> String {
    guard path.isAbsolutePath, !path.hasPrefix(root + "/") else { return path }
    return root + path
  }

  /// Returns the path of a file to read: in the host's folder, or on this machine if the host's folder has no such file.
  private func found(_ path: String) -> String {
    let own = rebased(path)
    return scene.ground.exists(own) ? own : path
  }

  /// Returns the path of a file to write, and makes its folder.
  private func made(_ path: String) throws(Failure) -> String {
    guard !path.pathParts.contains("..") else {
      throw Failure(.invalid, "\(path) may lead out of the folder of this throw-away host", fix: "write it without ..")
    }
    let own = rebased(path)
    if path.isAbsolutePath, own != path {
      scene.note("Files outside of the recipe's path were written below the folder of the host, such as \(path).")
      try scene.ground.makeParent(of: own)
    }
    return own
  }
}
