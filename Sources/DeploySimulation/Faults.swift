import DeployCore
package import DeployModel

/// What goes wrong in a simulated world, either by chance or at a moment that a test chose. Shares are from 0 to 1.
package struct Faults: Sendable, Hashable {
  /// The share of commands and checks that fail.
  package var failing = 0.0
  /// The share of operations that take 20 times as long as usual.
  package var slow = 0.0
  /// The share of operations that stage a release and find the disk full.
  package var noSpace = 0.0
  /// The share of operations whose reply is lost, so that the transport asks again.
  package var lostReply = 0.0
  /// The share of hosts that are unreachable from the start to the end.
  package var unreachable = 0.0
  /// The share of operations during which the host becomes unreachable, for 1 to 120 seconds.
  package var partition = 0.0
  /// The share of operations during which the host restarts.
  package var reboot = 0.0
  /// The share of an engine's turns in which the engine dies. Another engine resumes 5 seconds later.
  package var crash = 0.0
  package var appointments: [Appointment] = []

  /// Makes a world in which nothing goes wrong.
  package init() {}

  /// Something that goes wrong at a place and a time that a test chose.
  package enum Appointment: Sendable, Hashable {
    /// The host is unreachable from `from` on, for `length`.
    case partition(host: Int, from: Interval, length: Interval)
    case reboot(host: Int, at: Interval)
    /// Somebody cancels the first deployment.
    case cancel(at: Interval)
    /// Somebody sends this message to the first deployment.
    case say(at: Interval, Message)
    /// While the host is being changed to `release` (nil means every release), every command and check of this event fails on the host. So
    /// does every switch of `current` in this event.
    case failing(host: Int, LifecycleEvent, release: Release.ID?)
    /// The operation with this verb fails on the host.
    case refusing(host: Int, verb: String, Failure.Kind)
  }

  /// The names that `parse` accepts, in the order in which help lists them.
  package static let names = ["failing", "slow", "no-space", "lost-reply", "unreachable", "partition", "reboot", "crash"]

  /// Reads a string such as `failing=1%,reboot=0.1%,crash=0.02`. `chaos` stands for a little of everything, and `none` for nothing.
  /// - Throws: an error that lists every part that was not understood, and the known names.
  package static func parse(_ text: String) throws(Problems) -> Faults {
    var faults = Faults()
    if text == "none" { return faults }
    if text == "chaos" { return chaos }
    var problems: [Problem] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1).map { String($0.filter { $0 != " " }) }
      if sides.count == 2, let path = field(sides[0]), let share = share(sides[1]) {
        faults[keyPath: path] = share
      } else {
        problems.append(problem(String(part), name: sides.first ?? "", hasShare: sides.count == 2))
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
    return faults
  }

  private static func problem(_ part: String, name: String, hasShare: Bool) -> Problem {
    let names = "names: \(names.joined(separator: ", ")), or chaos, or none"
    if part.allSatisfy({ $0 == " " }) {
      return Problem("a fault is missing", subject: "--faults", fix: "write NAME=SHARE like failing=1%; \(names)")
    }
    if name == "chaos" || name == "none" {
      return Problem("\(name) stands alone", subject: "--faults", fix: "leave out the others, or name them one by one: failing=2%,crash=1%")
    }
    guard field(name) != nil else {
      let near = NearMatch.of(name, among: Self.names).map { "did you mean \($0)?" }
      return Problem("there is no fault \"\(name)\"", subject: "--faults", fix: near ?? names)
    }
    return Problem(
      hasShare ? "\(part): a share is 0 to 1, or 0% to 100%" : "\(name) needs a share", subject: "--faults", fix: "write \(name)=1%")
  }

  /// A little of everything.
  package static var chaos: Faults {
    var faults = Faults()
    faults.failing = 0.02
    faults.slow = 0.02
    faults.noSpace = 0.005
    faults.lostReply = 0.02
    faults.unreachable = 0.005
    faults.partition = 0.01
    faults.reboot = 0.005
    faults.crash = 0.01
    return faults
  }

  /// Whether nothing goes wrong.
  package var isNone: Bool { self == Faults() }

  /// Whether a running engine can always reach every host.
  package var leavesHostsInReach: Bool {
    guard unreachable == 0, partition == 0, reboot == 0, lostReply == 0 else { return false }
    return appointments.allSatisfy { appointment in
      switch appointment {
      case .partition, .reboot: false
      default: true
      }
    }
  }

  private static func share(_ text: String) -> Double? {
    let share = text.hasSuffix("%") ? Double(decimal: text.dropLast()).map { $0 / 100 } : Double(decimal: text)
    guard let share, share >= 0, share <= 1 else { return nil }
    return share
  }

  private static func field(_ name: String) -> WritableKeyPath<Faults, Double>? {
    switch name {
    case "failing": \.failing
    case "slow": \.slow
    case "no-space": \.noSpace
    case "lost-reply": \.lostReply
    case "unreachable": \.unreachable
    case "partition": \.partition
    case "reboot": \.reboot
    case "crash": \.crash
    default: nil
    }
  }
}

