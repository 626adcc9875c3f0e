/// Paths that a program names more than once. They go to the host once, one a line, and lists of them are cut out of that file there. A
/// list has the table's order, in which folders come before their content.
struct PathTable {
  private var numbers: [HostPath: Int] = [:]
  private var lines: [String] = []
  /// The character that replaces a line end in the file; nil if no path has one.
  let lineEnd: UInt8?
  /// The control characters in the paths, for programs that record them for others.
  let controls: Set<UInt8>

  /// The limit of separate parts of a list in the table; with more parts, the paths themselves are shorter and faster.
  private static let parts = 100

  /// - Parameter groups: paths that are likely to be used together; a path that occurred before is skipped.
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

  /// Prints lines of the file `$t` by their ranges.
  static let names = "names() { sed -n \"$1\" \"$t\"; }"

  /// Passes paths to a command on its standard input, each ended by NUL.
  func feed(_ paths: [HostPath], to command: String, in program: inout ShellProgram) {
    feed(paths, cut: nil, to: command, in: &program)
  }

  /// Gives paths below a folder to a command, relative to it with `./` in front, each ended by NUL.
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

  /// Gives paths to a command, a line each, those below a folder with `/` in front, and with `lineEnd` in place of the line ends in them.
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

  /// A command that prints the paths; nil if they are in too many places, or not all in the table.
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
