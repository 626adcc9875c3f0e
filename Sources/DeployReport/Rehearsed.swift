package import DeployModel

/// A rehearsal in a readable form. It has sections in chronological order. In each section, hosts with the same steps are grouped together.
package struct Rehearsed: Sendable {
  /// One operation of a host, or a wait.
  package struct Step: Sendable, Hashable {
    package var event: LifecycleEvent?
    package var text: String
    package var timeout: Interval
    /// How many times in a row the step runs.
    package var count = 1
  }
  /// Hosts with the same steps, in the order of their numbers. A host that is nil stands for the engine's own machine.
  package struct Part: Sendable {
    package var hosts: [Int?]
    package var steps: [Step]
  }
  /// A stage, a part of a wave, a gate, or everything between two of these.
  package struct Section: Sendable {
    package var title: String
    package var parts: [Part] = []
    /// The number of turns of the wave. In each turn, `parallel` hosts change at the same time. It is the number of hosts in the wave
    /// divided by `parallel`, rounded up.
    package var turns = 1
    /// The sum of the slowest host's deadlines, including the steps before and after the hosts' steps, in milliseconds.
    var longest = 0
    /// How long the gate can stay open if the section is a gate, or nil if it is not.
    var gate: Interval?
  }

  package private(set) var sections: [Section] = []
  private(set) var plan: Plan?
  /// The sum of the deadlines of all sections. For each section, it counts the slowest host's deadlines, once for each turn.
  package private(set) var deadline = Interval.zero

  /// Makes the sections from the entries of the rehearsal.
  package init(_ entries: [Entry]) {
    if case .planned(let plan)? = entries.first?.fact { self.plan = plan }
    let parallel = max(1, plan?.bounds.parallel ?? 1)
    var collected = RehearsedSteps()
    var current = Section(title: "before the first stage")
    func next(_ title: String, turns: Int = 1, gate: Interval? = nil, into sections: inout [Section]) {
      (current.parts, current.longest) = collected.take()
      if let gate = current.gate { current.longest = gate.milliseconds }
      if !current.parts.isEmpty || current.title.hasPrefix("wave") || current.gate != nil { sections.append(current) }
      current = Section(title: title, turns: turns, gate: gate)
    }
    for entry in entries {
      switch entry.fact {
      case .noted(.stageBegan(let name)): next("stage \(name)", into: &sections)
      case .noted(.waveBegan(let number, let hosts, _)):
        let names = Rehearsed.names(hosts.map { $0 as Int? }, in: plan)
        next("wave \(number), \(names)", turns: (hosts.count + parallel - 1) / parallel, into: &sections)
      case .noted(.waveEnded(let number, _)): next("after wave \(number)", into: &sections)
      case .noted(.restartBegan(let hosts)):
        let names = Rehearsed.names(hosts.map { $0 as Int? }, in: plan)
        next("restart of \(names)", turns: (hosts.count + parallel - 1) / parallel, into: &sections)
      case .noted(.restartEnded): next("after the restart", into: &sections)
      case .noted(.gateOpened(let number, let gate)):
        let names = (gate.watch?.hosts ?? []).map { plan?.name(ofHost: $0) ?? "host \($0)" }
        let unusual = gate.unusual.map { " (\($0))" } ?? ""
        next("gate \(number), \(gate.sentence(on: names)) ≤ \(gate.longest)\(unusual)", gate: gate.longest, into: &sections)
      case .noted(.gateClosed(let number, _)): next("after gate \(number)", into: &sections)
      case .noted(.shifted(_, let to)): next("traffic is \(SafeText.line(to.sentence))", into: &sections)
      case .noted(.stopped(let reason, let left)):
        next(
          "stops on purpose: \(SafeText.line(reason)); \(left.count.of("host")) \((plan?.kind ?? .deploy).words.left)", gate: .zero,
          into: &sections)
      case .noted(.stageEnded): next("at the end", into: &sections)
      case .noted(.log(let host, let line)): RehearsalMark(line).map { collected.add($0, on: host) }
      case .intended(let intent): collected.add(intent)
      default: break
      }
    }
    next("", into: &sections)
    deadline = Interval(milliseconds: sections.reduce(0) { $0 + $1.longest * max(1, $1.turns) })
  }

  /// Returns the names of the hosts, such as `web01 web02 web03`. If there are too many, returns the first six and the number of all hosts.
  package static func names(_ hosts: [Int?], in plan: Plan?) -> String {
    let names = hosts.prefix(6).map { number in
      number.map { plan?.name(ofHost: $0) ?? "host \($0)" } ?? "this machine"
    }
    return names.joined(separator: " ") + (hosts.count > 6 ? " … (\(hosts.count.of("host")))" : "")
  }

  /// Returns the lines of the rehearsal: what happens, on which hosts, with which deadlines. A section that repeats an earlier one
  /// only says so.
  /// - Parameter known: a rehearsal that has already been shown. Sections at the beginning that both rehearsals share are left out.
  package func lines(
    on surface: Surface, indent: Int = 4, after known: Rehearsed? = nil
  )
    -> [String]
  {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    let same = zip(sections, known?.sections ?? []).prefix {
      $0.title == $1.title && $0.parts.map(\.steps) == $1.parts.map(\.steps)
    }.count
    let sections = sections.dropFirst(same)
    var seen: [[[Step]]: String] = [:]
    for section in sections {
      lines.append(margin + surface.paint(section.title, .strong))
      let signature = section.parts.map(\.steps)
      if let earlier = seen[signature], section.title.hasPrefix("wave") || section.title.hasPrefix("after wave"), !signature.isEmpty {
        lines.append(margin + "  the same as \(earlier)")
        continue
      }
      seen[signature] = String(section.title.prefix { $0 != "," })
      for part in section.parts {
        let isAlone = section.parts.count == 1 && section.title.hasPrefix("wave")
        if !isAlone { lines.append(margin + "  on " + Rehearsed.names(part.hosts, in: plan)) }
        let rows = part.steps.enumerated().map { index, step in
          let event =
            index > 0 && part.steps[index - 1].event == step.event ? "" : step.event?.rawValue ?? ""
          let times = step.count > 1 ? ", \(step.count.grouped) times" : ""
          return [event, step.text.clipped(to: 72) + times, surface.paint("≤ \(step.timeout)", .dim)]
        }
        let hasEvents = part.steps.contains { $0.event != nil }
        lines += Table([], rows: hasEvents ? rows : rows.map { Array($0.dropFirst()) }).lines(
          on: surface, indent: indent + 4)
      }
    }
    return lines
  }
}
