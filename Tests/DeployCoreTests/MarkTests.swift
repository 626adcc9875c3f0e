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
    #expect(Self.acts(play) == ["begin begun", "begin begun", "drop failed"])
    #expect(play.conclusion?.status == .succeeded)
  }

  @Test("a stage that another deployment began and did not end is lost, and says what to type")
  func lost() {
    let play = Self.play(StageTerms(once: .revision), marks: [Self.mark(.begun), nil])
    #expect(!Self.acts(play).contains("migrate"))
    #expect(play.conclusion?.status == .failed && play.conclusion?.error?.failure.kind == .lost)
    #expect(play.conclusion?.error?.failure.fix?.contains("--ran migrate") == true)
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
