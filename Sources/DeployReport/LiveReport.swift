package import DeployModel

/// A frame at the bottom of a terminal, which is redrawn in place. If there is room, the frame has a line for each host. Otherwise, it has
/// counts and a bar. Remarks, logs and failures are printed above the frame and stay there.
package struct LiveReport: ProgressReport {
  var surface: Surface
  private let echo: Bool
  /// The number of waves in the rehearsal, or nil if unknown.
  let waves: Int?
  var story = DeploymentStory()
  var transfers = Transfers()
  private var above: [String] = []
  /// The number of columns of each line in the frame that is on the screen.
  private var drawn: [Int] = []
  private var isStale = false
  private var drawnAt: Timestamp?
  /// The number of columns of the widest host name.
  var widest = 0
  private var partial = PartialLines()
  /// The last line of output from the command that is running on a host, by the host's number.
  var wrote: [Int: String] = [:]
  /// The question to a person, with what the person has typed so far, or nil if there is no question.
  var question: String?

  /// - Parameter waves: the number of waves in the rehearsal, or nil if unknown.
  package init(on surface: Surface, echo: Bool = false, waves: Int? = nil) {
    self.surface = surface
    self.echo = echo
    self.waves = waves
  }

  /// Sets the question to a person, which is the last line of the frame. If it is nil, removes the question.
  package mutating func ask(_ question: String?) {
    isStale = isStale || question != self.question
    self.question = question
  }

  /// Adapts the frame to a new size of the window.
  package mutating func resize(width: Int, height: Int) {
    // A terminal that became narrower has wrapped the frame's lines.
    let columns = max(20, width)
    drawn = drawn.flatMap { total in stride(from: 0, to: max(1, total), by: columns).map { min(columns, total - $0) } }
    surface.width = columns
    surface.height = max(5, height)
    isStale = true
  }

  /// Call this when the process continues after it was stopped. Other programs might have written below the frame, so the next frame is
  /// drawn in a new place.
  package mutating func resumed() {
    drawn = []
    isStale = true
  }

  /// Remembers an entry that was written before this process began. Its lines above the frame have already been printed, unless the entry
  /// opens a deployment.
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

  /// Remembers the output of a command. If output is shown, remembers the lines that the chunk completes. Otherwise, remembers only each
  /// host's last line.
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

  /// Remembers the line for the next frame. It is printed above the frame and stays there.
  package mutating func remark(_ text: String, at moment: Timestamp) -> String {
    above.append(surface.paint(SafeText.line(text), .warn))
    isStale = true
    return ""
  }

  /// Remembers the transfer for the next frame.
  package mutating func take(_ transfer: Transfer, at moment: Timestamp) {
    transfers.take(transfer, at: moment)
    isStale = true
  }

  /// Returns a new frame if something has changed or a second has passed. Otherwise, returns an empty string.
  package mutating func tick(_ now: Timestamp) -> String {
    guard story.plan != nil else { return "" }
    if !isStale, let drawnAt, (now - drawnAt).milliseconds < 1000 { return "" }
    return draw(frame(now), at: now)
  }

  /// Returns the last frame, and moves the cursor below it.
  package mutating func end() -> String {
    guard story.plan != nil else { return "" }
    let text = draw(frame(story.last ?? Timestamp(milliseconds: 0)), at: story.last) + "\n"
    drawn = []
    return text
  }

  /// Erases the frame, writes the lines that stay, and then writes the new frame. If the terminal supports it, all of this appears as one
  /// update.
  private mutating func draw(_ frame: [String], at now: Timestamp?) -> String {
    var text = "\u{1B}[?2026h"
    if !drawn.isEmpty { text += drawn.count > 1 ? "\r\u{1B}[\(drawn.count - 1)A" : "\r" }
    text += "\u{1B}[J"
    for line in above { text += line.folded(to: surface.width - 1).joined(separator: "\n") + "\n" }
    above = []
    // The question stays visible even in a window with few rows.
    let room = surface.height - 1
    let kept = (frame.count > room && question != nil ? frame.prefix(room - 1) + frame.suffix(1) : frame.prefix(room)).map {
      $0.clipped(to: surface.width - 1)
    }
    // Wrapping is off. A terminal might show a line wider than its computed width, for example because of joined emoji. The terminal then
    // cuts the line, and the next frame still erases the right number of lines.
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

  /// Returns what failed and where. Because the summary might come many lines later, the last output is included.
  private func lines(_ failing: DeploymentStory.Failing) -> [String] {
    let host = failing.host.map { story.hosts[$0].name }
    let step = failing.event?.rawValue ?? failing.stage.map { "stage \($0)" }
    let head = [host, step].compactMap { $0 }.joined(separator: " ")
    let line = " \(head): \(failing.error.line(on: host))" + (failing.error.place.map { " (\($0))" } ?? "")
    // If the output of commands is shown, these lines are already on the screen.
    let wrote = echo ? [] : failing.error.stderr.map { SafeText.tail($0, lines: 3) } ?? []
    return [surface.paint("✗", .bad) + line] + wrote.map { ("    | " + $0).clipped(to: surface.width - 1) }
  }
}

extension OutputChunk {
  /// The last line of the chunk, made harmless, or nil if the chunk has only blank lines.
  fileprivate var lastLine: String? {
    // Only the last bytes are used, because the frame has no room for more. Besides, this property is computed for each chunk.
    SafeText.lines(String(decoding: bytes.suffix(500), as: UTF8.self)).last { $0.contains { $0 != " " } }
  }
}

extension HostStatus {
  /// One character for the status.
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
