import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("stages that hosts remember")
struct MarkTests {
  private static func stage(_ terms: StageTerms) -> Stage {
    .script(name: "migrate", summary: "", function: 0, when: nil, place: nil, terms: terms)
  }

  private static func play(
    _ terms: StageTerms, after: Bool = false, failing: String = "", as kind: Failure.Kind = .command, marks: [StageMark?] = []
  ) -> Play {
    let stages = after ? [.rollout(nil), stage(terms)] : [stage(terms), .rollout(nil)]
    return Play(plan(hosts: 2, stages: stages), ListScripts([[run("migrate", on: 0)]])) { intent in
      if case .run(let command) = intent.operation, command.line == failing { return .failed(kind, "no") }
      guard case .mark(let request) = intent.operation, request.act == .begin, case .host(let number) = intent.place else { return .done() }
      return .done(marks.indices.contains(number) ? marks[number]?.value ?? .null : .null)
    }
  }

  private static func acts(_ play: Play) -> [String] {
    play.intents.compactMap { intent in
      switch intent.operation {
      case .mark(let request): "\(request.act.rawValue) \(request.mark.state.rawValue)"
      case .run(let command): command.line
      default: nil
      }
    }
  }

  private static func mark(_ state: StageMark.State) -> StageMark {
    StageMark(
      stage: "migrate", revision: Digest(hex: String(repeating: "a", count: 64)), state: state, deployment: "d0", by: "kim@desk",
      at: Timestamp(milliseconds: 5))
  }

  @Test("hosts remember a stage before it begins, and how it ended")
  func order() {
    let play = Self.play(StageTerms(once: .revision))
    #expect(Self.acts(play) == ["begin begun", "begin begun", "migrate", "end done", "end done"])
    #expect(play.conclusion?.status == .succeeded)
  }

  @Test("a stage that any host says is done does not run")
  func done() {
    let play = Self.play(StageTerms(once: .revision), marks: [nil, Self.mark(.done)])
    #expect(Self.acts(play) == ["begin begun", "begin begun", "end done"], "the other host learns it")
    let learned = play.intents.compactMap { if case .mark(let request) = $0.operation { request.mark.deployment } else { nil } }
    #expect(learned == ["d1", "d1", "d0"] && play.conclusion?.status == .succeeded)
  }

  @Test("a stage that another deployment began and did not end is lost, and says what to type")
  func lost() {
    let play = Self.play(StageTerms(once: .revision), marks: [Self.mark(.begun), nil])
    #expect(!Self.acts(play).contains("migrate"))
    #expect(play.conclusion?.status == .failed && play.conclusion?.error?.failure.kind == .lost)
    #expect(play.conclusion?.error?.failure.fix?.contains("--ran migrate") == true)
  }

  @Test("a stage that the plan knows to have run is not asked about, and all hosts learn it")
  func known() {
    let play = Self.play(StageTerms(once: .revision, settled: .ran(Self.mark(.done))))
    #expect(Self.acts(play) == ["end done", "end done"] && play.conclusion?.status == .succeeded)
  }

  @Test("what whoever deploys says of it goes over what hosts remember")
  func said() {
    #expect(Self.acts(Self.play(StageTerms(once: .revision, settled: .told))) == ["end done", "end done"])
    let again = Self.play(StageTerms(once: .revision, settled: .again), marks: [Self.mark(.begun)])
    #expect(Self.acts(again) == ["again begun", "again begun", "migrate", "end done", "end done"])
  }

  @Test("a stage that no host can remember does not run; if one can, it does, and the other is named")
  func refusing() {
    func play(_ refusing: [Int]) -> Play {
      Play(plan(hosts: 2, stages: [Self.stage(StageTerms(once: .revision)), .rollout(nil)]), ListScripts([[run("migrate", on: 0)]])) {
        guard case .mark(let request) = $0.operation, request.act == .begin, case .host(let number) = $0.place else { return .done() }
        return refusing.contains(number) ? .failed(.noSpace, "the disk is full") : .done()
      }
    }
    #expect(!Self.acts(play([0, 1])).contains("migrate") && play([0, 1]).conclusion?.error?.failure.kind == .noSpace)
    let one = play([1])
    let remarks = one.effects.compactMap { if case .note(.remark(let text)) = $0 { text } else { nil } }
    #expect(one.conclusion?.status == .succeeded && Self.acts(one).filter { $0 == "end done" }.count == 1)
    #expect(remarks.contains("h1 does not remember that stage \"migrate\" begins: the disk is full"), "\(remarks)")
  }

