import DeployModel

/// The steps of one section of a rehearsal, as they were reported. Hooks run on several hosts in parallel, so their steps are collected for
/// each host. Steps of stages and strategies stay in chronological order.
struct RehearsedSteps {
  private var collected: [(host: Int?, step: Rehearsed.Step)] = []
  /// The sentence of each operation. All hosts have the same few operations, so each sentence is made only once.
  private var sentences: [DeployModel.Operation: String] = [:]
  /// How many times the next operation of a host might run, and the length of the pauses in between, in milliseconds.
  private var repeats: [Int?: (times: Int, pauses: Int)] = [:]

  mutating func add(_ intent: Intent) {
    let host: Int? = if case .host(let number) = intent.place { number } else { nil }
    let text: String
    if let known = sentences[intent.operation] {
      text = known
    } else {
      text = intent.operation.sentence
      sentences[intent.operation] = text
    }
    var step = Rehearsed.Step(event: intent.site.event, text: text, timeout: intent.timeout)
    if let more = repeats.isEmpty ? nil : repeats.removeValue(forKey: host) {
      step.text += ", up to \(more.times) times"
      let (product, overflows) = step.timeout.milliseconds.multipliedReportingOverflow(by: more.times)
      step.timeout.milliseconds = overflows ? .max / 2 : min(.max / 2, product) + more.pauses
    }
    collected.append((host, step))
  }

  mutating func add(_ mark: RehearsalMark, on host: Int?) {
    switch mark {
    case .repeats(let times, let pauses): repeats[host] = (times, pauses)
    case .pause(let interval):
      let event = host == nil ? nil : collected.last { $0.host == host }?.step.event
      collected.append((host, Rehearsed.Step(event: event, text: "wait \(interval)", timeout: interval)))
    }
  }

  /// Removes all steps, and returns them with the longest time that they can take, in milliseconds.
  mutating func take() -> (parts: [Rehearsed.Part], longest: Int) {
    var parts: [Rehearsed.Part] = []
    var longest = 0
    var segment = collected[...]
    repeats = [:]
    while let first = segment.first {
      // Outside hooks, the engine's machine and hosts take turns. Each change from one to the other begins a new part.
      let end = first.step.event == nil ? segment.firstIndex { $0.step.event == nil && ($0.host == nil) != (first.host == nil) } : nil
      let own = Self.parts(segment[..<(end ?? segment.endIndex)])
      segment = segment[(end ?? segment.endIndex)...]
      parts += own
      longest = Self.sum(longest, own.map { $0.steps.reduce(0) { Self.sum($0, $1.timeout.milliseconds) } }.max() ?? 0)
    }
    collected = []
    return (parts, longest)
  }

  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflows) = a.addingReportingOverflow(b)
    return overflows ? .max / 2 : sum
  }

  private static func parts(_ collected: ArraySlice<(host: Int?, step: Rehearsed.Step)>) -> [Rehearsed.Part] {
    var order: [Int?] = []
    var steps: [Int?: [Rehearsed.Step]] = [:]
    for (host, step) in collected {
      if steps[host] == nil { order.append(host) }
      steps[host, default: []].append(step)
    }
    var parts: [Rehearsed.Part] = []
    var index: [[Rehearsed.Step]: Int] = [:]
    for host in order.sorted(by: { ($0 ?? -1) < ($1 ?? -1) }) {
      let own = joined(steps[host] ?? [])
      if let found = index[own], host != nil, parts[found].hosts.first != .some(nil) {
        parts[found].hosts.append(host)
      } else {
        index[own] = parts.count
        parts.append(Rehearsed.Part(hosts: [host], steps: own))
      }
    }
    return parts
  }

  /// Joins equal consecutive steps into one step with a count.
  private static func joined(_ steps: [Rehearsed.Step]) -> [Rehearsed.Step] {
    guard zip(steps, steps.dropFirst()).contains(where: { $0.text == $1.text && $0.event == $1.event }) else { return steps }
    var lines: [Rehearsed.Step] = []
    for step in steps {
      if var last = lines.last, last.event == step.event, last.text == step.text {
        last.count += 1
        last.timeout.milliseconds = sum(last.timeout.milliseconds, step.timeout.milliseconds)
        lines[lines.count - 1] = last
      } else {
        lines.append(step)
      }
    }
    return lines
  }
}
