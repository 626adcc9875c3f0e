import DeployModel

/// A deployment and its rollback in JUnit's XML, with a suite for each wave and a case for each lifecycle event of each host.
package struct JUnitReport: Sendable {
  private let chronicles: [Chronicle]

  /// - Parameter chronicles: the deployment's chronicle and, if a rollback followed, the rollback's chronicle.
  package init(_ chronicles: [Chronicle]) { self.chronicles = chronicles }

  /// The whole document.
  package var text: String {
    let suites = chronicles.flatMap(suites)
    let (cases, failed) = (suites.reduce(0) { $0 + $1.cases }, suites.reduce(0) { $0 + $1.failed })
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lander\" tests=\"\(cases)\" failures=\"\(failed)\">\n"
      + suites.map(\.text).joined() + "</testsuites>\n"
  }

  private struct Suite {
    var text: String
    var cases: Int
    var failed: Int
  }

  private func suites(of chronicle: Chronicle) -> [Suite] {
    guard let plan = chronicle.story.plan else { return [] }
    let kind = plan.kind.isRollback ? "rollback, " : plan.kind.removal != nil ? "removal, " : plan.kind.task.map { "\($0.name), " } ?? ""
    var suites = chronicle.waves.map { wave in
      suite("\(plan.subject.recipe) to \(plan.subject.groupName.words): \(kind)wave \(wave.number)", wave.began, of: plan) {
        chronicle.steps.filter { $0.wave == wave.number }.map { testCase($0, in: chronicle) }
      }
    }
    // Some failures belong to no lifecycle event of a host. These are failures of a stage, a gate or a lock, and those of unreachable
    // hosts.
    let isTold = chronicle.steps.contains { if case .failed = $0.end { true } else { false } }
    if let conclusion = chronicle.story.conclusion, conclusion.status != .succeeded, !isTold || conclusion.status == .partial {
      let error = conclusion.error ?? chronicle.story.first?.error
      let words = plan.kind.words
      let stopped = chronicle.story.stopped.map { "stopped on purpose, with \($0.left.of("host")) \(words.left): \($0.reason)" }
      let text = Self.failure(error, or: stopped.map { SafeText.line($0) } ?? conclusion.status.rawValue)
      suites.append(
        suite("\(plan.subject.recipe) to \(plan.subject.groupName.words): \(kind)deployment", plan.origin.at, of: plan) {
          [("    <testcase classname=\"deployment\" name=\"\(XMLText.escaped(plan.id.rawValue))\">\n\(text)    </testcase>\n", true)]
        })
    }
    let undue = stages(notUndoneIn: chronicle)
    if !undue.isEmpty {
      suites.append(
        suite("\(plan.subject.recipe) to \(plan.subject.groupName.words): \(kind)stages not undone", plan.origin.at, of: plan) { undue })
    }
    let left = hosts(without: chronicle)
    if !left.isEmpty {
      suites.append(
        suite("\(plan.subject.recipe) to \(plan.subject.groupName.words): \(kind)hosts without it", plan.origin.at, of: plan) { left })
    }
    return suites
  }

  /// Returns a case for each stage that should have been undone but was not.
  private func stages(notUndoneIn chronicle: Chronicle) -> [(text: String, isBad: Bool)] {
    let names = chronicles.count == 1 ? chronicle.story.notUndone(after: nil) : chronicle.story.notUndone
    return names.map { name in
      let head = "    <testcase classname=\"\(XMLText.escaped(name))\" name=\"undo\">\n"
      return (head + Self.failure(nil, or: "stage \(name) is not undone") + "    </testcase>\n", true)
    }
  }

  /// Returns a case for each host that did not get the release although the deployment succeeded or was stopped on purpose. Such a host was
  /// left out, or kept the old revision.
  private func hosts(without chronicle: Chronicle) -> [(text: String, isBad: Bool)] {
    guard let status = chronicle.story.conclusion?.status, status == .succeeded || status == .partial else { return [] }
    let told = Set(chronicle.steps.map(\.host))
    return chronicle.story.hosts.indices.compactMap { number in
      let host = chronicle.story.hosts[number]
      let isOld = host.status == .pending
      let isOut = if case .leftOut = host.status { true } else { !host.status.isWhereItShouldBe }
      guard isOld || isOut, !told.contains(number) else { return nil }
      let why = isOld ? "left \(chronicle.story.plan?.kind.words.left ?? "")" : host.status.error?.line ?? host.status.word
      let head = "    <testcase classname=\"\(XMLText.escaped(host.name))\" name=\"deployment\">\n"
      return (head + "      <skipped message=\"\(XMLText.escaped(why))\"/>\n    </testcase>\n", false)
    }
  }

  private func suite(_ name: String, _ at: Timestamp, of plan: Plan, _ cases: () -> [(text: String, isBad: Bool)]) -> Suite {
    let cases = cases()
    let failed = cases.count(where: \.isBad)
    let facts =
      [("deployment", plan.id.rawValue), ("actor", plan.origin.actor)] + (plan.revision.map { [("digest", $0.hex)] } ?? [])
      + (plan.origin.provenance?.commit.map { [("commit", $0.id)] } ?? [])
    let properties = facts.map { "      <property name=\"\($0.0)\" value=\"\(XMLText.escaped($0.1))\"/>\n" }.joined()
    let head =
      "  <testsuite name=\"\(XMLText.escaped(name))\" tests=\"\(cases.count)\" failures=\"\(failed)\" timestamp=\"\(When.iso(at))\">\n"
    return Suite(
      text: head + "    <properties>\n\(properties)    </properties>\n" + cases.map(\.text).joined() + "  </testsuite>\n",
      cases: cases.count, failed: failed)
  }

  private func testCase(_ step: Chronicle.Step, in chronicle: Chronicle) -> (text: String, isBad: Bool) {
    let time = step.duration.map { " time=\"\(XMLText.seconds($0))\"" } ?? ""
    let head =
      "    <testcase classname=\"\(XMLText.escaped(chronicle.name(step.host)))\" name=\"\(step.event.rawValue)\"\(time)"
    switch step.end {
    case .passed: return (head + "/>\n", false)
    case .skipped(let reason): return (head + ">\n      <skipped message=\"\(XMLText.escaped(reason))\"/>\n    </testcase>\n", false)
    case .failed(let error): return (head + ">\n" + Self.failure(error, or: "failed", step.output) + "    </testcase>\n", true)
    case nil: return (head + ">\n" + Self.failure(nil, or: "it did not come to its end", step.output) + "    </testcase>\n", true)
    }
  }

  private static func failure(_ error: ScriptError?, or word: String, _ output: String = "") -> String {
    let place = error?.place.map { "\($0.description): " } ?? ""
    let detail = [error?.stderr ?? output].flatMap { SafeText.tail($0, lines: 20) }.joined(separator: "\n")
    return "      <failure message=\"\(XMLText.escaped(place + (error?.line ?? word)))\">\(XMLText.escaped(detail))</failure>\n"
  }
}
