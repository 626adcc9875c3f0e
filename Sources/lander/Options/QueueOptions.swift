import ArgumentParser
import DeployDesk
import DeployModel

extension WhenBusy: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// What a deployment does if another one has its hosts.
struct QueueOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      If another deployment has the hosts: fail (exit code 4); wait in line, for an hour or wait=TIME; supersede, which waits too, and \
      ends those of the same recipe, group and hosts that wait and said supersede.
      """,
      valueName: "fail|wait|supersede"))
  var onBusy: WhenBusy?

  @Option(
    help: ArgumentHelp(
      "Its place in the order of your pipelines, such as their number: refused with exit code 4 if a host had a higher one.",
      valueName: "n"))
  var sequence: Int?

  @Flag(help: "Come before all that wait, and end a deployment that has the hosts and waits at a gate or is paused. Needs --reason.")
  var urgent = false

  @Flag(help: "Deploy although a freeze window of the recipe says no. Needs --reason, which is recorded.")
  var overrideFreeze = false

  @Option(help: ArgumentHelp("Why a rule is set aside, in a line that is recorded with it.", valueName: "text"))
  var reason: String?

  /// What to do if hosts are busy.
  var busy: WhenBusy { onBusy ?? (urgent ? .wait(WhenBusy.usual) : .fail) }

  /// Why it is urgent; nil: it is not.
  var urgency: String? { urgent ? line : nil }

  private var line: String? { reason.flatMap { Provenance.line($0, limit: 256) } }

  /// Something that was typed here; nil: nothing was.
  var choice: String? {
    let options = [
      ("--on-busy", onBusy != nil), ("--sequence", sequence != nil), ("--urgent", urgent), ("--override-freeze", overrideFreeze),
      ("--reason", reason != nil),
    ]
    return options.first { $0.1 }?.0
  }

  /// What is wrong with what was said.
  var problems: [Problem] {
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
        Problem("it is a reason for nothing that was said", subject: "--reason", fix: "--message says why there is a deployment"))
    }
    if let sequence, !(0...1 << 53).contains(sequence) {
      problems.append(Problem("\(sequence) is no number from 0 to \(1 << 53)", subject: "--sequence", fix: "--sequence 1207"))
    }
    return problems
  }

  /// A request with what was said here.
  func completing(_ asked: Asked) -> Asked {
    var asked = asked
    asked.request.sequence = sequence
    asked.request.freezeOverride = overrideFreeze ? line : nil
    asked.unclear += problems
    // Why it is urgent is why it is deployed, unless more was said.
    if let urgency, asked.request.said.message == nil { asked.request.said.message = "urgent: \(urgency)" }
    return asked
  }
}
