/// One part of a deployment. Stages run one after the other.
package enum Stage: Sendable, Hashable, Codable {
  /// Sends the release to every host.
  case upload
  /// Takes the hosts through their lifecycle events, wave by wave, as the strategy decides. Without a strategy, there is a single wave.
  case rollout(Strategy?)
  /// A function that runs once. The terms are nil if the plan is from an older version or the stage has no terms.
  case script(name: String, summary: String, function: Int, when: Int?, place: SourcePlace?, terms: StageTerms? = nil)

  package var name: String {
    switch self {
    case .upload: "upload"
    case .rollout: "rollout"
    case .script(let name, _, _, _, _, _): name
    }
  }

  /// The terms of the stage, or nil if it has none or is an upload or a rollout.
  package var terms: StageTerms? { if case .script(_, _, _, _, _, let terms) = self { terms } else { nil } }
}
