import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// Shows what the commands of a deployment write while they run: a line when a command begins and when it ends, and its output in between.
struct LogFollow {
  private struct Open {
    var log: CommandLog
    var deployment: Deployment.ID
    /// The number of bytes that were read, of standard output and of standard error.
    var read = [0, 0]
    /// Whether the last byte of each stream ended a line.
    var isWhole = [true, true]
    var lines = [PartialLines(), PartialLines()]
  }

  private let past: PastDeployments
  private let terminal: Terminal
  /// The only host whose commands are shown, or nil for all hosts.
  private let host: String?
  private let raw: Bool
  /// Whether other deployments, possibly with other hosts, are followed too.
  var isOneOfSeveral = false
  private var names: [String] = []
  private var open: [Open] = []
  /// Whether the output was written just now. If so, each line gets the time.
  private var isLive = false
  /// The limit of one read, in bytes, so that a command with a lot of output does not take a lot of memory.
  private static let most = 1 << 18

  init(_ past: PastDeployments, host: String?, raw: Bool, on terminal: Terminal) {
    self.past = past
    self.host = host
    self.raw = raw
    self.terminal = terminal
  }

  /// - Throws: if the deployment has no such host, or the output cannot be read.
  mutating func take(_ event: FollowedEvent) throws {
    switch event {
    case .quiet:
      isLive = true
      for index in open.indices { try drain(index, at: SystemClock.now) }
    case .known(let id, let entry), .entry(let id, let entry):
      switch entry.fact {
      case .planned(let plan): try begin(plan)
      case .intended(let intent): begin(intent, entry.at, id)
      case .happened(.finished(let intent, let outcome)): try end(intent, outcome, entry.at)
      default: break
      }
    }
  }

  private mutating func begin(_ plan: Plan) throws {
    names = plan.hosts.map(\.host.name) + plan.partners.map(\.host.name)
    open = []
    // A rollback only has the hosts that were changed, so this check does not apply to it.
    if let host, host != "here", plan.kind == .deploy, !isOneOfSeveral, !names.contains(host) {
      throw CommandLog.unknown(host, among: names, of: plan.id)
    }
  }

  private mutating func begin(_ intent: Intent, _ moment: Timestamp, _ deployment: Deployment.ID) {
    guard let log = CommandLog(intent, at: moment, names: names), host == nil || log.host == host else { return }
    open.append(Open(log: log, deployment: deployment))
    say(moment, log, log.operation.sentence)
  }

  private mutating func end(_ intent: Int, _ outcome: Outcome, _ moment: Timestamp) throws {
    guard let index = open.firstIndex(where: { $0.log.intent == intent }) else { return }
    // Output that is read together with the end of the command was written before that end.
    try drain(index, at: moment)
    for stream in [0, 1] where !open[index].isWhole[stream] { show([0x0A], stream, index, moment) }
    var log = open.remove(at: index).log
    log.outcome = outcome
    say(moment, log, "\(log.end(on: terminal.out)), \(outcome.duration)")
  }

  /// Shows what a command has written since the last call.
  private mutating func drain(_ index: Int, at moment: Timestamp) throws {
    for stream in [0, 1] {
      while true {
        let command = open[index]
        let bytes = try past.output(
          of: command.log, stream == 0 ? .stdout : .stderr, in: command.deployment, from: command.read[stream], limit: Self.most)
        if bytes.isEmpty { break }
        open[index].read[stream] += bytes.count
        open[index].isWhole[stream] = bytes.last == 0x0A
        show(bytes, stream, index, moment)
      }
    }
  }

  private mutating func show(_ bytes: [UInt8], _ stream: Int, _ index: Int, _ moment: Timestamp) {
    if raw { return Terminal.write(bytes, to: stream == 0 ? STDOUT_FILENO : STDERR_FILENO) }
    let log = open[index].log
    let chunk = OutputChunk(
      intent: log.intent, place: log.place, stream: stream == 0 ? .stdout : .stderr, offset: open[index].read[stream], bytes: bytes)
    let time = isLive ? When(moment).clock : "        "
    let name = terminal.out.paint(log.host, .strong)
    terminal.say(open[index].lines[stream].take(chunk).map { "\(time)  \(name)  \(stream == 0 ? ">" : "!") \($0)" })
  }

  private func say(_ moment: Timestamp, _ log: CommandLog, _ words: String) {
    guard !raw else { return }
    terminal.say(
      [When(moment).clock, terminal.out.paint(log.host, .strong), log.event, words].filter { !$0.isEmpty }.joined(separator: "  "))
  }
}
