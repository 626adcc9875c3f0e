package import DeployModel

/// Shows a running deployment. The functions take events and return the text to write. A report has no clock, because each event comes with
/// its time.
package protocol ProgressReport: Sendable {
  /// Takes an entry that was written before this process began. Returns lines only if the entry opens a deployment.
  mutating func recall(_ entry: Entry, of deployment: Deployment.ID) -> String
  /// Takes the next entry. A `planned` entry begins a new deployment.
  mutating func take(_ entry: Entry, of deployment: Deployment.ID) -> String
  /// Takes bytes that a running command wrote.
  mutating func take(_ chunk: OutputChunk) -> String
  /// Takes a remark for people who are waiting. A remark is text and is not an entry.
  mutating func remark(_ text: String, at moment: Timestamp) -> String
  /// Takes a report that bytes have arrived on a host.
  mutating func take(_ transfer: Transfer, at moment: Timestamp)
  /// Returns what has to be written now. It is called a few times a second.
  mutating func tick(_ now: Timestamp) -> String
  /// Ends the display, so that other output can go to the terminal.
  mutating func end() -> String
}

extension ProgressReport {
  package mutating func take(_ transfer: Transfer, at moment: Timestamp) {}
}

extension Entry {
  /// Whether the entry begins a deployment.
  package var isOpening: Bool { if case .planned = fact { true } else { false } }
}

/// One line of JSON for each entry. The output of commands is not included, because `lander logs` shows it.
package struct LinesOfJSON: ProgressReport {
  private var lines = EntryLines()
  package init() {}
  /// Returns the line of an entry that opens a deployment. The lines of other entries have already been printed.
  package mutating func recall(_ entry: Entry, of deployment: Deployment.ID) -> String {
    entry.isOpening ? take(entry, of: deployment) : ""
  }
  /// Returns the entry's line.
  package mutating func take(_ entry: Entry, of deployment: Deployment.ID) -> String {
    lines.line(entry, of: deployment) + "\n"
  }
  /// Returns an empty string, because chunks are not entries.
  package mutating func take(_ chunk: OutputChunk) -> String { "" }
  /// Returns an empty string, because only entries have a number in the sequence.
  package mutating func remark(_ text: String, at moment: Timestamp) -> String { "" }
  /// Returns an empty string.
  package mutating func tick(_ now: Timestamp) -> String { "" }
  package mutating func end() -> String { "" }
}

