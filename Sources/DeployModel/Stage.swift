/// One part of a deployment; stages run in order.
package enum Stage: Sendable, Hashable, Codable {
  /// Stages the release on every host.
  case upload
  /// Takes the hosts through their lifecycle, wave by wave; nil: all at once.
  case rollout(Strategy?)
  /// A function that runs once.
  case script(name: String, summary: String, function: Int, when: Int?, place: SourcePlace?)

  package var name: String {
    switch self {
    case .upload: "upload"
    case .rollout: "rollout"
    case .script(let name, _, _, _, _): name
    }
  }
}
