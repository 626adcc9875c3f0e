package import DeployModel

/// What a rehearsal showed, ready to be read: section by section, hosts that do the same together.
package struct Rehearsed: Sendable {
  /// One operation of a host.
  package struct Step: Sendable, Hashable {
    package var event: LifecycleEvent?
    package var text: String
    package var timeout: Interval
  }
  /// Hosts that do the same, in the order of their numbers; `nil` stands for the engine's own machine.
  package struct Part: Sendable {
    package var hosts: [Int?]
    package var steps: [Step]
  }
  /// A stage, or a wave of one.
  package struct Section: Sendable {
    package var title: String
    package var parts: [Part] = []
    /// How often its hosts take turns: hosts of the wave over hosts in flight, rounded up.
    package var turns = 1
  }

  package private(set) var sections: [Section] = []
  private var plan: Plan?
  /// No longer than this: what each section's slowest host may take, turn by turn.
  package private(set) var deadline = Interval.zero

  /// A fold over the entries of the rehearsal.
  package init(_ entries: [Entry]) {
    if case .planned(let plan)? = entries.first?.fact { self.plan = plan }
    let parallel = max(1, plan?.bounds.parallel ?? 1)
    // The same few operations for every host: each is put into words once.
    var sentences: [Operation: String] = [:]
    var collected: [(host: Int?, step: Step)] = []
    var current = Section(title: "before the first stage")
    func close(
      _ section: inout Section, _ collected: inout [(host: Int?, step: Step)],
      into sections: inout [Section]
    ) {
      section.parts = Rehearsed.parts(collected)
      if !section.parts.isEmpty || section.title.hasPrefix("wave") { sections.append(section) }
      collected = []
    }
    for entry in entries {
      switch entry.fact {
      case .noted(.stageBegan(let name)):
        close(&current, &collected, into: &sections)
        current = Section(title: "stage \(name)")
      case .noted(.waveBegan(let number, let hosts)):
        close(&current, &collected, into: &sections)
        let names = Rehearsed.names(hosts.map { $0 as Int? }, in: plan)
        current = Section(
          title: "wave \(number), \(names)", turns: (hosts.count + parallel - 1) / parallel)
      case .noted(.stageEnded):
        close(&current, &collected, into: &sections)
        current = Section(title: "at the end")
      case .intended(let intent):
        let host: Int? = if case .host(let number) = intent.place { number } else { nil }
        let text: String
        if let known = sentences[intent.operation] {
          text = known
        } else {
          text = intent.operation.sentence
          sentences[intent.operation] = text
        }
        collected.append((host, Step(event: intent.site.event, text: text, timeout: intent.timeout)))
      default: break
      }
    }
    close(&current, &collected, into: &sections)
    for section in sections {
      let longest =
        section.parts.map { $0.steps.reduce(0) { $0 + $1.timeout.milliseconds } }.max() ?? 0
      deadline = deadline + Interval(milliseconds: longest * max(1, section.turns))
    }
  }

  private static func parts(_ collected: [(host: Int?, step: Step)]) -> [Part] {
    var order: [Int?] = []
    var steps: [Int?: [Step]] = [:]
    for (host, step) in collected {
      if steps[host] == nil { order.append(host) }
      steps[host, default: []].append(step)
    }
    var parts: [Part] = []
    var index: [[Step]: Int] = [:]
    for host in order.sorted(by: { ($0 ?? -1) < ($1 ?? -1) }) {
      let own = steps[host] ?? []
      if let found = index[own], host != nil, parts[found].hosts.first != .some(nil) {
        parts[found].hosts.append(host)
      } else {
        index[own] = parts.count
        parts.append(Part(hosts: [host], steps: own))
      }
    }
    return parts
  }

  /// `web01 web02 web03`, or the first few and how many.
  package static func names(_ hosts: [Int?], in plan: Plan?) -> String {
    let names = hosts.prefix(6).map { number in
      number.map { plan?.hosts[$0].host.name ?? "host \($0)" } ?? "this machine"
    }
    return names.joined(separator: " ") + (hosts.count > 6 ? " … (\(hosts.count.of("host")))" : "")
  }

  /// The lines of it: what happens, on which hosts, with which deadlines; sections that repeat one before are said to.
  /// - Parameter known: another rehearsal that was shown before: what went the same way there at first is left out.
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
      if let earlier = seen[signature], section.title.hasPrefix("wave"), !signature.isEmpty {
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
          return [event, step.text.clipped(to: 72), surface.paint("≤ \(step.timeout)", .dim)]
        }
        let hasEvents = part.steps.contains { $0.event != nil }
        lines += Table([], rows: hasEvents ? rows : rows.map { Array($0.dropFirst()) }).lines(
          on: surface, indent: indent + 4)
      }
    }
    return lines
  }
}
