import DeployModel

/// A program for a POSIX shell. Any transport can run it. It needs `sh`, `find`, `xargs`, `tar`, and coreutils or busybox.
package struct ShellProgram: Sendable, Hashable {
  package private(set) var text: String

  package init(_ text: String = "") { self.text = text.isEmpty ? "" : text + "\n" }

  /// The text that a host runs. Before the program, it has lines that remove variables of the login that would change how tools work. Hooks
  /// keep these variables.
  package var whole: String { Self.plainTools + text }

  /// Removes the variables that change what `tar`, `gzip`, `ls` and other tools do or print. If one of them is removed, a bash that runs as
  /// `sh` leaves its POSIX mode, so this mode is set again.
  private static let plainTools = """
    unset TAR_OPTIONS GZIP GREP_OPTIONS QUOTING_STYLE BLOCK_SIZE BLOCKSIZE CDPATH ENV BASH_ENV GLOBIGNORE UNZIP UNZIPOPT POSIXLY_CORRECT
    [ -z "$BASH_VERSION" ] || set -o posix

    """

  /// Adds a line of shell code unchanged.
  package mutating func line(_ line: String) { text += line + "\n" }

  /// Adds another program's text.
  package mutating func add(_ program: ShellProgram) { text += program.text }

  /// Passes names to the standard input of a command, each terminated by NUL, so that any name arrives unchanged.
  package mutating func feed(_ names: [String], to command: String) {
    guard !names.isEmpty else { return }
    let stand = Self.standIn(for: names)
    text(names.map { Self.standing(stand, for: $0) }, to: "tr \(Self.translation(stand)) | \(command)")
  }

  /// Passes lines to the standard input of a command, or of the first command of a pipeline.
  mutating func text(_ lines: [String], to command: String) {
    guard !lines.isEmpty else { return }
    text += "<<'\(Self.end)' \(command)\n"
    for line in lines { text += line + "\n" }
    text += Self.end + "\n"
  }

  /// Writes lines to a file under a temporary name, and moves the file into place. A line can contain NUL.
  package mutating func write(_ lines: [String], to file: HostPath) {
    let temporary = (file.text + ".new").shellQuoted
    guard !lines.isEmpty else { return line(": > \(file.text.shellQuoted) || exit 1") }
    text += "tr '\\001' '\\000' <<'\(Self.end)' > \(temporary) && mv -f -- \(temporary) \(file.text.shellQuoted) || exit 1\n"
    for line in lines { text += Self.withoutNUL(line) + "\n" }
    text += Self.end + "\n"
  }

  /// The line that ends a list. No name equals it, because every path contains a slash.
  private static let end = "END OF LIST"

  private static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }

  /// Returns a control character that can stand for the line breaks in names, or nil if no name has a line break.
  static func standIn(for names: [String]) -> UInt8? {
    guard names.contains(where: { $0.utf8.contains(10) }) else { return nil }
    return (1...8).first { byte in !names.contains { $0.utf8.contains(byte) } } ?? 8
  }

  /// Returns a name in which a character replaces the line breaks.
  static func standing(_ stand: UInt8?, for name: String) -> String { stand.map { replaced(name, byte: 10, with: $0) } ?? name }

  /// Returns the arguments for `tr` that turn lines into names, each terminated by NUL.
  static func translation(_ stand: UInt8?) -> String { stand.map { "'\\n\\0\(octal($0))' '\\000\\n'" } ?? "'\\n' '\\000'" }

  /// Returns a line in which the character 1 replaces NUL.
  static func withoutNUL(_ line: String) -> String { replaced(line, byte: 0, with: 1) }

  private static func replaced(_ name: String, byte: UInt8, with stand: UInt8) -> String {
    String(decoding: name.utf8.map { $0 == byte ? stand : $0 }, as: UTF8.self)
  }
}

/// How a shell program ended.
package struct ShellResult: Sendable, Hashable {
  package var status: Int
  package var stdout: [UInt8]
  package var stderr: [UInt8]
  package init(status: Int, stdout: [UInt8] = [], stderr: [UInt8] = []) {
    self.status = status
    self.stdout = stdout
    self.stderr = stderr
  }

  /// The output, to be read piece by piece.
  var answer: Answer { Answer(stdout[...]) }

  /// The output, split at each NUL. A record is nil if it is not UTF-8.
  package var records: [String?] {
    stdout.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { String(validating: $0, as: UTF8.self) }
  }

  /// The last lines of the error output.
  package var complaint: String {
    String(decoding: stderr.suffix(2000), as: UTF8.self).fullLines.suffix(5).joined(separator: "; ")
  }

  /// Returns the problem that the message of a failed command describes.
  package func problem(_ doing: String) -> SpecProblem {
    let words = complaint
    let category: SpecProblem.Category =
      if words.contains("No space left") {
        .noSpace
      } else if words.contains("No such file") || words.contains("dangling symlink") {
        .noEntry
      } else if words.contains("Is a directory") || words.contains("cannot overwrite directory") {
        .isDirectory
      } else if words.contains("Not a directory") {
        .notDirectory
      } else if words.contains("File exists") {
        .entryExists
      } else {
        .other
      }
    return SpecProblem(category, "\(doing) failed with exit status \(status): \(words.isEmpty ? "without a word" : words)")
  }
}
