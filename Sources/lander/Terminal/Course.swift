import DeployDesk
import DeployModel
import DeployReport

/// A deployment, with the rollback that followed it, for reports.
struct Course {
  let pair: DeploymentPair
  let chronicles: [Chronicle]
  /// How the deployment ended, or what it is doing now, in the words of `history`.
  let state: String

  var story: DeploymentStory { chronicles.first?.story ?? DeploymentStory() }
  var rollback: DeploymentStory? { chronicles.dropFirst().first?.story }
  /// The value for JSON output.
  var account: Value { AccountReport(story, rollback: rollback, state: state).value }
}

extension PastDeployments {
  /// The largest size of all output in a report, in bytes. `lander logs` shows the rest.
  private static let most = 4_000_000

  /// Returns the deployment that a word identifies, with its rollback.
  /// - Parameter word: the id of the deployment or of its rollback, the beginning of such an id, or `last`.
  func course(of word: String) async throws -> Course {
    let pair = try await pair(word == "last" ? try await find(word).id.rawValue : word, or: [])
    var chronicles: [Chronicle] = []
    for member in pair.members { chronicles.append(Chronicle(try await entries(of: member.id))) }
    return Course(pair: pair, chronicles: chronicles, state: HistoryReport([pair.first]).entries[0].state)
  }

  /// Returns the deployments of a train, or the one deployment that a word identifies.
  /// - Parameter train: the train, or nil if the word identifies a deployment.
  func courses(of word: String, in train: Train?) async throws -> [Course] {
    guard let train else { return [try await course(of: word)] }
    var courses: [Course] = []
    for id in train.legs.compactMap(\.deployment) where try await knows(id.rawValue) { courses.append(try await course(of: id.rawValue)) }
    return courses
  }

  /// Returns the output of commands, each with its host, event and result.
  func written(_ course: Course) async throws -> [DeploymentDocument.Log] {
    var written: [DeploymentDocument.Log] = []
    var left = Self.most
    for member in course.pair.members {
      for log in try await logs(of: member.id.rawValue, host: nil) {
        for command in log.commands where left > 0 {
          let (stdout, stderr) = try output(of: command, in: member.id)
          let lines = command.lines(stdout: stdout, stderr: stderr, on: Surface())
          // A command without output has only its first line, which the table of events shows too.
          guard lines.count > 1 else { continue }
          let text = String(lines.dropFirst().map { $0.dropFirst(2) + "\n" }.joined().prefix(left))
          left -= text.utf8.count
          written.append(DeploymentDocument.Log(title: lines[0], text: text, isBad: command.outcome?.failure != nil))
        }
      }
    }
    return written
  }
}
