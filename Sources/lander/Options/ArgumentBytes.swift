import DeployModel
import Glibc

/// The bytes of the command line and of the variables that set parameters. Swift would replace those that are not UTF-8, so that two
/// different values would become the same one.
enum ArgumentBytes {
  /// - Throws: `Problems` for each argument and each variable of a parameter that is not UTF-8.
  static func check() throws(Problems) {
    var problems: [Problem] = []
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let word = CommandLine.unsafeArgv[index], !isText(word) else { continue }
      problems.append(Problem("argument \(index) is not UTF-8: \(String(cString: word))", fix: "write it in UTF-8"))
    }
    var next = environ
    while let entry = next.pointee {
      next += 1
      let word = String(cString: entry)
      guard word.hasPrefix(GivenParameters.prefix), !isText(entry) else { continue }
      problems.append(Problem("the variable \(word.prefix { $0 != "=" }) is not UTF-8", fix: "write it in UTF-8"))
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  private static func isText(_ word: UnsafePointer<CChar>) -> Bool { String(validatingCString: word) != nil }
}
