import DeployCore
import DeployModel

/// An operation, changed so that a throwaway host can perform it below the host's own folder and as the user who runs the lab.
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
  func placed(_ intent: Intent) throws(Failure) -> DeployModel.Operation {
    switch intent.operation {
    case .run(let command): return .run(placed(command))
    case .check(.command(let line)): return .check(.command(rebasing(in: line)))
    case .read(let path, let limit): return .read(path: found(path), limit: limit)
    case .exists(let path): return .exists(path: found(path))
    case .download(let from, let to): return .download(from: found(from), to: to)
    case .write(let path, let content, let mode, let owner):
      if let owner { scene.note("Files of \(owner) belong to you.") }
      return .write(path: try made(path, by: intent), content: content, mode: mode, owner: nil)
    case .link(let target, let path): return .link(target: led(to: target), path: try made(path, by: intent))
    case .upload(let from, let to): return .upload(from: from, to: try made(to, by: intent))
    default: return intent.operation
    }
  }

  private func placed(_ command: Command) -> Command {
    var command = command
    switch command.form {
    case .shell(let line): command.form = .shell(rebasing(in: line))
    case .argv(let words): command.form = .argv(words.map(rebasing))
    }
    command.environment = command.environment.map { Command.Variable($0.name, rebasing(in: $0.value)) }
    command.input = command.input.map(rebasing)
    if let user = command.user {
      scene.note("Commands of user \(user) ran as you.")
      command.user = nil
    }
    if let directory = command.directory, directory.isAbsolutePath { command.directory = found(directory) }
    return command
  }

  /// Puts the host's folder in front of the recipe's path in a variable or an input of a command.
  private func rebasing(in text: Text) -> Text {
    Text(
      pieces: text.pieces.map { piece in
        if case .literal(let text) = piece { .literal(rebasing(in: text)) } else { piece }
      })
  }

  /// Puts the host's folder in front of the recipe's path, wherever that path or a path below it occurs in a line.
  private func rebasing(in line: String) -> String {
    let path = scene.path
    guard path.utf8.count > 1 else { return line }
    let found = Self.rebased(line, path, below: root)
    if found != line { scene.note("Commands that name \(path) got the folder of the host in front of it.") }
    return found
  }

  /// Returns a line in which `root` is in front of each path that is `path` or below it.
  static func rebased(_ line: String, _ path: String, below root: String) -> String {
    let (text, part) = (Array(line.utf8), Array(path.utf8))
    var (result, next): ([UInt8], Int) = ([], 0)
    while next < text.count {
      let end = next + part.count
      let isHere = end <= text.count && text[next..<end].elementsEqual(part)
      let isWhole = (next == 0 || !isOfName(text[next - 1])) && (end >= text.count || !isOfName(text[end]))
      guard isHere, isWhole else {
        result.append(text[next])
        next += 1
        continue
      }
      result += Array(root.utf8) + part
      next = end
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
      || byte == 0x2D || byte == 0x2E || byte == 0x5F
  }

  private func rebased(_ path: String) -> String {
    guard path.isAbsolutePath, !path.hasPrefix(root + "/") else { return path }
    return root + path
  }

  /// Returns the path of a file to read. The file is in the host's folder or, if it does not exist there, on this machine.
  private func found(_ path: String) -> String {
    let own = rebased(path)
    return scene.ground.exists(own) ? own : path
  }

  /// Returns the target of a link. Targets below the recipe's path, and targets that exist in the host's folder, are in that folder. All
  /// others are on this machine.
  private func led(to target: String) -> String {
    let path = scene.path
    let isOwn = path.utf8.count > 1 && (target.isExactly(path) || target.hasPrefix(path + "/"))
    return isOwn ? rebased(target) : found(target)
  }

  /// Returns the path of a file to write, and makes its folder.
  private func made(_ path: String, by intent: Intent) throws(Failure) -> String {
    guard !path.pathParts.contains("..") else {
      throw Failure(.invalid, "\(path) may lead out of the folder of this throwaway host", fix: "write it without ..")
    }
    let own = rebased(path)
    if path.isAbsolutePath, own != path {
      scene.note("Files outside of the recipe's path were written below the folder of the host, such as \(path).")
    }
    // A link that a recipe made might lead out of the host's folder, and an upload follows even a link that is the last part of its path.
    let place = try site.place(own, of: intent)
    let way = if case .upload = intent.operation { place } else { "/" + place.pathParts.dropLast().joined(separator: "/") }
    guard let real = scene.ground.real(way), real.isExactly(root) || real.hasPrefix(root + "/") else {
      throw Failure(
        .invalid, "\(path) is behind a link that leads out of the folder of this throwaway host",
        fix: "let the link lead to a folder that the recipe makes")
    }
    if path.isAbsolutePath, own != path { try scene.ground.makeParent(of: own) }
    return own
  }
}
