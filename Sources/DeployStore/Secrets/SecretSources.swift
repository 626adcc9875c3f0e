package import DeployModel
import Glibc

/// Secrets in the environment variables of the process.
package struct EnvironmentSecrets: SecretProvider {
  private let environment: [String: String]
  package var name: String { "the environment" }

  /// - Parameter environment: the environment with which the process started.
  package init(_ environment: [String: String]) { self.environment = environment }

  package func value(of secret: String) async throws(Failure) -> String? { environment[secret] }
}

/// Secrets in a file with lines of the form `NAME=value`, or in a folder with one file for each secret. Files that other users can read are
/// refused.
package struct FileSecrets: SecretProvider {
  private let path: String
  package var name: String { "the file \(path)" }

  package init(_ path: String) { self.path = path }

  /// - Throws: `notPermitted` if other users can read the file.
  package func value(of secret: String) async throws(Failure) -> String? {
    guard SecretName.isGood(secret), let status = Disk.status(path) else { return nil }
    var info = stat()
    let isFolder = status.kind == .directory || (status.kind == .link && stat(path, &info) == 0 && FileStatus(info).kind == .directory)
    guard isFolder else { return Self.value(of: secret, in: try read(path)) }
    guard Disk.exists("\(path)/\(secret)") else { return nil }
    let text = try read("\(path)/\(secret)")
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private func read(_ path: String) throws(Failure) -> String {
    let file = try OpenFile(path, O_RDONLY, waits: true)
    let status = try file.status()
    guard status.mode & 0o077 == 0 else {
      throw Failure(
        .notPermitted, "\(path) holds secrets, but others may read it (mode \(String(status.mode, radix: 8)))", fix: "chmod 600 '\(path)'")
    }
    guard status.owner == Int(geteuid()) || geteuid() == 0 else {
      throw Failure(.notPermitted, "\(path) holds secrets, but belongs to another user", fix: "chown $(id -un) '\(path)'")
    }
    guard let text = String(validating: try Disk.read(path, limit: 1 << 20, waits: true), as: UTF8.self) else {
      throw Failure(.invalid, "\(path) is not UTF-8")
    }
    return text.withoutByteOrderMark
  }

  /// Finds a secret in lines of the form `NAME=value`. Returns nil if no line has the secret. A line can begin with `export`, and the value
  /// can have quotes. A line that begins with `#` is a comment.
  private static func value(of secret: String, in text: String) -> String? {
    var found: String?
    for line in text.fullLines {
      var rest = line.drop { $0 == " " || $0 == "\t" }
      if rest.hasPrefix("export ") { rest = rest.dropFirst(7) }
      guard !rest.hasPrefix("#"), let equals = rest.firstIndex(of: "="), rest[..<equals] == secret else { continue }
      let value = rest[rest.index(after: equals)...]
      let isQuoted = value.count >= 2 && value.first == value.last && (value.first == "\"" || value.first == "'")
      found = String(isQuoted ? value.dropFirst().dropLast() : value)
    }
    return found
  }
}

/// Secrets that a program prints, such as `op read op://vault/{name}`. The secret's name replaces `{name}` or, if `{name}` does not occur,
/// is added as the last word. A status other than 0 means that the program has no value.
package struct CommandSecrets: SecretProvider {
  private let argv: [String]
  private let directory: String
  private let run: Program.Runner
  package var name: String { "the command `\(argv.joined(separator: " "))`" }

  package init(_ argv: [String], in directory: String, run: @escaping Program.Runner) {
    self.argv = argv
    self.directory = directory
    self.run = run
  }

  /// - Throws: `missing`, with the last part of the program's output, which says why the program failed.
  package func value(of secret: String) async throws(Failure) -> String? {
    guard SecretName.isGood(secret) else { return nil }
    let isNamed = argv.contains { $0.contains("{name}") }
    let words = isNamed ? argv.map { Self.put(secret, into: $0) } : argv + [secret]
    let ended = try await run(Program(words, in: directory))
    guard ended.status == 0 else {
      let said = Self.said(ended)
      throw Failure(
        .missing, "\(name) did not give the secret \(secret): it ended with status \(ended.status)\(said.isEmpty ? "" : ": \(said)")",
        fix: "run it by hand")
    }
    return ended.stdout.hasSuffix("\n") ? String(ended.stdout.dropLast()) : ended.stdout
  }

  /// Returns the last line of a failed program's stderr, up to a limit, because it says why the program failed. Words that look like a key
  /// or a token are left out, and so is everything that the program printed as the value.
  private static func said(_ ended: Program.Ended) -> String {
    var line = ended.stderr.fullLines.last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? ""
    for value in ended.stdout.fullLines where value.utf8.count > 3 {
      line = line.replacing(value, with: "<left out>")
    }
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map { looksSecret($0) ? "<left out>" : String($0) }
    let text = words.joined(separator: " ")
    return text.count > longest ? String(text.prefix(longest - 1)) + "…" : text
  }
  private static let longest = 200

  /// Returns whether a word has 16 or more letters and digits in a row, with at least one of each. Natural words and paths do not look like
  /// that.
  private static func looksSecret(_ word: Substring) -> Bool {
    word.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "+_=-".contains($0))) }.contains { run in
      run.utf8.count >= 16 && run.contains(where: \.isNumber) && run.contains(where: \.isLetter)
    }
  }

  private static func put(_ secret: String, into word: String) -> String {
    var result = ""
    var rest = word[...]
    while let brace = rest.firstIndex(of: "{") {
      result += rest[..<brace]
      rest = rest[brace...]
      if rest.hasPrefix("{name}") {
        result += secret
        rest = rest.dropFirst(6)
      } else {
        result += "{"
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }
}