extension Faults {
  /// Returns what happens to an operation on a host: how long it takes, and whether it fails.
  /// - Parameter pace: how long operations take if nothing slows them down.
  package func fate(of intent: Intent, host: Int, deployment: Int, dice: Dice, pace: Pace) -> Fate {
    func hits(_ share: Double, _ purpose: Dice.Purpose) -> Bool {
      share > 0 && dice.share(purpose, host: host, intent: intent.id, deployment: deployment) < share
    }
    var fate = Fate(duration: pace.duration(of: intent, host: host, deployment: deployment, dice: dice))
    if hits(slow, .slow) { fate.duration.milliseconds *= 20 }
    fate.failure = appointed(intent, host: host)
    switch intent.operation {
    case .run where hits(failing, .failing): fate.failure = Failure(.command, "the command ended with status 1")
    case .check where hits(failing, .failing): fate.failure = Failure(.unhealthy, "the check answered no")
    case .stage where hits(noSpace, .noSpace): fate.failure = Failure(.noSpace, "no space left on the device")
    default: break
    }
    return fate
  }

  private func appointed(_ intent: Intent, host: Int) -> Failure? {
    for appointment in appointments {
      switch appointment {
      case .failing(host, let event, let release) where intent.site.event == event && (release == nil || release == intent.site.release):
        if case .run = intent.operation { return Failure(.command, "the command ended with status 1") }
        if case .check = intent.operation { return Failure(.unhealthy, "the check answered no") }
        if case .appspec = intent.operation { return Failure(.command, "a script ended with status 1") }
        if case .remove = intent.operation { return Failure(.failed, "something is mounted there") }
        if case .activate(_?) = intent.operation { return Failure(.failed, "the release could not be made current") }
      case .refusing(host, intent.operation.verb, let kind):
        return Failure(kind, "\(intent.operation.verb) was refused")
      default: break
      }
    }
    return nil
  }
}

/// How long operations take in a simulated world.
package enum Pace: Sendable, Hashable {
  /// As in a usual fleet: commands take 0.2 to 3 seconds, transfers 1 to 5 seconds, and other operations some milliseconds.
  case usual
  /// Each operation takes a millisecond, for tests in real time.
  case instant
  /// Each operation takes as long as its deadline allows and then succeeds. This shows the longest time that a deployment can take.
  case deadline

  func duration(of intent: Intent, host: Int, deployment: Int, dice: Dice) -> Interval {
    switch self {
    case .deadline: return intent.timeout
    case .instant: return Interval(milliseconds: 1)
    case .usual: break
    }
    let range: ClosedRange<Int> =
      switch intent.operation {
      case .run, .appspec: 200...3000
      case .stage, .upload, .download: 1000...5000
      case .check: 20...100
      case .http: 30...300
      default: 5...40
      }
    return Interval(milliseconds: dice.pick(range, .pace, host: host, intent: intent.id, deployment: deployment))
  }
}
