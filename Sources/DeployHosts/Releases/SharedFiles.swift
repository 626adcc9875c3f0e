import DeployModel

/// Shared files, which stay the same when the release changes. A person puts them on a host once, before the first deployment.
enum SharedFiles {
  /// Returns the failure for a host that lacks some shared files. The failure contains the commands that copy these files to the host.
  /// - Parameters:
  ///   - missing: the indices in `shared` of the files that the host lacks.
  ///   - path: the folder of the application on the host.
  /// - Returns: the failure, or nil if nothing is missing.
  static func failure(missing: [Int], of shared: [String], on host: DeployModel.Host, at path: String) -> Failure? {
    let names = missing.filter(shared.indices.contains).map { shared[$0] }
    if names.isEmpty { return nil }
    var folders: [(path: String, files: [String])] = []
    for name in names {
      let parts = name.pathParts.dropLast().map(String.init)
      let folder = ([path, "shared"] + parts).joined(separator: "/")
      if let index = folders.firstIndex(where: { $0.path.isExactly(folder) }) {
        folders[index].files.append(name)
      } else {
        folders.append((folder, [name]))
      }
    }
    return Failure(
      .missing, "shared files are not there yet: \(names.map { "\(path)/shared/\($0)" }.joined(separator: ", "))",
      fix: folders.map { command(bringing: $0.files, to: $0.path, on: host) }.joined(separator: "\n"))
  }

  private static func command(bringing files: [String], to folder: String, on host: DeployModel.Host) -> String {
    let (from, to) = (files.map(Quoting.word).joined(separator: " "), Quoting.word(folder))
    if host.isThisMachine || host.argv != nil { return "mkdir -p \(to) && cp \(from) \(to)/" }
    let (login, machine) = (host.user.map { "\($0)@" } ?? "", host.address ?? host.name)
    let address = login + machine
    // If an IPv6 address were not in brackets, scp would take a part of it for the path.
    let target = machine.utf8.contains(UInt8(ascii: ":")) ? Quoting.word("\(login)[\(machine)]") : address
    func port(_ option: String) -> String { host.port.map { "\(option) \($0) " } ?? "" }
    return "ssh \(port("-p"))\(address) mkdir -p \(to) && scp \(port("-P"))\(from) \(target):\(to)/"
  }
}
