package import DeployModel

/// The lines for a person who waits for a deployment. They say what the deployment is waiting for, and which question somebody has to
/// answer. They are repeated at least once a minute.
package struct WaitReport: Sendable {
  private let surface: Surface
  private var story = DeploymentStory()
  /// When the last line was printed, according to the clock of the waiting command.
  private var spoke: Timestamp?
  /// The deployment and the question in the last line that was printed.
  private var told: (deployment: Deployment.ID, question: String?)?
  private var stopped: Int32?
  /// The longest time between lines. CI systems that kill silent jobs wait for longer than a minute.
  private static let heartbeat = Interval.seconds(55)

  package init(on surface: Surface) { self.surface = surface }

  /// Remembers an entry. A `planned` entry begins a new deployment.
  package mutating func take(_ entry: Entry) {
    if entry.isOpening { story = DeploymentStory() }
    story.take(entry)
  }

  /// Returns the lines to print now. There are none if nothing has changed and a line was printed less than a minute ago.
  /// - Parameter process: the id of the process that runs the deployment if that process is stopped, or nil if it is not.
  package mutating func lines(at now: Timestamp, stopped process: Int32? = nil) -> [String] {
    guard let plan = story.plan, story.conclusion == nil else { return [] }
    var lines: [String] = []
    let question = story.question
    if told?.deployment != plan.id {
      lines.append(
        "Waiting for \(plan.kind.words.named(plan.id)) of \(plan.what) \(plan.preposition) \(plan.subject.groupName.words): "
          + "\(story.underWay(now, zone: surface.zone))"
      )
    }
    if told?.deployment != plan.id || told?.question != question { lines += answers }
    if process != stopped, let process { lines += Self.halted(process) }
    (told, stopped) = ((plan.id, question), process)
    if lines.isEmpty, let last = spoke, now - last >= Self.heartbeat {
      lines = [
        "still waiting: " + (story.pause.map { $0.clause(zone: surface.zone) + ": " } ?? "") + story.underWay(now, zone: surface.zone)
      ]
    }
    guard !lines.isEmpty else { return [] }
    spoke = now
    let time = surface.paint(When(now, zone: surface.zone).clock, .dim) + "  "
    return lines.enumerated().map { ($0 == 0 ? time : "          ") + $1 }
  }

  /// The commands that answer the open question.
  private var answers: [String] {
    if let pause = story.pause {
      return ["It is " + pause.clause(zone: surface.zone), "  → " + Pause.wayOn(story.id, (story.plan?.kind ?? .deploy).words)]
    }
    return story.openGate?.lines(for: story.id, zone: surface.zone) ?? []
  }

  /// Returns the lines about a deployment whose process is stopped, with the commands that continue the process.
  package static func halted(_ process: Int32) -> [String] {
    ["Its process \(process) is stopped (Ctrl-Z or SIGSTOP)", "  → fg in its terminal, or kill -CONT \(process), lets it continue"]
  }
}
