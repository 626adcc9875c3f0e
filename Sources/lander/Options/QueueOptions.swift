import ArgumentParser
import DeployDesk
import DeployModel

extension WhenBusy: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// The options that say what to do if another deployment has the hosts.
struct QueueOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What to do if another deployment has the hosts. fail: exit with 4. wait: queue for at most an hour, or with wait=TIME for at most \
      this time. supersede: queue too, and end queued deployments that were also started with supersede, if their recipe, group and hosts \
      are the same.
      """,
      valueName: "fail|wait|supersede"))
  var onBusy: WhenBusy?

  @Option(
    help: ArgumentHelp(
      "A number for the deployment, such as the pipeline's number. If a host has had a higher number, lander refuses (exit code 4).",
      valueName: "n"))
  var sequence: Int?

  @Flag(
    help: """
      Go to the front of the queue. If the deployment that has the hosts waits at a gate, is parked or is paused, lander cancels that \
      deployment. This option needs --reason.
      """)
  var urgent = false

  @Option(
    help: ArgumentHelp(
      "The reason for --urgent, or for --override-freeze of lander deploy, in one line. The journal records it.", valueName: "text"))
  var reason: String?

  /// What to do if another deployment has the hosts.
  var busy: WhenBusy { onBusy ?? (urgent ? .wait(WhenBusy.usual) : .fail) }

  /// The reason for `--urgent`, or nil if the deployment is not urgent.
  var urgency: String? { urgent ? line : nil }

  private var line: String? { reason.flatMap { Provenance.line($0, limit: 256) } }

  /// The first of these options that was given, or nil if none was given.
  var choice: String? {
    let options = [
      ("--on-busy", onBusy != nil), ("--sequence", sequence != nil), ("--urgent", urgent), ("--reason", reason != nil),
    ]
    return options.first { $0.1 }?.0
  }

  /// Returns what is wrong with the values of these options.
  /// - Parameter overrideFreeze: whether the deployment ignores freeze windows. That requires a reason too.
  private func problems(_ overrideFreeze: Bool) -> [Problem] {
    var problems: [Problem] = []
    if urgent, line == nil {
      problems.append(
        Problem("it needs a reason, which is recorded", subject: "--urgent", fix: "--urgent --reason \"the shop is down\""))
    }
    if urgent, onBusy == .fail {
      problems.append(Problem("--on-busy fail does not wait, and --urgent waits", subject: "--urgent", fix: "leave one of them out"))
    }
    if overrideFreeze, line == nil {
      problems.append(
        Problem(
          "it needs a reason, which is recorded", subject: "--override-freeze", fix: "--override-freeze --reason \"the shop is down\""))
    }
    if reason != nil, !urgent, !overrideFreeze {
      problems.append(
        Problem(
          "it has no effect without --urgent or --override-freeze", subject: "--reason", fix: "--message says why there is a deployment"))
    }
    if let sequence, !(0...1 << 53).contains(sequence) {
      problems.append(Problem("\(sequence) is not a number from 0 to \(1 << 53)", subject: "--sequence", fix: "--sequence 1207"))
    }
    return problems
  }

  /// Returns the request with these options.
  /// - Parameter freeze: the option for freeze windows, or nil if no freeze window delays this kind of deployment.
  func completing(_ asked: Asked, _ freeze: FreezeOption? = nil) -> Asked {
    var asked = asked
    let overrideFreeze = freeze?.overrideFreeze ?? false
    asked.request.sequence = sequence
    asked.request.freezeOverride = overrideFreeze ? line : nil
    asked.unclear += problems(overrideFreeze)
    // If the deployment has no reason of its own, the reason for its urgency is also the reason for the deployment.
    if let urgency, asked.request.said.message == nil { asked.request.said.message = "urgent: \(urgency)" }
    return asked
  }
}
