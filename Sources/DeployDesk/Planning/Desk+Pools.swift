import DeployCore
import DeployModel

extension Desk {
  /// Refuses to roll a whole group back from a good release if pools share the group's traffic. A rollback runs no strategy, so it would
  /// stop the hosts that get all of the traffic. Two rollbacks are still allowed: that of an unfinished deployment, and that of a group
  /// whose previous revision cannot be deployed from this machine. For an unfinished deployment, a remark says what happens to the traffic.
  /// - Throws: the problem, with the `deploy` command that returns to the previous revision by means of the strategy.
  func refuseBesidesPools(_ plan: Plan, _ selection: Selection) throws(Problems) {
    let recipe = selection.recipe
    let sharesTraffic = recipe.flow.stages.contains { if case .rollout(let strategy?) = $0 { strategy.traffic != nil } else { false } }
    guard sharesTraffic else { return }
    let isSettled = plan.hosts.allSatisfy { host in
      host.action != .change || (host.previous?.trial != true && host.isUnrestored != true && host.damage == nil)
    }
    guard isSettled else {
      return tell(
        .remark("A rollback moves no traffic, and what an interrupted deployment left of it may not be known here: look at the balancer."))
    }
    let bundle = plan.content.inputs.bundle
    guard selection.others == 0, (try? shelf.inspect(bundle.hex)) != nil else { return }
    throw Problems(
      Problem(
        "recipe \"\(recipe.name)\" shares traffic between pools, and a rollback takes hosts back whatever traffic they get",
        place: recipe.place,
        fix:
          "lander deploy \(recipe.name)\(GroupName(selection.group).option) --revision bundle:\(bundle.short) goes back by its strategy\n"
          + "lander rollback \(recipe.name)\(GroupName(selection.group).option) --only HOST takes single hosts back"), exit: .refused)
  }
}
