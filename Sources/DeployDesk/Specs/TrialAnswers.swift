import DeployModel
import DeploySimulation
import Synchronization

/// What commands and checks answer in a trial, with how often each answer was given.
final class TrialAnswers: Sendable {
  private let answers: [Trial.Answer]
  /// By machine, then by answer; looked up, never iterated.
  private let given = Mutex<[ExactText: [Int]]>([:])

  init(_ answers: [Trial.Answer]) { self.answers = answers }

  /// - Returns: nil: no answer fits.
  func command(_ line: String, on host: String) -> SimulatedCommand? {
    given.withLock { given in
      for (number, answer) in answers.enumerated() where line.contains(answer.part) && (answer.host ?? host) == host {
        var counts = given[ExactText(host)] ?? answers.map { _ in 0 }
        if let times = answer.times, counts[number] >= times { continue }
        counts[number] += 1
        given[ExactText(host)] = counts
        var command = SimulatedCommand()
        command.status = answer.status
        command.stdout = answer.stdout
        command.stderr = answer.stderr
        command.duration = answer.duration
        return command
      }
      return nil
    }
  }
}
