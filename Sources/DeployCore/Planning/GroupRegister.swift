package import DeployModel

/// Deployments to different parts of a group lock different hosts, so none of them would know that another one has just run a stage that
/// runs once. Therefore such deployments also lock the group's first host, and it keeps the marks of their stages. This host is the group's
/// *register*. The lock and the marks are in a folder of the group, not in the application's folder, so a deployment to that host itself
/// does not use them.
extension Selection {
  /// The selection with the register as its last partner. It is the selection itself if the request leaves out no host, if no stage of the
  /// recipe leaves a mark, or if the host is a partner already.
  package var withRegister: Selection {
    guard !bystanders.isEmpty, remembersStages, recipe.task == nil, recipe.removal == nil, var host = first,
      !partners.contains(where: { $0.host.name.isExactly(host.name) })
    else { return self }
    var copy = self
    host.number = hosts.count + partners.count
    copy.partners.append(
      Partner(host: host, groups: [], path: Partner.path(on: host, application: recipe.application, group: group)))
    return copy
  }
}

extension Partner {
  /// Whether the host is only the group's register. Functions of the recipe cannot use it.
  package var isRegister: Bool { groups.isEmpty }
}

extension [Partner] {
  /// The partners without the register, if no stage needs it.
  func keepingRegister(_ isNeeded: Bool) -> [Partner] { isNeeded ? self : filter { !$0.isRegister } }
}

extension Stage {
  /// Whether the stage will run in this deployment, and runs once for its revision.
  var runsOnce: Bool {
    guard let terms, terms.once == .revision else { return false }
    return switch terms.settled {
    case .ran, .told: false
    default: true
    }
  }
}
