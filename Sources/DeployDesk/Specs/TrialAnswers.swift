import DeployModel
import DeploySimulation
import Synchronization

/// The simulated answers to commands and checks in a trial, and how often each was given.
final class TrialAnswers: Sendable {
  private let answers: [Trial.Answer]
  /// For each machine, how often each answer was given, by the answer's index.
  private let given = Mutex<[ExactText: [Int]]>([:])

  init(_ answers: [Trial.Answer]) { self.answers = answers }

  /// The numbers of the answers that were never given and are not optional, in order. The first answer has the number 1.
  var unused: [Int] {
    given.withLock { given in
      answers.indices.filter { number in !answers[number].isOptional && given.values.allSatisfy { $0[number] == 0 } }.map { $0 + 1 }
    }
  }

  /// Returns the answer to a command line on a host, or nil if no answer matches.
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
