import DeployCore
import DeployModel

/// Checks that are made from the engine's machine.
extension EngineProcesses {
  /// Makes a check from this machine, with the same shell functions that hosts use.
  func ask(_ check: Check, _ intent: Intent, _ deployment: Deployment.ID, _ flight: Flight) async throws(Failure) -> Outcome {
    let seconds = HTTPAnswer.seconds(within: intent.timeout)
    let line: String
    switch check {
    case .command(let command): line = command
    case .port(let port): line = "l_port \(port)"
    case .http(let url, _): line = "l_http \(Quoting.word(url)) \(seconds)"
    }
    var command = Command(.shell(line))
    if case .command = check {
    } else {
      command.form = .argv(["sh", "-c", String(decoding: HostProgram().whole, as: UTF8.self) + "\n" + line])
    }
    var program = try await process(command, intent, deployment)
    program.line = line
    var outcome = try await run(program, intent, deployment, flight) { _ in }
    if case .http(let url, let wanted) = check {
      if outcome.failure == nil, let no = HTTPAnswer(outcome.stdout?.text ?? "").refusal(wanted: wanted) {
        outcome.failure = Failure(.unhealthy, "GET \(url): \(no)")
      } else if outcome.failure?.kind == .command {
        let said = HTTPAnswer.excerpt(outcome.stderr?.text ?? "")
        outcome.failure = Failure(.unhealthy, "GET \(url): \(said.isEmpty ? "nothing answers" : said)")
      }
    }
    outcome.becomeAnswer()
    return outcome
  }
}
