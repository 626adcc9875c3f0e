import DeployModel
import DeploySimulation
import Synchronization

/// The answers of commands and checks in a trial, and how often each was given.
final class TrialAnswers: Sendable {
  private let answers: [Trial.Answer]
  /// The counts by machine, then by answer.
  private let given = Mutex<[ExactText: [Int]]>([:])

  init(_ answers: [Trial.Answer]) { self.answers = answers }

  /// Numbers, from 1, of the answers that no command took and that are not optional, in order.
  var unused: [Int] {
    given.withLock { given in
      answers.indices.filter { number in !answers[number].isOptional && given.values.allSatisfy { $0[number] == 0 } }.map { $0 + 1 }
    }
  }

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
