import DeployCore
import DeployModel

extension Desk {
  /// Returns the request that deploys what another group runs: the group's bundle, with the parameters of that bundle's deployment. Typed
  /// parameters, and parameters that the target group itself sets (`params`), take precedence.
  /// - Throws: an error that lists the hosts of the other group if they do not all run the same good release. In this case, nothing has
  ///   been changed.
  package func adopting(_ source: String, _ asked: Asked, of project: LoadedProject) async throws -> Asked {
    var asked = asked
    let selection = try project.project.selection(recipe: asked.request.recipe, group: source)
    let target = try? project.project.selection(recipe: asked.request.recipe, group: asked.request.group)
    if asked.request.revision != nil {
      throw Problems(Problem("--from-group says the revision already", subject: "--revision", fix: "leave one of them out"))
    }
    if target?.group == selection.group {
      throw Problems(
        Problem("group \"\(source)\" is the one that is deployed to", subject: "--from-group", fix: "name another one, or --group"))
    }
    let found = Slots.speaking(await survey(selection).named)
    let receipt = try agreed(found, in: source)
    let digest = receipt.inputs.bundle
    guard (try? shelf.inspect(digest.hex)) != nil else {
      let commit = receipt.provenance?.commit.map { ", made from commit \($0.short)," } ?? ""
      throw Problems(
        Problem(
          "bundle \(digest.short)\(commit) that group \"\(source)\" runs is not in this state folder", subject: "--from-group",
          fix: "use the state folder that deployed it there (--state), or bring its bundles here"),
        exit: .refused)
    }
    asked.request.revision = "bundle:\(digest.hex)"
    let own = [source, target?.group].compactMap { $0 }.flatMap { name in
      project.project.groups.first { $0.name.isExactly(name) }?.params.members.map(\.name) ?? []
    }
    let typed = asked.request.parameters.map(\.name)
    let kept = receipt.inputs.parameters.members.filter { one in
      !own.contains { $0.isExactly(one.name) } && !typed.contains { $0.isExactly(one.name) }
    }
    asked.request.parameters += kept
    let values = kept.map { "\($0.name) = \($0.value.words)" }.joined(separator: ", ")
    tell(
      .remark(
        "Taking bundle \(digest.short)\(values.isEmpty ? "" : " with \(values)") of deployment \(receipt.deployment), which group "
          + "\"\(source)\" runs."))
    return asked
  }

  /// Checks that all hosts run the same good release with the same parameters, and returns their newest receipt.
  /// - Throws: an error that lists all hosts that do not run it.
  func agreed(_ hosts: [(host: Host, survey: Survey)], in group: String) throws(Problems) -> Receipt {
    var problems: [Problem] = []
    var receipts: [(host: String, receipt: Receipt)] = []
    for (host, survey) in hosts {
      guard case .reached(let state) = survey else {
        if case .unreachable(let failure) = survey { problems.append(failure.problem(of: host.name)) }
        continue
      }
      guard let receipt = state.receipt else {
        problems.append(Problem("nothing was deployed there", subject: host.name))
        continue
      }
      if receipt.trial == true {
        problems.append(
          Problem("deployment \(receipt.deployment) there has not succeeded (yet)", subject: host.name, fix: "lander status shows it"))
      } else if state.current != receipt.release.id || state.damage(of: receipt.release.id) != nil {
        problems.append(
          Problem("it does not run what its receipt says, whole", subject: host.name, fix: "lander verify shows what differs"))
      }
      receipts.append((host.name, receipt))
    }
    let first = receipts.first
    for (host, receipt) in receipts.dropFirst() where !receipt.inputs.isSame(as: first?.receipt.inputs) {
      problems.append(
        Problem(
          "it runs bundle \(receipt.inputs.bundle.short) of deployment \(receipt.deployment), and \(first?.host ?? "") another one or with "
            + "other parameters", subject: host))
    }
    guard problems.isEmpty, let newest = receipts.map(\.receipt).max(by: { $0.at < $1.at }) else {
      let none = problems.isEmpty ? [Problem("group \"\(group)\" has no host", subject: "--from-group")] : problems
      throw Problems(none, exit: .refused)
    }
    return newest
  }
}

extension Receipt.Inputs {
  /// Whether a deployment with these inputs would bring the same bundle with the same parameters.
  fileprivate func isSame(as other: Receipt.Inputs?) -> Bool { bundle == other?.bundle && parameters == other?.parameters }
}
