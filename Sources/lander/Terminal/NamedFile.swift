import ArgumentParser
import DeployModel
import Glibc

/// A file that an option names, as the words of the command line show before they are parsed.
struct NamedFile {
  let option: String
  /// The path as it was typed.
  let path: String
  /// Whether the command writes the file. If not, it reads the file.
  let isWritten: Bool
  /// The kind of file, if the option stands for different kinds in different commands, or nil if it does not.
  var form: String?

  /// The form of a signature, which `bundle sign --out` writes. The other files of `--out` are plans.
  static let signature = "a signature"

  /// The options whose files commands read.
  static let read = ["--plan", "--params", "--key", "--signature", "--reads"]
  /// The options whose files commands write.
  static let written = EndFile.allCases.map(\.rawValue) + ["--events", "--html", "--out", "--lcov"]

  /// Returns the files that the options of a command name.
  static func all(in words: [String], of command: any ParsableCommand.Type) -> [NamedFile] {
    // The options of this command have other meanings.
    if command is AppSpecRunCommand.Type { return [] }
    return (read + written).compactMap { option in
      guard let path = value(of: option, in: words), isTaken(option, by: command), option != "--events" || !isAddress(path)
      else { return nil }
      let form = option == "--out" && command is BundleSign.Type ? signature : nil
      return NamedFile(option: option, path: path, isWritten: written.contains(option), form: form)
    }
  }

  /// Returns the last value of an option, or nil if the option was not given or has no value.
  static func value(of option: String, in words: [String]) -> String? {
    guard let index = words.lastIndex(where: { $0 == option || $0.hasPrefix(option + "=") }) else { return nil }
    if words[index] != option { return words[index].count > option.count + 1 ? String(words[index].dropFirst(option.count + 1)) : nil }
    guard index + 1 < words.count, !words[index + 1].isEmpty, !words[index + 1].hasPrefix("-") else { return nil }
    return words[index + 1]
  }

  /// Whether a command has this option, and the option takes a value. In some commands, an option of the same name is a flag.
  static func isTaken(_ option: String, by command: any ParsableCommand.Type) -> Bool {
    Lander.helpMessage(for: command, columns: 200).contains(" \(option) <")
  }

  /// Whether the value of `--events` names a web address or a program.
  private static func isAddress(_ value: String) -> Bool { ["http://", "https://", "exec:"].contains { value.hasPrefix($0) } }

  /// Returns a problem for each option that must not write its file: another option names the same file, the file cannot be written, or its
  /// content is not an earlier output of the option. Call this in the folder in which the command runs.
  static func refusals(_ files: [NamedFile]) -> [(option: String, problem: Problem)] {
    files.indices.filter { files[$0].isWritten }.compactMap { index in
      let file = files[index]
      let problem = file.clash(with: files[..<index]) ?? file.loss
      return problem.map { (file.option, $0) }
    }
  }

  private var loss: Problem? { OutputFile.loss(at: Folder.absolute(path), option: option, form: form ?? option) }

  private func clash(with others: ArraySlice<NamedFile>) -> Problem? {
    guard !path.hasPrefix("/dev/"), let other = others.first(where: { $0.place.isExactly(place) }) else { return nil }
    return Problem("it names the file of \(other.option), which would be overwritten", subject: option, fix: "name another file")
  }

  /// The number of the file, which is the same under each of its names, or the absolute path with links followed if there is no file yet.
  private var place: String {
    let path = Folder.steps(of: Folder.absolute(path)).last ?? path
    var status = stat()
    if stat(path, &status) == 0 { return "\(status.st_dev):\(status.st_ino)" }
    return Folder.real(Folder.parent(of: path)) + "/" + Folder.name(of: path)
  }
}
