import DeployModel

extension Project {
  /// Makes the root folders of hosts on this machine absolute. In `deploy.lua`, they are relative to the project, so that the file means
  /// the same in every checkout.
  mutating func placeRoots(in folder: String) {
    for index in groups.indices { groups[index].placeRoots(in: folder) }
    for index in recipes.indices {
      guard case .hosts(var group) = recipes[index].targets else { continue }
      group.placeRoots(in: folder)
      recipes[index].targets = .hosts(group)
    }
  }
}

extension DeploymentGroup {
  fileprivate mutating func placeRoots(in folder: String) {
    for index in hosts.indices where hosts[index].isThisMachine {
      hosts[index].root = hosts[index].root.map { Folder.absolute($0, in: folder) }
    }
  }
}
