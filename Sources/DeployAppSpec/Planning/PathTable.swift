/// The paths that a program uses more than once. They are sent to the host once, in a file with one path a line, and the program cuts its
/// lists out of that file. A list has the same order as the table, in which folders come before their contents.
struct PathTable {
  private var numbers: [HostPath: Int] = [:]
  private var lines: [String] = []
  /// The character that replaces a line break in the file, or nil if no path has a line break.
  let lineEnd: UInt8?
  /// The control characters in the paths, for programs that write the paths in other formats.
  let controls: Set<UInt8>

  /// The largest number of separate ranges of the table in one list. If there were more ranges, it would be shorter and faster to send the
  /// paths themselves.
  private static let parts = 100

  /// - Parameter groups: paths that are likely to be used together. A path that occurred before is skipped.
  init(_ groups: [[HostPath]]) {
    for path in groups.joined() where numbers[path] == nil {
      lines.append(path.text)
      numbers[path] = lines.count
    }
    lineEnd = ShellProgram.standIn(for: lines)
    controls = Set(lines.lazy.flatMap { $0.utf8.filter { $0 < 32 } })
  }

  /// Writes the table to the file `$t` on the host.
  func write(in program: inout ShellProgram) {
    program.line(": >\"$t\" || exit 1")
    program.text(lines.map { ShellProgram.standing(lineEnd, for: $0) }, to: "cat >>\"$t\" || exit 1")
  }

  /// A shell function that prints lines of the file `$t` by their ranges.
  static let names = "names() { sed -n \"$1\" \"$t\"; }"

  /// Passes paths to the standard input of a command, each terminated by NUL.
  func feed(_ paths: [HostPath], to command: String, in program: inout ShellProgram) {
    feed(paths, cut: nil, to: command, in: &program)
  }

  /// Passes paths below a folder to the standard input of a command. Each path is relative to the folder, has `./` in front, and is
  /// terminated by NUL.
  func feed(_ paths: [HostPath], below folder: HostPath, to command: String, in program: inout ShellProgram) {
    feed(paths, cut: folder, to: command, in: &program)
  }

  private func feed(_ paths: [HostPath], cut folder: HostPath?, to command: String, in program: inout ShellProgram) {
    guard !paths.isEmpty else { return }
    if let names = names(of: paths, below: folder) {
      let dot = folder == nil ? "" : " | sed 's/^/./'"
      program.line("\(names)\(dot) | tr \(ShellProgram.translation(lineEnd)) | \(command)")
    } else {
      program.feed(paths.map { (folder == nil ? "" : ".") + Self.text(of: $0, below: folder) }, to: command)
    }
  }

  /// Passes paths to a command, one a line. If there is a `folder`, the paths are relative to it and begin with `/`. `lineEnd` replaces
  /// line breaks in paths.
  func lines(of paths: [HostPath], below folder: HostPath? = nil, to command: String, in program: inout ShellProgram) {
    guard !paths.isEmpty else { return }
    if let names = names(of: paths, below: folder) {
      program.line("\(names) | \(command)")
    } else {
      program.text(paths.map { ShellProgram.standing(lineEnd, for: Self.text(of: $0, below: folder)) }, to: command)
    }
  }

  private static func text(of path: HostPath, below folder: HostPath?) -> String {
    folder.map { "/" + (path.relative(to: $0) ?? path.name) } ?? path.text
  }

  /// Returns a command that prints the paths. Returns nil if they are in too many ranges, or if the table does not have all of them.
  private func names(of paths: [HostPath], below folder: HostPath?) -> String? {
    var ranges: [ClosedRange<Int>] = []
    let numbers = paths.compactMap { self.numbers[$0] }
    guard numbers.count == paths.count else { return nil }
    for number in numbers.sorted() {
      if let last = ranges.last, number <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, number)
      } else {
        guard ranges.count < Self.parts else { return nil }
        ranges.append(number...number)
      }
    }
    let names = "names '\(ranges.map { "\($0.lowerBound),\($0.upperBound)p" }.joined(separator: ";"))'"
    guard let folder else { return names }
    return "\(names) | cut -b \(folder == .top ? 1 : folder.text.utf8.count + 1)-"
  }
}
