import DeployCore
package import DeployModel

/// What goes wrong on a fleet whose hosts have only a drawn duration and a drawn result. Each share is a share of the hosts, from 0 to 1.
package struct FleetFaults: Sendable, Hashable {
  /// The faults as a person typed them.
  package private(set) var text = "none"
  /// The share of hosts on which the release fails when it starts.
  package var bad = 0.0
  /// The share of hosts on which the release starts, but every check fails from then on.
  package var unhealthy = 0.0
  /// How much worse the measurements of a host are with the release than without it, in the notation of a margin: `+0.5pp`. A worse
  /// measurement is then the release's only fault. Nil if the measurements are the same.
  package var worse: String?
  /// How long after a host got the release it becomes unhealthy, plus or minus a tenth. Nil if no host becomes unhealthy.
  package var leak: Interval?
  /// The share of hosts whose connection breaks during their change, no matter which release they get.
  package var flaky = 0.0
  /// The share of these hosts whose connection breaks only once, so that a second try succeeds.
  package var transient = 0.8
  /// The share of hosts that take 20 times as long as the others.
  package var slow = 0.0
  /// The share of hosts that are unreachable when their turn comes.
  package var unreachable = 0.0

  /// Makes a fleet on which nothing goes wrong.
  package init() {}

  /// Whether something is wrong with the release itself, so that a rollout should find it.
  package var isOfRelease: Bool { bad > 0 || unhealthy > 0 || leak != nil || worse != nil }

  /// The same faults without second tries: a host fails if its connection breaks even once.
  package var withoutRetry: FleetFaults {
    var faults = self
    faults.transient = 0
    return faults
  }

  /// The names that `init(parsing:)` accepts, in the order in which help lists them. Each has its default share, or nil if the name needs a
  /// value.
  package static let names: [(name: String, share: Double?)] = [
    ("bad-release", 1), ("unhealthy", 1), ("leak", nil), ("worse", nil), ("flaky", 0.001), ("slow", 0.05), ("unreachable", 0.001),
  ]

  /// Reads a string such as `bad-release`, `flaky=0.1%,slow=5%` or `leak=45m`. `none` stands for nothing.
  /// - Throws: an error that lists every part that was not understood, and the known names.
  package init(parsing typed: String) throws(Problems) {
    text = typed
    guard typed != "none" else { return }
    var problems: [Problem] = []
    for part in typed.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0.filter { $0 != " " }) }
      let (name, value) = (sides.first ?? "", sides.count == 2 ? sides[1] : nil)
      if let problem = take(name, value) { problems.append(problem) }
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// Takes one part of the string.
  /// - Returns: what is wrong with the part, or nil if nothing is wrong.
  private mutating func take(_ name: String, _ value: String?) -> Problem? {
    let all = Self.names.map(\.name).joined(separator: ", ")
    if name.isEmpty { return Problem("a fault is missing", subject: "--fault", fix: "write bad-release or flaky=0.1%; names: \(all)") }
    guard let known = Self.names.first(where: { $0.name == name }) else {
      let near = NearMatch.of(name, among: Self.names.map(\.name)).map { "did you mean \($0)?" }
      let alone = name == "none" ? "leave out the others: none stands alone" : nil
      return Problem("there is no fault \"\(name)\"", subject: "--fault", fix: alone ?? near ?? "names: \(all), or none")
    }
    if name == "worse" {
      guard let value, let margin = Margin(value), margin.limit(1) > 1 else {
        return Problem("worse needs how much worse the release measures", subject: "--fault", fix: "write worse=+0.5pp or worse=+20%")
      }
      worse = value
      return nil
    }
    if name == "leak" {
      guard let time = value.flatMap({ Interval($0) }), time > .zero else {
        return Problem("leak needs the time after which hosts turn unhealthy", subject: "--fault", fix: "write leak=45m")
      }
      leak = time
      return nil
    }
    guard let share = value.map({ Self.share($0) }) ?? known.share else {
      return Problem("\(name)=\(value ?? ""): a share is 0 to 1, or 0% to 100%", subject: "--fault", fix: "write \(name)=1%")
    }
    switch name {
    case "bad-release": bad = share
    case "unhealthy": unhealthy = share
    case "flaky": flaky = share
    case "slow": slow = share
    default: unreachable = share
    }
    return nil
  }

  /// Reads a share such as `1%` or `0.01`. Returns nil if the string is not a share, or if the share is not from 0 to 1.
  package static func share(_ text: String) -> Double? {
    let share = text.hasSuffix("%") ? Double(decimal: text.dropLast()).map { $0 / 100 } : Double(decimal: text)
    guard let share, share >= 0, share <= 1 else { return nil }
    return share
  }
}