  @Test("a stage that cannot be undone bars the way back once it begins, and not if it never does")
  func neverBegan() {
    let play = Play(
      plan(hosts: 2, stages: [.rollout(nil), Self.stage(StageTerms(irreversible: true))]), ListScripts([[run("migrate", on: 0)]])
    ) {
      guard case .mark = $0.operation else { return .done() }
      return .failed(.noSpace, "the disk is full")
    }
    #expect(play.conclusion?.status == .failed && play.conclusion?.irreversible == nil && play.conclusion?.rollback == [0, 1])
  }

  @Test("a plan behind such a stage of an earlier deployment takes nothing back either")
  func behind() {
    let barred = plan(hosts: 2, stages: [.rollout(nil), Self.stage(StageTerms())]).edited { $0.behind = "contract" }
    let play = Play(barred, ListScripts([[run("migrate", on: 0)]])) { intent in
      if case .run = intent.operation { return .failed(.command, "no") }
      return .done()
    }
    #expect(play.conclusion?.status == .failed && play.conclusion?.rollback == [] && play.conclusion?.irreversible == "contract")
  }

  @Test("a failed run leaves no mark")
  func failed() {
    let play = Self.play(StageTerms(once: .revision), failing: "migrate")
    #expect(Self.acts(play) == ["begin begun", "begin begun", "migrate", "drop failed", "drop failed"])
    #expect(play.conclusion?.status == .failed)
  }

  @Test("a run of which nobody knows the end leaves the mark that it was begun", arguments: [Failure.Kind.lost, .unreachable])
  func unknown(kind: Failure.Kind) {
    #expect(Self.acts(Self.play(StageTerms(once: .revision), failing: "migrate", as: kind)) == ["begin begun", "begin begun", "migrate"])
  }

  @Test("a stage that is cancelled when its command has ended well keeps the mark that it was begun", arguments: [true, false])
  func cancelled(endedWell: Bool) {
    let own = plan(hosts: 2, stages: [Self.stage(StageTerms(once: .revision)), .rollout(nil)]).edited { $0.rules = .newest }
    var conductor = Conductor(plan: own, scripts: ListScripts([[run("migrate", on: 0), run("check", on: 0)]]))
    var (queue, acts): ([Happening], [String]) = ([.started], [])
    while !queue.isEmpty {
      for case .perform(let intent) in conductor.take(queue.removeFirst()) {
        switch intent.operation {
        case .mark(let request): acts.append("\(request.act.rawValue) \(request.mark.state.rawValue)")
        case .run(let command):
          acts.append(command.line)
          queue += [.cancelled(reason: "enough"), .finished(intent: intent.id, endedWell ? .done() : .failed(.cancelled, "ended"))]
          continue
        default: break
        }
        queue.append(.finished(intent: intent.id, .done()))
      }
    }
    #expect(acts == ["begin begun", "begin begun", "migrate"] + (endedWell ? [] : ["drop failed", "drop failed"]))
  }

  @Test("behind a stage that cannot be undone nothing goes back, before it everything does", arguments: [true, false])
  func irreversible(is irreversible: Bool) {
    let play = Self.play(StageTerms(irreversible: irreversible), after: true, failing: "migrate")
    #expect(play.conclusion?.status == .failed && play.conclusion?.rollback == (irreversible ? [] : [0, 1]))
    #expect(play.conclusion?.irreversible == (irreversible ? "migrate" : nil))
    #expect(Self.acts(play).last == (irreversible ? "end failed" : "migrate"))
  }

  @Test("a host that fails behind such a stage stays as it is")
  func host() {
    var p = plan(hosts: 2, hooks: [(.validateService, 1)], stages: [Self.stage(StageTerms(irreversible: true)), .rollout(nil)])
    p = plan(hosts: 2, hooks: [(.validateService, 1)], failed: 2, stages: p.flow.stages)
    let play = Play(p, ListScripts([[run("migrate", on: 0)], [run("check", on: 0)]])) { intent in
      if case .run(let command) = intent.operation, command.line == "check" { return .failed(.command, "no") }
      return .done()
    }
    let statuses = play.conclusion?.hosts ?? []
    #expect(statuses.allSatisfy { if case .failed = $0 { true } else { false } } && statuses.count == 2)
  }
}
