package import DeployModel

/// A frame at the bottom of a terminal, redrawn in place: a line for each host if they fit, else counts and a bar. Lasting text (remarks,
/// logs, failures) scrolls by above it.
package struct LiveReport: ProgressReport {
  private var surface: Surface
  private let echo: Bool
  private var story = DeploymentStory()
  private var transfers = Transfers()
  private var above: [String] = []
  /// Columns of each line of the frame on the screen.
  private var drawn: [Int] = []
  private var isStale = false
  private var drawnAt: Timestamp?
  /// Columns of the widest name of a host.
  private var widest = 0
  private var partial = PartialLines()
  /// The last line that the command under way on a host wrote, by the host's number.
  private var wrote: [Int: String] = [:]
  /// The question to a person, with what was typed; nil: there is none.
  private var question: String?

  package init(on surface: Surface, echo: Bool = false) {
    self.surface = surface
    self.echo = echo
  }

  /// The question to a person, on the last line of the frame; nil: there is none.
  package mutating func ask(_ question: String?) {
    isStale = isStale || question != self.question
    self.question = question
  }

  /// The window's size has changed.
  package mutating func resize(width: Int, height: Int) {
    // A terminal that became narrower has wrapped the frame's lines.
    let columns = max(20, width)
    drawn = drawn.flatMap { total in stride(from: 0, to: max(1, total), by: columns).map { min(columns, total - $0) } }
    surface.width = columns
    surface.height = max(5, height)
    isStale = true
  }

  /// The process was stopped and continues. Others may have written below the frame meanwhile, and that stays; the next frame is drawn in
  /// a new place.
  package mutating func resumed() {
    drawn = []
    isStale = true
  }

  /// Keeps the entry; its lines above the frame were printed before.
  package mutating func recall(_ entry: Entry, of deployment: Deployment.ID) -> String {
    let kept = above
    let text = take(entry, of: deployment)
    if !entry.isOpening { above = kept }
    return text
  }

  /// Remembers the entry for the next frame.
  package mutating func take(_ entry: Entry, of deployment: Deployment.ID) -> String {
    var text = ""
    if case .planned(let plan) = entry.fact {
      if story.plan != nil { text = end() }
      story = DeploymentStory()
      wrote = [:]
      widest = plan.hosts.map(\.host.name.columns).max() ?? 0
    }
    let hadFailed = story.first != nil
    let gap = story.last.map { entry.at - $0 } ?? .zero
    story.take(entry)
    if case .intended(let intent) = entry.fact, case .host(let number) = intent.place { wrote[number] = nil }
    if case .resumed = entry.fact, let words = story.openGate?.resumed(after: gap) { above.append(surface.paint(words, .warn)) }
    isStale = true
    if case .noted(let note) = entry.fact { above += permanent(note) }
    if case .happened(.cancelled(let reason)) = entry.fact {
      above.append(
        surface.paint("Cancelling", .warn)
          + " (\(SafeText.line(reason))); Ctrl-C again leaves it and prints how to resume")
    }
    if case .planned(let plan) = entry.fact { above += PlainReport.opening(plan) }
    if !hadFailed, let first = story.first, story.conclusion == nil { above += lines(first) }
    return text
  }

  /// Keeps the lines that the chunk completes, if output is shown; else the last one of each host for the next frame.
  package mutating func take(_ chunk: OutputChunk) -> String {
    guard echo else {
      if case .host(let number) = chunk.place, let line = chunk.lastLine {
        wrote[number] = line
        isStale = true
      }
      return ""
    }
    let name =
      if case .host(let number) = chunk.place { story.plan?.name(ofHost: number) ?? "host \(number)" } else { "here" }
    above += partial.take(chunk).map { surface.paint("\(name) |", .dim) + " " + $0 }
    isStale = isStale || !above.isEmpty
    return ""
  }

  /// Remembers the line for the next frame: it stays above it.
  package mutating func remark(_ text: String, at moment: Timestamp) -> String {
    above.append(surface.paint(SafeText.line(text), .warn))
    isStale = true
    return ""
  }

  /// Remembers it for the next frame.
  package mutating func take(_ transfer: Transfer, at moment: Timestamp) {
    transfers.take(transfer, at: moment)
    isStale = true
  }

  /// A new frame, if something changed or a second has passed.
  package mutating func tick(_ now: Timestamp) -> String {
    guard story.plan != nil else { return "" }
    if !isStale, let drawnAt, (now - drawnAt).milliseconds < 1000 { return "" }
    return draw(frame(now), at: now)
  }

  /// The last frame; the cursor is below it.
  package mutating func end() -> String {
    guard story.plan != nil else { return "" }
    let text = draw(frame(story.last ?? Timestamp(milliseconds: 0)), at: story.last) + "\n"
    drawn = []
    return text
  }

  /// Erases the frame, writes lasting text, then the new frame; as one update if the terminal can do that.
  private mutating func draw(_ frame: [String], at now: Timestamp?) -> String {
    var text = "\u{1B}[?2026h"
    if !drawn.isEmpty { text += drawn.count > 1 ? "\r\u{1B}[\(drawn.count - 1)A" : "\r" }
    text += "\u{1B}[J"
    for line in above { text += line.folded(to: surface.width - 1).joined(separator: "\n") + "\n" }
    above = []
    // The question stays visible, however low the window is.
    let room = surface.height - 1
    let kept = (frame.count > room && question != nil ? frame.prefix(room - 1) + frame.suffix(1) : frame.prefix(room)).map {
      $0.clipped(to: surface.width - 1)
    }
    // What a terminal shows wider than it was counted, as joined emoji are, is cut and not wrapped: the next frame erases as many lines.
    text += "\u{1B}[?7l" + kept.joined(separator: "\n") + "\u{1B}[?7h\u{1B}[?2026l"
    drawn = kept.map(\.columns)
    drawnAt = now
    isStale = false
    return text
  }

  private func permanent(_ note: Note) -> [String] {
    switch note {
    case .remark(let text), .answered(_, _, let text): return SafeText.lines(text)
    case .gateClosed(let number, _):
      guard let gate = story.gates.last(where: { $0.number == number }) else { return [] }
      return [surface.paint("gate \(number)", .strong) + " \(SafeText.line(gate.gate.name)) " + surface.paint(gate.end, gate.style)]
    case .shifted(_, let to): return [surface.paint("traffic", .strong) + " " + SafeText.line(to.sentence)]
    case .stopped(let reason, let left):
      let words = story.plan?.kind.words ?? KindWords(.deploy)
      return [surface.paint("Stopped on purpose", .warn) + ": \(SafeText.line(reason)); \(left.count.of("host")) \(words.left)"]
    case .log(let host, let line):
      let name = host.map { surface.paint(story.hosts[$0].name, .strong) + "  " } ?? ""
      let style: Surface.Style? =
        switch line.level {
        case .debug: .dim
        case .info: nil
        case .warn: .warn
        case .error: .bad
        }
      return SafeText.lines(line.text).map { text in
        name + (style.map { surface.paint(text, $0) } ?? text)
      }
    case .stageEnded(let name, nil) where story.stages.count > 0:
      guard let stage = story.stages.last(where: { $0.name == name }), let ended = stage.ended
      else { return [] }
      return [surface.paint("✓", .good) + " stage \(SafeText.line(name)), \(ended - stage.began)"]
    default: return []
    }
  }

  /// Where and what failed, and what it wrote last: by the summary, many lines may have passed.
  private func lines(_ failing: DeploymentStory.Failing) -> [String] {
    let host = failing.host.map { story.hosts[$0].name }
    let step = failing.event?.rawValue ?? failing.stage.map { "stage \($0)" }
    let head = [host, step].compactMap { $0 }.joined(separator: " ")
    let line = " \(head): \(failing.error.line(on: host))" + (failing.error.place.map { " (\($0))" } ?? "")
    // With the output of commands shown, it is there already.
    let wrote = echo ? [] : failing.error.stderr.map { SafeText.tail($0, lines: 3) } ?? []
    return [surface.paint("✗", .bad) + line] + wrote.map { ("    | " + $0).clipped(to: surface.width - 1) }
  }

  // MARK: the frame

  private func frame(_ now: Timestamp) -> [String] {
    let above = gateLines(now) + hereLines(now)
    let asked = (question.map { ["", surface.paint($0, .strong)] } ?? [])
    let rows = story.hosts.count + 2 + above.count + asked.count
    // Besides these lines, the headline and up to three lines of counts, one row stays free.
    let room = max(1, min(surface.height - 8, surface.height - 5 - above.count - asked.count))
    return [headline(now)] + above + (rows <= surface.height - 4 ? hostLines(now) : countLines(now, room: room)) + asked
  }

  /// What runs on this machine, and for how long: a stage before or after the hosts, a build, a migration.
  private func hereLines(_ now: Timestamp) -> [String] {
    let shown = story.here.prefix(3).map { "  " + surface.paint("here", .strong) + "  \($0.words(now))" }
    return shown + (story.here.count > 3 ? ["        and \(story.here.count - 3) more"] : [])
  }

  /// The open gate, and what to type to answer it.
  private func gateLines(_ now: Timestamp) -> [String] {
    guard let gate = story.openGate else { return [] }
    let waited = max(gate.opened, now) - gate.opened
    // "waits wait 10 m" says it twice.
    let words = gate.gate.kind == .time ? String(gate.sentence.dropFirst("wait ".count)) : gate.sentence
    let sentence = words.withWords(upTo: surface.width - 3)
    var question = ("  " + surface.paint("waits", .warn) + " \(sentence)").folded(to: surface.width - 1)
    let most = max(2, surface.height / 3)
    if question.count > most { question = question.prefix(most - 1) + ["  … the whole question: lander status"] }
    let head = question + ["    for \(waited), \(gate.deadline(zone: surface.zone))"]
    return head + gate.commands(for: story.id).map { "    → \($0[0])  \($0[1])" }
  }

  /// The stage under way.
  private var stage: String? { story.stages.last { $0.ended == nil }?.name }

  private func headline(_ now: Timestamp) -> String {
    let stage = stage
    let wave = story.wave.map { "wave \($0.number)" }
    let done = story.hosts.count { $0.status.isFinal }
    let elapsed = story.began.map { max($0, now) - $0 } ?? .zero
    let parts = [
      stage, stage == "rollout" ? wave : nil, transfers.text, "\(done) of \(story.hosts.count.of("host"))",
      "\(elapsed)",
    ].compactMap { $0 }
    let state =
      story.conclusion.map { _ in "ended" } ?? (story.cancelled != nil ? "cancelling" : story.pause.map { "paused by \($0.message.by)" })
    return surface.paint(([state].compactMap { $0 } + parts).joined(separator: " · "), .strong)
  }

  /// Columns for names of hosts; the rest of the line must be visible, too.
  private var nameWidth: Int { min(surface.width < 80 ? surface.width / 4 : 32, widest) }

  private func name(_ host: DeploymentStory.HostStory) -> String { host.name.clipped(to: nameWidth).padded(to: nameWidth) }

  /// What goes on there: how much has arrived, else what the command wrote last, else the command.
  private func doing(on host: DeploymentStory.HostStory, _ number: Int) -> String {
    guard let doing = host.doing else { return "" }
    return transfers.text(of: host.name) ?? wrote[number].map { surface.paint("| ", .dim) + $0 } ?? doing
  }

  private func hostLines(_ now: Timestamp) -> [String] {
    return story.hosts.enumerated().map { number, host in
      let mark = surface.paint(host.status.mark, host.status.style)
      let time =
        host.began.map { began in ((host.ended ?? max(began, now)) - began).description } ?? ""
      let isOver = story.conclusion != nil && host.status == .pending
      let word = isOver ? "not started" : host.status.word
      let isActive =
        if case .pending = host.status { host.doing != nil } else { !host.status.isFinal }
      // A host that gets its files before its turn does not wait.
      let early = host.status == .pending && isActive ? stage.map { SafeText.line($0).clipped(to: 18) } : nil
      let state = host.status.isFinal || host.event == nil ? early ?? word : host.event?.rawValue ?? ""
      let detail = isActive ? doing(on: host, number) : host.status.error?.line(on: host.name) ?? ""
      // A host has no time of its own before its turn; a bar of what has arrived stands there.
      let cells = [
        name(host), surface.paint(state, host.status.style).padded(to: 18),
        time.isEmpty ? transfers.bar(of: host.name, width: 9) : time.padded(to: 9), detail,
      ]
      return LiveReport.trimmed("  \(mark) " + cells.joined(separator: "  "))
    }
  }

  private static func trimmed(_ line: String) -> String { String(line.reversed().drop { $0 == " " }.reversed()) }

  /// How many of so many lines are shown, and a line for the others, if there is room for one.
  private static func folded(_ count: Int, to room: Int) -> (shown: Int, more: [String]) {
    if count <= room || room < 2 { return (min(count, room), []) }
    return (room - 1, ["    and \((count - room + 1).grouped) more"])
  }

  private func countLines(_ now: Timestamp, room: Int) -> [String] {
    let total = max(1, story.hosts.count)
    func count(_ words: String...) -> Int { story.hosts.count { words.contains($0.status.word) } }
    let good = count("succeeded", "unchanged", "kept")
    let bad = count("restored", "not changed", "restore failed", "failed", "unknown", "taken over", "left out", "restoring")
    let moving = count("changing")
    let isNarrow = surface.width < 70
    let size = isNarrow ? min(40, surface.width - 5) : min(40, max(10, surface.width - 70))
    let cells = (good * size / total, bad == 0 ? 0 : max(1, bad * size / total))
    let bar =
      surface.paint(String(repeating: "█", count: cells.0), .good)
      + surface.paint(String(repeating: "█", count: cells.1), .bad)
      + surface.paint(String(repeating: "░", count: max(0, size - cells.0 - cells.1)), .dim)
    let early = story.hosts.count { $0.status == .pending && $0.doing != nil }
    let waiting = count("waiting") - early
    let place = stage.map { "in " + SafeText.line($0).clipped(to: 18) } ?? "busy"
    let text = [
      (good, "done"), (bad, "failed"), (moving, "changing"), (early, place),
      (waiting, story.conclusion == nil ? "waiting" : "not started"),
    ]
    .filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }.joined(separator: " · ")
    var lines = isNarrow ? ["  \(bar)"] + text.wrapped(to: surface.width - 1, margin: "  ") : ["  \(bar)  \(text)"]
    let failed = story.hosts.filter { $0.status.error != nil }
    let active = story.hosts.enumerated().filter { _, host in
      !host.status.isFinal && host.doing != nil && host.status.error == nil
    }
    let (worst, moreFailed) = Self.folded(failed.count, to: max(1, room / 2))
    for host in failed.suffix(worst) {
      let mark = surface.paint(host.status.mark, host.status.style)
      lines.append(
        "  \(mark) \(name(host))  \(host.status.error?.line(on: host.name) ?? "")")
    }
    lines += moreFailed
    let (busy, moreActive) = Self.folded(active.count, to: max(1, room - min(failed.count, room / 2)))
    for (number, host) in active.prefix(busy) {
      let event = host.event?.rawValue ?? ""
      let middle = event.isEmpty && transfers.text(of: host.name) != nil ? transfers.bar(of: host.name, width: isNarrow ? 9 : 18) : event
      let cells = [name(host), isNarrow ? middle : middle.padded(to: 18), doing(on: host, number)]
      lines.append("  · " + cells.filter { !$0.isEmpty }.joined(separator: "  "))
    }
    return lines + moreActive
  }
}

extension OutputChunk {
  /// The last line that it ends or begins, made harmless; nil: it has blank ones only.
  fileprivate var lastLine: String? {
    // A frame has no room for more, and this is asked for each chunk.
    SafeText.lines(String(decoding: bytes.suffix(500), as: UTF8.self)).last { $0.contains { $0 != " " } }
  }
}

extension HostStatus {
  /// One character for it.
  package var mark: String {
    switch self {
    case .pending: " "
    case .changing: "•"
    case .ready: "◦"
    case .succeeded: "✓"
    case .unchanged, .kept: "="
    case .leftOut: "-"
    case .restoring: "↺"
    case .restored: "↺"
    case .untouched: "-"
    case .restoreFailed, .failed: "✗"
    case .unknown: "?"
    }
  }
}
