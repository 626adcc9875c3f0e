/// One part of a deployment; stages run in order.
package enum Stage: Sendable, Hashable, Codable {
  /// Stages the release on every host.
  case upload
  /// Takes the hosts through their lifecycle, wave by wave; nil: all at once.
  case rollout(Strategy?)
  /// A function that runs once. Without terms, nothing more is known of it, as in plans of older versions.
  case script(name: String, summary: String, function: Int, when: Int?, place: SourcePlace?, terms: StageTerms? = nil)

  package var name: String {
    switch self {
    case .upload: "upload"
    case .rollout: "rollout"
    case .script(let name, _, _, _, _, _): name
    }
  }

  /// The terms of the stage; nil: it has none, or is not one of the recipe's own stages.
  package var terms: StageTerms? { if case .script(_, _, _, _, _, let terms) = self { terms } else { nil } }
}
