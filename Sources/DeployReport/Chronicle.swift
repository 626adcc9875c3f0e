package import DeployModel

/// What happened in one deployment, with the time of each step on each host. It is made from the entries of the deployment's journal, and
/// is used for chronological reports.
package struct Chronicle: Sendable {
  /// One lifecycle event on one host.
  package struct Step: Sendable, Hashable {
    package enum End: Sendable, Hashable {
      case passed
      case skipped(String)
      case failed(ScriptError)
    }
    package var host: Int
    package var event: LifecycleEvent
    package var began: Timestamp
    package var ended: Timestamp?
    /// How the step ended, or nil if it has not ended.
    package var end: End?
    /// The number of the step's wave, or nil if no wave had begun.
    package var wave: Int?
    /// The last output of the step's commands, from the journal.
    package var output = ""

    package var duration: Interval? { ended.map { $0 - began } }
  }
  /// Hosts that were changed together.
  package struct Wave: Sendable, Hashable {
    package var number: Int
    package var hosts: [Int]
    package var began: Timestamp
    package var ended: Timestamp?
    package var failed: [Int] = []
  }
  /// The largest amounts of output that are kept, in bytes: the first for each step, the second for all steps together.
  package static let (most, mostOfAll) = (16_000, 8_000_000)

  private struct Key: Hashable {
    var host: Int
    var event: LifecycleEvent
  }

  package private(set) var story = DeploymentStory()
  package private(set) var waves: [Wave] = []
  /// The steps, in the order in which they began.
  package private(set) var steps: [Step] = []
  /// Lines of the log, remarks and shifts of the traffic, in chronological order.
  package private(set) var remarks: [(at: Timestamp, text: String)] = []
  private var current: [Int: Int] = [:]
  /// The number of each host's wave.
  private var waveOf: [Int: Int] = [:]
  /// The index of each host's last step, for each lifecycle event.
  private var last: [Key: Int] = [:]
  private var kept = 0
  private var running: [Int: (step: Int, words: String)] = [:]

  package init() {}

  package init(_ entries: [Entry]) { for entry in entries { take(entry) } }

  /// Adds the next entry.
  package mutating func take(_ entry: Entry) {
    story.take(entry)
    switch entry.fact {
    case .noted(let note): take(note, at: entry.at)
    case .intended(let intent):
      guard case .host(let number) = intent.place, let step = current[number] else { return }
      running[intent.id] = (step, intent.operation.sentence)
    case .happened(.finished(let id, let outcome)):
      guard let (step, words) = running.removeValue(forKey: id) else { return }
      keep(outcome, of: words, in: step)
    case .resumed(let actor): remarks.append((entry.at, "Resumed by \(actor)"))
    case .planned, .happened, .concluded: break
    }
  }

  private mutating func take(_ note: Note, at moment: Timestamp) {
    switch note {
    case .waveBegan(let number, let hosts, _):
      waves.append(Wave(number: number, hosts: hosts, began: moment))
      for host in hosts { waveOf[host] = number }
    case .waveEnded(let number, let result):
      guard let index = waves.lastIndex(where: { $0.number == number }) else { return }
      waves[index].ended = moment
      waves[index].failed = result.failed
    case .restartBegan(let hosts):
      for host in hosts { waveOf[host] = nil }
      let names = hosts.prefix(8).map(name).joined(separator: ", ") + (hosts.count > 8 ? " and others" : "")
      remarks.append((moment, "Restart of \(hosts.count.of("host")): \(names)"))
    case .eventBegan(let host, let event):
      current[host] = steps.count
      add(Step(host: host, event: event, began: moment, wave: waveOf[host]))
    case .eventEnded(let host, let event, let error):
      guard let index = current.removeValue(forKey: host), steps[index].event == event else { return }
      steps[index].ended = moment
      steps[index].end = error.map { .failed($0) } ?? .passed
    case .eventSkipped(let host, let event, let reason):
      add(Step(host: host, event: event, began: moment, ended: moment, end: .skipped(reason), wave: waveOf[host]))
    case .remark(let text): remarks.append((moment, text))
    case .log(_, let line): remarks.append((moment, line.text))
    case .shifted(_, let to): remarks.append((moment, "Traffic: \(to.sentence)"))
    case .stopped(let reason, _): remarks.append((moment, "Stopped on purpose: \(reason)"))
    case .answered(_, _, let words): remarks.append((moment, words))
    default: break
    }
  }

  private mutating func add(_ step: Step) {
    last[Key(host: step.host, event: step.event)] = steps.count
    steps.append(step)
  }

  private mutating func keep(_ outcome: Outcome, of words: String, in index: Int) {
    let texts = [outcome.stdout?.text, outcome.stderr?.text].compactMap { $0 }.filter { !$0.isEmpty }
    guard !texts.isEmpty else { return }
    let room = min(Self.most - steps[index].output.utf8.count, Self.mostOfAll - kept)
    guard room > 0 else { return }
    let text = "$ \(words)\n" + texts.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined()
    // The end of an output is more useful than its beginning.
    let cut = text.utf8.count > room ? "…" + String(text.suffix(room)) : text
    steps[index].output += cut
    kept += cut.utf8.count
  }

  /// Returns the name of a host, or its number if the name is not in the journal.
  package func name(_ number: Int) -> String { story.hosts.indices.contains(number) ? story.hosts[number].name : "\(number)" }

  /// The lifecycle events that at least one host went through, in the order of `LifecycleEvent`.
  package var events: [LifecycleEvent] { LifecycleEvent.allCases.filter(Set(steps.map(\.event)).contains) }

  /// Returns the last step of a host for a lifecycle event, or nil if the host had no such step.
  package func step(_ host: Int, _ event: LifecycleEvent) -> Step? { last[Key(host: host, event: event)].map { steps[$0] } }
}
