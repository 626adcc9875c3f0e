import DeployCore
import DeployModel

/// Finds scripts that commands use and whose first line ends in a carriage return. The kernel would look for `/bin/sh\r` and fail with *not
/// found*.
struct ScriptCheck: Sendable {
  let shelf: any BundleStore
  /// The largest size of a script in bytes. A larger file is assumed not to be a script.
  private static let largest = 1 << 20

  /// Returns a problem for each script of the bundle that a command uses and whose first line ends in a carriage return.
  /// - Parameter rehearsal: the entries of the rehearsal. They show what the plan would do, as far as that is known.
  func problems(_ manifest: Manifest, _ rehearsal: [Entry]) async -> [Problem] {
    let words = Self.words(in: rehearsal)
    var problems: [Problem] = []
    for item in manifest.items where item.kind == .file && item.size < Self.largest && words.contains(ExactText(item.path)) {
      guard let digest = item.digest, let bytes = try? await shelf.content(of: digest), bytes.starts(with: Array("#!".utf8)),
        bytes.prefix(while: { $0 != 0x0A }).last == 0x0D
      else { continue }
      problems.append(
        Problem(
          "the script has Windows line ends (CRLF): the host looks for an interpreter with a carriage return in its name: not found",
          subject: item.path,
          fix: "convert it: sed -i 's/\\r$//' \(item.path); git's setting: *.sh text eol=lf in .gitattributes"))
    }
    return problems
  }

  /// Returns the words of all commands, without a leading `./`. Equal command lines are split only once.
  private static func words(in rehearsal: [Entry]) -> Set<ExactText> {
    var lines: [String] = []
    for case .intended(let intent) in rehearsal.lazy.map(\.fact) {
      guard case .run(let command) = intent.operation, !lines.contains(command.line) else { continue }
      lines.append(command.line)
    }
    return Set(
      lines.flatMap { line in
        line.split { " ;&|()'\"".contains($0) }.map { ExactText($0.hasPrefix("./") ? String($0.dropFirst(2)) : String($0)) }
      })
  }
}
