package import DeployModel

extension Plan {
  /// What the plan does, on one line, such as `Deploying shop to production · 1a2b3c → 4d5e6f · rolling · 3f2a91c on main: Fix login`.
  package var headline: String {
    let parts = [movement, flow.strategy.map { SafeText.line($0.name) }, origin.provenance?.commit?.words]
    return (["\(verb) \(what) \(preposition) \(subject.groupName.words)"] + parts.compactMap { $0 }).joined(separator: " · ")
  }

  /// What the plan does, as a verb, such as `Deploying`, `Rolling back`, `Running restart of` or `Removing`.
  var verb: String {
    switch kind {
    case .deploy: "Deploying"
    case .rollback: "Rolling back"
    case .task: "Running \(kind.words.task ?? "") of"
    case .remove: "Removing"
    }
  }

  /// The revisions that hosts run now and the revision that they will get, or nil if the plan has no revision.
  private var movement: String? {
    let old = hosts.filter { $0.action == .change }.map { $0.previous?.inputs.bundle.short ?? $0.current?.rawValue }
    let before = old.first.flatMap { first in old.allSatisfy { $0 == first } ? first : "several revisions" }
    let after: String? =
      switch kind {
      case .deploy: revision?.short
      case .rollback: revision?.short ?? "what each ran before"
      case .task, .remove: nil
      }
    return after.map { after in before.map { "\($0) → \(after)" } ?? after }
  }
}
