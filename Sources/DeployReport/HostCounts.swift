import DeployModel

/// The number of hosts of a deployment for each result, in the words of `HostStatus`.
struct HostCounts {
  private static let order = [
    "succeeded", "went back", "not gone back", "unchanged", "kept", "left out", "restored", "not changed", "restore failed", "failed",
    "unknown", "taken over", "changing", "restoring", "waiting",
  ]
  private var words: [String]

  /// - Parameter rollback: the rollback that followed, or nil if there was none. A host that it rolled back no longer counts as succeeded.
  init(of story: DeploymentStory, after rollback: DeploymentStory? = nil) {
    words = story.hosts.map { host in
      guard host.status == .succeeded, rollback?.conclusion != nil,
        let back = rollback?.hosts.first(where: { $0.name.isExactly(host.name) })
      else { return host.status.word }
      return back.status == .succeeded || back.status == .unchanged ? "went back" : "not gone back"
    }
  }

  /// The numbers in words, such as `21 succeeded · 2 restored · 1 unknown`. A host that never began counts as not started.
  var text: String {
    HostCounts.order.compactMap { word in
      let count = words.count { $0 == word }
      return count == 0 ? nil : "\(count.grouped) \(word == "waiting" ? "not started" : word)"
    }.joined(separator: " · ")
  }
}
