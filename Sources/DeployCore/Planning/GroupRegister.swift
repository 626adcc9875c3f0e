package import DeployModel

/// Deployments to different parts of a group lock different hosts, so none of them would know that another one has just run or undone a
/// stage. Therefore such deployments also lock the group's first host, and it keeps the marks of their stages. This host is the group's
/// *register*. The lock and the marks are in a folder of the group, not in the application's folder, so a deployment to that host itself
/// does not use them.
extension Selection {
  /// The selection of a deployment to a part of the group, with the register among its partners. It is the selection itself if the request
  /// leaves out no host, or if no stage of the recipe leaves a mark.
  package var withRegisterOfParts: Selection { bystanders.isEmpty ? self : withRegister }

  /// The selection with the register among its partners, even if the request leaves out no host. With it, a command that shows or removes
  /// locks finds the register's lock too.
  package var withRegister: Selection {
    guard remembersStages, recipe.task == nil, recipe.removal == nil, var host = first else { return self }
    var copy = self
    if let index = partners.firstIndex(where: { $0.host.name.isExactly(host.name) }) {
      copy.partners[index].register = Partner.Register()
      return copy
    }
    host.number = hosts.count + partners.count
    copy.partners.append(
      Partner(
        host: host, groups: [], path: Partner.path(on: host, application: recipe.application, group: group), register: Partner.Register()))
    return copy
  }
}

extension Selection {
  /// The selection with the register as its only partner, for a command that shows what the hosts of a group do.
  package var withOnlyRegister: Selection {
    var copy = self
    copy.partners = []
    return copy.withRegister
  }
}

extension Partner {
  /// Whether the host is only the group's register. The deployment can do without it, because no function of the recipe uses it.
  package var isOnlyRegister: Bool { register != nil && groups.isEmpty }

  /// Says that the deployment runs without the register, what that means, and what to do.
  /// - Parameter failure: why the register cannot be used.
  package func withoutRegister(_ failure: Failure) -> String {
    let fix = failure.fix.map { " (\($0))" } ?? ""
    return "none: \(host.name) cannot keep it: \(failure.message). Deployments and rollbacks of other parts of the group do not wait for "
      + "this one, so they could run or undo the same stage too. Begin none of them before this one has ended, or repair "
      + "\(host.name)\(fix) and plan again"
  }
}

extension [Partner] {
  /// Returns the partners, with the register only if the plan needs it.
  func with(register isNeeded: Bool) -> [Partner] {
    if isNeeded { return self }
    return filter { !$0.isOnlyRegister }.map { partner in
      var partner = partner
      partner.register = nil
      return partner
    }
  }
}

extension [Stage] {
  /// Whether a deployment with these stages needs the register. It needs none if its only stages with marks have already run and cannot be
  /// undone. A stage that can be undone might be undone by a rollback of another part of the group at the same time.
  var needRegister: Bool {
    contains { stage in
      guard let terms = stage.terms, terms.leavesMark else { return false }
      if terms.undo != nil { return true }
      return switch terms.settled {
      case .ran, .told: false
      default: true
      }
    }
  }
}
