package import DeployModel

extension Hosts {
  /// Returns the argv that gives a person a shell on a host. The shell starts in a folder or, if that folder does not exist, in another
  /// one.
  /// - Parameters:
  ///   - folder: an absolute path.
  ///   - other: the folder to use if `folder` does not exist.
  /// - Throws: `invalid` if the host's transport gives no terminal.
  package static func console(
    of host: DeployModel.Host, in folder: String, or other: String, options: Options = Options()
  ) throws(Failure) -> [String] {
    let reach = try Reach(host, options: options)
    let line = "cd \(Quoting.word(folder)) 2>/dev/null || cd \(Quoting.word(other)) || exit 1; exec \"${SHELL:-sh}\" -i"
    switch reach.kind {
    case .local: return ["sh", "-c", line]
    case .ssh:
      // A person needs a terminal, and here ssh is allowed to ask for a password.
      var words: [String] = []
      for word in reach.argv where word != "BatchMode=yes" { words.append(word == "-T" ? "-t" : word) }
      words = words.indices.filter { !(words[$0] == "-o" && $0 + 1 < words.count && words[$0 + 1] == "-o") }.map { words[$0] }
      return words + [line]
    case .other:
      throw Failure(
        .invalid, "\(host.name) is reached by an argv of the recipe's, which gives no terminal",
        fix: "\(reach.typed), then: cd \(Quoting.word(folder))")
    }
  }
}
