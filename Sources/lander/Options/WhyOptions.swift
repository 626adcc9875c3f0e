import ArgumentParser
import DeployModel

/// Who asks for a deployment, and why. The journal, locks and receipts on hosts, and all reports contain both.
struct WhyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The reason, in one line, for history, status, locks and receipts. Default: the first line of the commit message.",
      valueName: "text"))
  var message: String?

  @Option(
    help: ArgumentHelp(
      "A label for other programs. The name consists of a-z, 0-9 and . _ / -. You can give up to 32 labels.",
      valueName: "name=value"))
  var label: [String] = []

  @Option(
    help: ArgumentHelp(
      "Your name, in addition to the login name. Default: the name from the CI system. lander does not verify it.", valueName: "name"))
  var actor: String?

  /// Returns the message, the actor and the labels.
  /// - Throws: `Problems`, one for each invalid value.
  func said() throws(Problems) -> StatedProvenance {
    let (said, problems) = reading
    if !problems.isEmpty { throw Problems(problems) }
    return said
  }

  /// The message, the actor and the labels, as far as they are valid, and a problem for each that is not.
  var reading: (said: StatedProvenance, problems: [Problem]) {
    var problems: [Problem] = []
    var labels: [Label] = []
    for text in label {
      guard let read = Label(text) else {
        problems.append(
          Problem(
            "\"\(text)\" is not NAME=VALUE: a name has 1 to 63 of a-z, 0-9 and . _ / -, a value has at most 256 bytes on one line",
            subject: "--label", fix: "--label ticket=SHOP-12"))
        continue
      }
      if labels.contains(where: { $0.name == read.name }) {
        problems.append(Problem("\"\(read.name)\" has two values", subject: "--label", fix: "give each label once"))
      }
      labels.append(read)
    }
    if labels.count > Label.most {
      problems.append(Problem("\(labels.count) labels, and a deployment has at most \(Label.most)", subject: "--label"))
    }
    if let problem = Self.problem(ofActor: actor) { problems.append(problem) }
    // The message might be the whole message of a commit. So its lines are joined into one, which is cut to the limit.
    let line = message.flatMap { Provenance.line($0, limit: Provenance.messageLimit) }
    return (StatedProvenance(message: line, actor: actor, labels: labels), problems)
  }

  /// Returns why a text cannot be an actor's name. Returns nil if it can, or if no actor is given.
  static func problem(ofActor actor: String?) -> Problem? {
    guard let actor, Provenance.line(actor, limit: Provenance.actorLimit) != actor else { return nil }
    return Problem("it is not a name on one line of at most \(Provenance.actorLimit) bytes", subject: "--actor", fix: "--actor kim")
  }
}
