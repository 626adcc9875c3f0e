package import DeployModel

extension Recovery.Divergence {
  /// The divergence in words, for the person who tried to resume the deployment of this plan.
  package func problem(in plan: Plan) -> Problem {
    func words(_ intent: Intent) -> String {
      let place =
        switch intent.place {
        case .engine: "this machine"
        case .host(let number): plan.name(ofHost: number)
        }
      return "`\(intent.operation.verb)` on \(place)"
    }
    let asked =
      switch again {
      case nil: "nothing more"
      case let again? where words(again) == words(recorded): "a different `\(again.operation.verb)`"
      case let again?: words(again)
      }
    return Problem(
      "deployment \(plan.id) cannot be resumed: its journal records \(words(recorded)) (entry \(sequence)), and the same sources ask for "
        + "\(asked) now; nothing was done",
      fix: "resume it with the version of lander that began it; otherwise look at its hosts, then lander unlock and lander rollback")
  }
}
