import DeployCore
package import DeployModel

extension Desk {
  /// Checks the request for each group of a train, before anything starts.
  /// - Throws: an error that lists the problems of all groups, each problem once.
  package func review(_ groups: [Asked], of project: LoadedProject) async throws {
    var problems: [Problem] = []
    for asked in groups {
      do { _ = try await Selecting(project: project, stage: stage).selection(asked) } catch let found as Problems {
        problems += found.list.filter { !problems.contains($0) }
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// Checks, file by file, whether the hosts of a leg still run the train's release. Hosts that the budget excused from the leg's
  /// deployment are ignored. Nothing is changed.
  /// - Throws: an error that lists all hosts that do not run the release, with the exit code `held`.
  package func confirm(_ leg: Train.Leg, of train: Train, in project: LoadedProject) async throws {
    guard let deployment = leg.deployment, let bundle = train.bundle else { return }
    let entries = try await past.entries(of: deployment)
    guard case .planned(let plan)? = entries.first?.fact, case .concluded(let conclusion)? = entries.last?.fact else { return }
    let brought = zip(plan.hosts, conclusion.hosts).filter { $1 == .succeeded || $1 == .unchanged }.map(\.0.host.name)
    let selection = try project.project.selection(recipe: train.request.recipe, group: leg.group)
    let found = await survey(selection).named.filter { one in brought.contains { $0.isExactly(one.host.name) } }
    do {
      let receipt = try agreed(found, in: leg.group)
      guard receipt.inputs.bundle != bundle else { return try await refuseDamage(found, selection) }
      throw Problems(
        Problem(
          "the hosts run bundle \(receipt.inputs.bundle.short) of deployment \(receipt.deployment), and not \(bundle.short)",
          subject: leg.group))
    } catch let problems as Problems {
      var list = problems.list
      list[list.count - 1].fix = "bring group \"\(leg.group)\" in order, then: lander resume \(train.id)"
      throw Problems(list, exit: .held)
    }
  }

  /// Refuses a leg if another revision was deployed to its group after the train began, because the train's revision is older than that
  /// one. Nothing is changed.
  /// - Throws: an error about the newest such deployment, with the exit code `refused`.
  package func refuseOvertaken(_ leg: Train.Leg, of train: Train, in project: LoadedProject) async throws {
    let selection = try project.project.selection(recipe: train.request.recipe, group: leg.group)
    let receipts = await survey(selection).named.compactMap { one -> Receipt? in
      guard case .reached(let state) = one.survey, let receipt = state.receipt, receipt.inputs.bundle != train.bundle else { return nil }
      return receipt
    }
    guard let newer = receipts.filter({ train.isOlder(than: $0.deployment) }).max(by: { $0.deployment < $1.deployment }) else { return }
    throw Problems(
      Problem(
        "deployment \(newer.deployment) of \(newer.actor) reached it after train \(train.id) had begun, and the train would bring an older "
          + "revision", subject: leg.group,
        fix: "lander cancel \(train.id) ends the train"
          + (train.bundle.map {
            "; if its revision is wanted all the same: lander deploy \(selection.recipe.name)\(GroupName(leg.group).option) --revision "
              + "bundle:\($0.short)"
          } ?? "")), exit: .refused)
  }

  /// Refuses hosts whose releases differ from the one that was delivered.
  private func refuseDamage(_ found: [(host: Host, survey: Survey)], _ selection: Selection) async throws(Problems) {
    let problems = await verdicts(found, at: selection.recipe.placement).compactMap { name, verdict -> Problem? in
      switch verdict {
      case .compared(let found):
        guard let first = found.differing.first else { return nil }
        let more = found.differing.count == 1 ? "" : ", and \(found.differing.count - 1) more of its release are not as they were delivered"
        return Problem("\(first.path) \(first.words)\(more)", subject: name)
      case .failed(let problem): return problem
      case .empty: return nil
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
  }
}
