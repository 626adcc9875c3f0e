package import DeployModel

/// The throwaway hosts that stand in for a project's hosts.
package struct LabHosts: Sendable {
  /// The lab's private folder.
  let folder: String
  /// The largest number of machines of each group.
  let most: Int

  package init(below folder: String, most: Int) {
    self.folder = folder
    self.most = most
  }

  /// Returns why a lab cannot be made in a folder, or nil if it can. The lab puts the folder's path into PATH and into command lines,
  /// sometimes without quotes. So the path must contain only characters that have no special meaning in these places.
  /// - Parameter folder: an absolute path without links.
  package static func doubt(of folder: String) -> Problem? {
    let isPlain = folder.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || [0x2D, 0x2E, 0x2F, 0x5F].contains(byte)
    }
    if isPlain, folder.isAbsolutePath { return nil }
    return Problem(
      "a lab cannot be in \"\(folder)\": command lines and PATH could read its path as something else", subject: "TMPDIR",
      fix: "set TMPDIR to an absolute path of letters, digits and . _ - only: TMPDIR=/tmp lander test --lab")
  }

  /// Returns the root folder of a machine. The result is always inside the lab's folder, even if the machine's name contains characters
  /// that are not allowed in host names.
  package static func root(of machine: String, below folder: String) -> String {
    let safe = machine.utf8.map { byte in
      let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      return isPlain || byte == 0x2D || byte == 0x2E ? String(UnicodeScalar(byte)) : "_" + Hex.text([byte])
    }
    return "\(folder)/hosts/_\(safe.joined())"
  }

  /// Returns the project with throwaway hosts in all groups. Freezes and alarms are left out, because nothing in a lab is in service.
  func replacing(in project: Project) -> Project {
    var project = project
    for index in project.groups.indices { project.groups[index].hosts = replaced(project.groups[index].hosts) }
    for index in project.recipes.indices {
      if case .hosts(var group) = project.recipes[index].targets {
        group.hosts = replaced(group.hosts)
        project.recipes[index].targets = .hosts(group)
      }
      project.recipes[index].user = nil
      project.recipes[index].freeze = []
      project.recipes[index].alarm = nil
    }
    return project
  }

  /// Returns the names of all machines of a project that get a throwaway host, each once.
  package func machines(of project: Project) -> [String] { Self.machines(in: replacing(in: project)) }

  /// Returns the names of all machines of a project, each once.
  static func machines(in project: Project) -> [String] {
    let own: [[Host]] = project.recipes.map { if case .hosts(let group) = $0.targets { group.hosts } else { [] } }
    return (project.groups.map(\.hosts) + own).flatMap(\.self).map(\.machine).reduce(into: []) { known, name in
      if !known.contains(where: { $0.isExactly(name) }) { known.append(name) }
    }
  }

  private func replaced(_ hosts: [Host]) -> [Host] {
    let machines = hosts.map(\.machine).reduce(into: [String]()) { known, name in
      if !known.contains(where: { $0.isExactly(name) }) { known.append(name) }
    }
    return hosts.filter { host in machines.prefix(most).contains { $0.isExactly(host.machine) } }.map { host in
      var host = host
      host.transport = OwnTransport.local.name
      (host.argv, host.user, host.port) = (nil, nil, nil)
      host.root = Self.root(of: host.machine, below: folder)
      return host
    }
  }
}
