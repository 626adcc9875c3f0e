package import DeployModel

/// What somebody is told who only waits for a deployment: what it waits for, which question a person has to answer, and a sign of life at
/// least once a minute.
package struct WaitReport: Sendable {
  private let surface: Surface
  private var story = DeploymentStory()
  /// When something was said last, by the clock of who waits.
  private var spoke: Timestamp?
  /// The deployment and the question that were told last.
  private var told: (deployment: Deployment.ID, question: String?)?
  private var stopped: Int32?
  /// A CI system that kills a silent job waits longer than a minute.
  private static let heartbeat = Interval.seconds(55)

  package init(on surface: Surface) { self.surface = surface }

  /// Remembers an entry; a `planned` one begins a new deployment.
  package mutating func take(_ entry: Entry) {
    if entry.isOpening { story = DeploymentStory() }
    story.take(entry)
  }

  /// What is to be said now; nothing, if nothing has changed and the last line is not a minute old.
  /// - Parameter process: the one that runs the deployment, if somebody has stopped it.
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

  /// What a person types to answer what is open.
  private var answers: [String] {
    if let pause = story.pause {
      return ["It is " + pause.clause(zone: surface.zone), "  → " + Pause.wayOn(story.id, (story.plan?.kind ?? .deploy).words)]
    }
    return story.openGate?.lines(for: story.id, zone: surface.zone) ?? []
  }

  /// That the process which runs a deployment hears nothing, and how it continues.
  package static func halted(_ process: Int32) -> [String] {
    ["Its process \(process) is stopped (Ctrl-Z or SIGSTOP)", "  → fg in its terminal, or kill -CONT \(process), lets it continue"]
  }
}
