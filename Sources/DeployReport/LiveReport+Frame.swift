import DeployModel

/// The lines at the bottom of the terminal.
extension LiveReport {
  /// The smallest number of rows that a terminal must have for the frame to show a line for the title.
  private static let lowest = 12

  func frame(_ now: Timestamp) -> [String] {
    let title = surface.height < Self.lowest ? [] : [story.plan?.headline].compactMap { $0 }
    let above = title + [stateLine(now)] + gateLines(now) + hereLines(now)
    let asked = (question.map { ["", surface.paint($0, .strong)] } ?? [])
    let rows = story.hosts.count + 1 + above.count + asked.count
    // One row stays free, in addition to these lines and up to three lines of counts.
    let room = max(1, min(surface.height - 8, surface.height - 4 - above.count - asked.count))
    return above + (rows <= surface.height - 4 ? hostLines(now) : countLines(now, room: room)) + asked
  }

  /// Returns what is running on this machine, and for how long. It can be a stage before or after the rollout, a build, or a migration.
  private func hereLines(_ now: Timestamp) -> [String] {
    let shown = story.here.prefix(3).map { "  " + surface.paint("here", .strong) + "  \($0.words(now))" }
    return shown + (story.here.count > 3 ? ["        and \(story.here.count - 3) more"] : [])
  }

  /// Returns the open gate, and the commands that answer it.
  private func gateLines(_ now: Timestamp) -> [String] {
    guard let gate = story.openGate else { return [] }
    let waited = max(gate.opened, now) - gate.opened
    // The line already begins with "waits", so the gate's own word "wait" is left out.
    let words = gate.gate.kind == .time ? String(gate.sentence.dropFirst("wait ".count)) : gate.sentence
    let sentence = words.withWords(upTo: surface.width - 3)
    var question = ("  " + surface.paint("waits", .warn) + " \(sentence)").folded(to: surface.width - 1)
    let most = max(2, surface.height / 3)
    if question.count > most { question = question.prefix(most - 1) + ["  … the whole question: lander status"] }
    let head = question + ["    for \(waited), \(gate.deadline(zone: surface.zone))"]
    return head + gate.commands(for: story.id).map { "    → \($0[0])  \($0[1])" }
  }

  /// The current stage.
  private var stage: String? { story.stages.last { $0.ended == nil }?.name }

  /// Returns the current stage and wave, the transfers, the number of hosts that are done, and the time.
  private func stateLine(_ now: Timestamp) -> String {
    let stage = stage
    // A deployment that differs from its rehearsal can have more waves than the rehearsal.
    let wave = story.wave.map { wave in "wave \(wave.number)" + (waves.map { wave.number <= $0 ? " of \($0)" : "" } ?? "") }
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

  /// The number of columns for a host's name. It leaves room for the rest of the line.
  private var nameWidth: Int { min(surface.width < 80 ? surface.width / 4 : 32, widest) }

  private func name(_ host: DeploymentStory.HostStory) -> String { host.name.clipped(to: nameWidth).padded(to: nameWidth) }

  /// Returns what is happening on a host. If something is being sent, that is how much has arrived. Otherwise, it is the last output of the
  /// command, or the command itself if there is no output.
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
        if case .pending = host.status { host.operation != nil } else { !host.status.isFinal }
      // A stage can send files to a host before the host's turn. In that case, the line shows the stage rather than `waiting`.
      let early = host.status == .pending && isActive ? stage.map { SafeText.line($0).clipped(to: 18) } : nil
      let state = host.status.isFinal || host.event == nil ? early ?? word : host.event?.rawValue ?? ""
      let detail = isActive ? doing(on: host, number) : host.status.error?.line(on: host.name) ?? ""
      // Before a host's turn, there is no duration, so this column shows a bar for the bytes that have arrived on the host.
      let cells = [
        name(host), surface.paint(state, host.status.style).padded(to: 18),
        time.isEmpty ? transfers.bar(of: host.name, width: 9) : time.padded(to: 9), detail,
      ]
      return LiveReport.trimmed("  \(mark) " + cells.joined(separator: "  "))
    }
  }

  private static func trimmed(_ line: String) -> String { String(line.reversed().drop { $0 == " " }.reversed()) }

  /// Returns the number of lines that fit and, if there is room, a line that says how many lines are not shown.
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
    let early = story.hosts.count { $0.status == .pending && $0.operation != nil }
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
      !host.status.isFinal && host.operation != nil && host.status.error == nil
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
