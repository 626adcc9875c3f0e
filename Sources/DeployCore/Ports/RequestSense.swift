package import DeployModel

/// Finds requests that every transport refuses before it asks a host, because they contain names, paths or words that the host would
/// misunderstand.
extension HostSite {
  /// Returns why an intent of this deployment cannot be sent, or nil if it can be sent.
  package func nonsense(in intent: Intent) -> Failure? {
    let names = [deployment.rawValue] + [intent.site.release, intent.site.previous].compactMap { $0?.rawValue }
    if let odd = names.first(where: { $0.isEmpty || $0.utf8.first == UInt8(ascii: ".") || !$0.utf8.allSatisfy(\.isPlainInName) }) {
      return Failure(.invalid, "`\(odd)` cannot be the name of a deployment or release")
    }
    if !path.isAbsolutePath || path.utf8.contains(10) || path.utf8.contains(0) {
      return Failure(.invalid, "the path \(path) must be absolute", fix: "write path = \"/srv/…\" in the recipe")
    }
    if let written = intent.operation.hostPath, written.isEmpty || written.utf8.contains(0) { return Self.nowhere }
    switch intent.operation {
    case .run(let command): return command.nonsense
    case .write(_, let content, _, _):
      let size = content.description.utf8.count
      if size <= Self.largestPiece { return nil }
      return Failure(.invalid, "\(size) bytes are too many to write; \(Self.largestPiece) is the most", fix: "use host:upload")
    default: return nil
    }
  }

  /// The largest number of bytes that go to a host as one piece: the content of a file, or a command with its input.
  package static let largestPiece = 1 << 20

  /// Returns the working directory of an intent's commands, to which its relative paths refer.
  package func folder(of intent: Intent) -> String { Self.folder(of: intent, below: path) }

  /// Returns the working directory of an intent's commands, for an application in this folder.
  package static func folder(of intent: Intent, below path: String) -> String {
    intent.site.release.map { "\(path)/releases/\($0)" } ?? path
  }

  /// Returns the path on the host for a path that the recipe wrote.
  /// - Throws: a failure of kind `invalid` if the path is empty or contains a zero byte.
  package func place(_ written: String, of intent: Intent) throws(Failure) -> String {
    guard !written.isEmpty, !written.utf8.contains(0) else { throw Self.nowhere }
    return written.isAbsolutePath ? written : "\(folder(of: intent))/\(written)"
  }

  private static let nowhere = Failure(.invalid, "an empty path, or one with a zero byte, names nothing")
}

extension Operation {
  /// The path on the host that the operation reads or writes, as written in the recipe, or nil if it has none.
  fileprivate var hostPath: String? {
    switch self {
    case .read(let path, _), .exists(let path), .write(let path, _, _, _), .link(_, let path), .upload(_, let path), .download(let path, _):
      path
    default: nil
    }
  }
}

extension Command {
  /// Why no host can run the command, or nil if hosts can run it.
  package var nonsense: Failure? {
    if let user, user.isEmpty || user.utf8.first == UInt8(ascii: "-") || !user.utf8.allSatisfy(\.isPlainInName) {
      return Failure(.invalid, "`\(user)` is no user's name")
    }
    for variable in environment {
      let isName = variable.name.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
      guard isName, let first = variable.name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
        return Failure(.invalid, "`\(variable.name)` is no name of an environment variable")
      }
    }
    if case .argv(let words) = form, words.first?.isEmpty != false { return Failure(.invalid, "an empty argv names no program") }
    guard let input, input.description.utf8.count > HostSite.largestPiece else { return nil }
    return Failure(
      .invalid, "`\(line)` has an input of \(input.description.utf8.count) bytes; \(HostSite.largestPiece) is the most",
      fix: "upload a file and read it")
  }
}
