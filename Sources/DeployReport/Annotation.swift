package import DeployModel

/// A note that a CI system shows outside the log. If its place is known, it points to a line of the recipe.
package struct Annotation: Sendable, Hashable {
  package var isError: Bool
  package var title: String
  package var message: String
  package var place: SourcePlace?

  package init(isError: Bool = true, title: String, message: String, place: SourcePlace? = nil) {
    self.isError = isError
    self.title = title
    self.message = message
    self.place = place
  }

  /// The largest number of annotations. GitHub shows at most 10 in a step and 50 in a job.
  package static let most = 8

  /// Returns the most useful facts about how a deployment ended: the first failure, each other cause once, and what needs attention. If
  /// some facts do not fit, the last annotation says how many are left out. The list is empty if the deployment has not ended, or ended as
  /// it should.
  package static func all(of story: DeploymentStory, rollback: DeploymentStory? = nil) -> [Annotation] {
    guard story.conclusion != nil, !story.isAsWished else { return [] }
    var found: [Annotation] = []
    func add(_ error: ScriptError, _ title: String) {
      let fix = error.failure.fix.map { " → \($0)" } ?? ""
      let one = Annotation(title: title, message: error.line + fix, place: error.place)
      if !found.contains(where: { $0.message == one.message && $0.place == one.place }) { found.append(one) }
    }
    if let first = story.first {
      let host = first.host.map { story.hosts[$0].name } ?? first.error.host
      add(first.error, [host, first.event?.rawValue ?? first.stage].compactMap { $0 }.joined(separator: " ").or("Deployment failed"))
    } else if let error = story.conclusion?.error {
      add(error, "Deployment \(story.conclusion?.status.rawValue ?? "failed")")
    }
    for host in story.hosts { if let error = host.status.error { add(error, host.name) } }
    if let error = rollback?.first?.error, rollback?.isAsWished == false { add(error, "Rollback failed") }
    let account = Account(story, rollback: rollback)
    if let traffic = account.traffic { found.append(Annotation(title: "Traffic", message: traffic)) }
    for wrong in account.wrong { found.append(Annotation(title: "Needs attention: \(wrong.host)", message: wrong.why)) }
    if !account.notUndone.isEmpty {
      let stages = account.notUndone.map { "stage \($0)" }.joined(separator: ", ")
      found.append(Annotation(title: "Not undone", message: stages))
    }
    guard found.count > most else { return found }
    let rest = Annotation(
      isError: false, title: "\(found.count - most + 1) more", message: "lander report \(story.id) has all of them")
    return Array(found.prefix(most - 1)) + [rest]
  }
}

extension String {
  fileprivate func or(_ other: String) -> String { isEmpty ? other : self }
}