/// Lines that are never redrawn, for logs and CI. They are aligned, and each has the time. A heartbeat is printed if nothing else was
/// printed for some time.
package struct PlainReport: ProgressReport {
  private let surface: Surface
  /// Whether the output of commands on hosts is shown as it arrives.
  private let echo: Bool
  private let heartbeat: Interval
  private var transfers = Transfers()
  private var story = DeploymentStory()
  private var spoke: Timestamp?
  private var eventBegan: [Timestamp?] = []
  private var partial = PartialLines()
  private var nameWidth = 0
  /// If there are at most this many hosts, each lifecycle event is shown. If there are more, only changes of status are shown.
  private static let eventsUpTo = 25
  /// If there are at most this many hosts, each host is shown. If there are more, only waves, failures and counts are shown.
  private static let hostsUpTo = 200

  package init(on surface: Surface, echo: Bool = false, heartbeat: Interval = .seconds(30)) {
    self.surface = surface
    self.echo = echo
    self.heartbeat = heartbeat
  }

  /// Returns the lines of an entry that opens a deployment. There is no heartbeat before the first new entry.
  package mutating func recall(_ entry: Entry, of deployment: Deployment.ID) -> String {
    let text = take(entry, of: deployment)
    spoke = nil
    return entry.isOpening ? text : ""
  }

  /// Returns the lines for the entry.
  package mutating func take(_ entry: Entry, of deployment: Deployment.ID) -> String {
    if case .planned(let plan) = entry.fact {
      story = DeploymentStory()
      eventBegan = plan.hosts.map { _ in nil }
      nameWidth = min(32, plan.hosts.map(\.host.name.count).max() ?? 0)
    }
    let isFirst = story.first == nil
    let gap = story.last.map { entry.at - $0 } ?? .zero
    story.take(entry)
    var lines = lines(for: entry, isFirst: isFirst)
    // A person who resumes a deployment has not yet seen what the deployment is waiting for.
    if case .resumed = entry.fact, let gate = story.openGate {
      lines += [gate.resumed(after: gap)].compactMap { $0 } + gate.lines(for: deployment, zone: surface.zone)
    }
    if lines.isEmpty { return "" }
    spoke = entry.at
    let time = surface.paint(When(entry.at, zone: surface.zone).clock, .dim) + "  "
    return lines.enumerated().map { ($0 == 0 ? time : "          ") + $1 + "\n" }.joined()
  }

  /// Returns the lines that the chunk completes, if output is shown.
  package mutating func take(_ chunk: OutputChunk) -> String {
    guard echo else { return "" }
    return partial.take(chunk).map { "          \(label(chunk.place)) | \($0)\n" }.joined()
  }

  /// Returns a line with its time.
  package mutating func remark(_ text: String, at moment: Timestamp) -> String {
    spoke = moment
    return surface.paint(When(moment, zone: surface.zone).clock, .dim) + "  " + SafeText.line(text) + "\n"
  }

  /// Remembers the transfer for the next heartbeat.
  package mutating func take(_ transfer: Transfer, at moment: Timestamp) { transfers.take(transfer, at: moment) }

  /// Returns a heartbeat if nothing was printed for long enough. Otherwise, returns an empty string.
  package mutating func tick(_ now: Timestamp) -> String {
    guard let last = spoke, now - last >= heartbeat, story.conclusion == nil else { return "" }
    spoke = now
    let text =
      (story.pause.map { $0.clause(zone: surface.zone) } ?? "still going") + ": " + story.underWay(now, zone: surface.zone, transfers)
    return surface.paint(When(now, zone: surface.zone).clock, .dim) + "  " + text + "\n"
  }

  package mutating func end() -> String { "" }

  private func label(_ place: Place) -> String {
    switch place {
    case .engine: "here".padded(to: nameWidth)
    case .host(let number): name(number)
    }
  }
  private func name(_ number: Int) -> String {
    (story.plan?.name(ofHost: number) ?? "\(number)").padded(to: nameWidth)
  }

  private mutating func lines(for entry: Entry, isFirst: Bool) -> [String] {
    switch entry.fact {
    case .planned(let plan): return PlainReport.opening(plan)
    case .happened(.cancelled(let reason)):
      return ["Cancelling (\(SafeText.line(reason))): " + EndingWords(story).cancelling]
    case .happened(.overtaken(let failure)): return ["Ending, and touching no host: \(SafeText.line(failure.message))"]
    case .happened, .intended: return []
    case .resumed(let actor):
      let pause = story.pause.map {
        ["It is still " + $0.clause(zone: surface.zone), "  → in another terminal: \(Pause.wayOn(story.id, kindWords))"]
      }
      return ["Resumed by \(actor)"] + (pause ?? [])
    case .noted(let note): return lines(for: note, at: entry.at, isFirst: isFirst)
    case .concluded: return []
    }
  }

  /// Returns the first two lines about a deployment.
  package static func opening(_ plan: Plan) -> [String] {
    let source = plan.content.bundle.map { " (\(SafeText.line($0.source)))" } ?? ""
    let revision =
      switch (plan.kind, plan.revision) {
      case (.deploy, let revision?): ", revision \(revision.short)\(source)"
      case (.rollback, let revision?) where !plan.hosts.contains { $0.action == .change }:
        ", which stay at revision \(revision.short)"
      case (.rollback, nil) where !plan.hosts.contains { $0.action == .change }: ", none of which changes its release"
      case (.rollback, let revision?): ", to revision \(revision.short)"
      case (.rollback, nil): ", each to what it ran before"
      case (.deploy, nil), (.task, _), (.remove, _): ""
      }
    return [
      "\(plan.verb) \(plan.what) \(plan.preposition) \(plan.subject.groupName.words): \(plan.hosts.count.of("host"))\(revision)",
      "Deployment \(plan.id)"
        + (plan.hosts.count > 1 ? "; \(plan.bounds.sentence(of: plan.hosts.count))" : ""),
    ] + (plan.origin.provenance?.facts.map { "\($0[0]): \($0[1])" } ?? [])
  }

  private mutating func lines(
    for note: Note, at moment: Timestamp, isFirst: Bool
  )
    -> [String]
  {
    let tellsEvents = story.hosts.count <= Self.eventsUpTo
    switch note {
    case .stageBegan(let name): return [surface.paint("Stage \(SafeText.line(name))", .strong)]
    case .stageEnded(let name, let error):
      let began = story.stages.last { $0.name == name }?.began ?? moment
      guard let error else { return ["Stage \(SafeText.line(name)) done in \(moment - began)"] }
      let end = surface.paint("Stage \(SafeText.line(name)) \(word(for: error))", .bad) + " after \(moment - began)"
      return [end] + (isFirst && story.first != nil ? details(error) : [])
    case .waveBegan(let number, let hosts, let upto):
      return ["Wave \(number)\(upto.map { " up to \($0.rawValue)" } ?? ""): \(names(hosts))"]
    case .restartBegan(let hosts): return ["Restart of \(names(hosts))"]
    case .restartEnded(let result):
      return ["Restart over: \(result.succeeded.count) restarted" + (result.failed.isEmpty ? "" : ", \(result.failed.count) failed")]
    case .waveEnded(let number, let result):
      return [
        "Wave \(number) over: \(result.succeeded.count) succeeded"
          + (result.failed.isEmpty ? "" : ", \(result.failed.count) failed") + (result.ready.map { ", \($0.count) ready" } ?? "")
      ]
    case .eventBegan(let host, _):
      if eventBegan.indices.contains(host) { eventBegan[host] = moment }
      return []
    case .eventEnded(let host, let event, let error):
      let taken = eventBegan.indices.contains(host) ? eventBegan[host].map { moment - $0 } : nil
      let word = event.rawValue.padded(to: 18)
      if let error {
        let end = ["\(name(host))  \(word)  " + surface.paint(self.word(for: error), .bad) + after(taken)]
        return error.failure.kind == .cancelled ? end : end + details(error)
      }
      return tellsEvents ? ["\(name(host))  \(word)  done" + (taken.map { " in \($0)" } ?? "")] : []
    case .eventSkipped(let host, let event, let reason):
      return tellsEvents
        ? ["\(name(host))  \(event.rawValue.padded(to: 18))  skipped: \(SafeText.line(reason))"]
        : []
    case .host(let number, let status): return lines(for: status, of: number, isFirst: isFirst)
    case .log(let host, let line):
      let level = line.level == .info ? "" : line.level.rawValue + ": "
      return SafeText.lines(line.text).map { (host.map { "\(name($0))  " } ?? "") + level + $0 }
    case .remark(let text), .answered(_, _, let text): return SafeText.lines(text)
    case .paused, .parked: return []
    case .gateOpened: return story.openGate?.lines(for: story.id, zone: surface.zone) ?? []
    case .gateClosed(let number, _):
      guard let gate = story.gates.last(where: { $0.number == number }) else { return [] }
      return ["Gate \(number): \(SafeText.line(gate.gate.name)) " + surface.paint(gate.end, gate.style)]
    case .serviceChanged: return []
    case .shifted(_, let to): return ["Traffic: \(SafeText.line(to.sentence))"]
    case .stopped(let reason, let left):
      return ["Stopped on purpose: \(SafeText.line(reason)); \(left.count.of("host")) \(kindWords.left)"]
    }
  }

  /// Returns the number of hosts and the first eight names, such as `9 hosts: web1 web2 web3 web4 web5 web6 web7 web8 …`.
  private func names(_ hosts: [Int]) -> String {
    "\(hosts.count.of("host")): " + hosts.prefix(8).map { story.hosts[$0].name }.joined(separator: " ") + (hosts.count > 8 ? " …" : "")
  }

  private func lines(for status: HostStatus, of number: Int, isFirst: Bool) -> [String] {
    if story.hosts.count > Self.hostsUpTo, status.error == nil { return [] }
    let word = surface.paint(status.word, status.style)
    switch status {
    case .pending, .changing: return []
    case .ready(let segment): return ["\(name(number))  \(word) after \(segment.rawValue)"]
    case .kept: return ["\(name(number))  \(word) as it is: another slot of its machine has the release"]
    case .succeeded, .unchanged: return ["\(name(number))  \(word)"]
    case .restoring(let error):
      return ["\(name(number))  \(word) \(kindWords.restoring)"]
        + (isFirst && story.first != nil ? details(error) : [])
    case .restored: return ["\(name(number))  \(word): \(kindWords.restored)"]
    case .untouched: return ["\(name(number))  \(word)"]
    case .restoreFailed(_, let restoring, _):
      return ["\(name(number))  \(word)"] + details(restoring)
    case .leftOut(let failure), .unknown(let failure):
      return ["\(name(number))  \(word)"] + details(ScriptError(failure))
    case .failed(let error):
      return ["\(name(number))  \(word), left as it is"]
        + (isFirst ? details(error) : [])
    }
  }

  private var kindWords: KindWords { story.plan?.kind.words ?? KindWords(.deploy) }
  private func word(for error: ScriptError) -> String { error.failure.kind == .cancelled ? "cancelled" : "failed" }
  private func after(_ interval: Interval?) -> String { interval.map { " after \($0)" } ?? "" }

  private func details(_ error: ScriptError) -> [String] {
    let place = error.place.map { "\($0): " } ?? ""
    var lines = ["  " + place + error.line(on: error.host)]
    if let stderr = error.stderr { lines += SafeText.tail(stderr, lines: 5).map { "  | " + $0 } }
    if let fix = error.failure.fix { lines.append("  → " + SafeText.line(fix)) }
    return lines
  }
}

/// Joins the chunks of each of several streams into whole lines.
package struct PartialLines: Sendable {
  private struct Key: Hashable {
    var intent: Int
    var place: Place
    var stream: OutputChunk.Stream
  }
  private var open: [Key: [UInt8]] = [:]
  /// A line longer than this is cut into pieces.
  private static let longest = 4096
  package init() {}

  /// Returns the lines that the chunk completes, made harmless.
  package mutating func take(_ chunk: OutputChunk) -> [String] {
    let key = Key(intent: chunk.intent, place: chunk.place, stream: chunk.stream)
    var bytes = open.removeValue(forKey: key) ?? []
    var lines: [String] = []
    for byte in chunk.bytes {
      if byte == 0x0A || bytes.count >= Self.longest {
        lines.append(SafeText.lines(String(decoding: bytes, as: UTF8.self)).joined(separator: " "))
        bytes = byte == 0x0A ? [] : [byte]
      } else {
        bytes.append(byte)
      }
    }
    if !bytes.isEmpty { open[key] = bytes }
    return lines
  }
}
