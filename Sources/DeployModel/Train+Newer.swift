/// Finds deployments that changed the groups of a train after somebody had asked for the train.
extension Train {
  /// Whether a deployment was planned after the train and is not one of its own. This compares the times in the two ids, because the times
  /// in receipts might be ahead of the clock.
  package func isOlder(than deployment: Deployment.ID) -> Bool {
    let (own, other) = (id.moment.utf8.prefix(15), deployment.rawValue.utf8.prefix(15))
    guard own.count == 15, other.count == 15, other.first.map({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) == true else {
      return false
    }
    return own.lexicographicallyPrecedes(other) && !legs.contains { $0.deployment == deployment }
  }

  /// Finds the newest deployment that changed a group that the train has not reached yet. Returns nil if there is none.
  /// - Parameter deployments: the deployments of a journal, newest first.
  package func overtaking(_ deployments: [DeploymentSummary]) -> DeploymentSummary? {
    guard let next else { return nil }
    return deployments.first { one in
      guard one.kind.task == nil, isOlder(than: one.id), request.recipe?.isExactly(one.recipe) ?? true,
        legs[next...].contains(where: { $0.group.isExactly(one.group) })
      else { return false }
      switch one.state {
      case .concluded(.succeeded), .concluded(.partial): return bundle == nil || one.bundle != bundle
      default: return false
      }
    }
  }
}
