import DeployModel
import DeployReport
import PlanDrafts
import Testing

/// What people read about stages that hosts remember.
@Suite("Reports of stages that hosts remember")
struct StageReportTests {
  private static let mark = StageMark(
    stage: "migrate", revision: Stories.digest, state: .done, deployment: "20261120-1", by: "kim@laptop", at: Stories.start)

  private static func stage(_ terms: StageTerms?, when: Int? = nil) -> Stage {
    .script(name: "migrate", summary: "", function: 1, when: when, place: nil, terms: terms)
  }

  @Test("a plan says how often a stage runs, where, whether it can be undone, and whether it is skipped")
  func sentences() {
    let cases: [(StageTerms?, String)] = [
      (nil, "migrate (once)"), (StageTerms(once: .deployment, ground: .engine), "migrate (once, on this machine)"),
      (StageTerms(once: .revision, ground: .host), "migrate (once a revision, on one host)"),
      (StageTerms(ground: .group("db"), irreversible: true), "migrate (once, on one host of db, cannot be undone)"),
      (StageTerms(once: .revision, settled: .ran(Self.mark)), "migrate (once a revision, skipped: deployment 20261120-1 ran it)"),
      (StageTerms(ground: .host, undo: 4), "migrate (once, on one host, can be undone)"),
      (StageTerms(once: .revision, settled: .told), "migrate (once a revision, skipped, as was said)"),
      (StageTerms(once: .revision, settled: .again), "migrate (once a revision, again, as was said)"),
    ]
    for (terms, expected) in cases { #expect(Self.stage(terms).sentence == expected) }
    #expect(Self.stage(nil, when: 2).sentence == "migrate (once, if it applies)")
  }

  @Test("a plan says what is undone on the way back, and when; a way back says what it undoes")
  func undo() {
    func named(_ name: String) -> Stage {
      .script(name: name, summary: "", function: 1, when: nil, place: nil, terms: StageTerms(ground: .host, undo: 2))
    }
    let plan = Stories.plan().edited { $0.stages = [.upload, named("a"), named("b"), .rollout(nil), named("c")] }
    let words = PlanReport(plan).lines(on: Surface()).joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("Before hosts go back, stage c is undone if it has begun."), "\(words)")
    #expect(words.contains("After all are back, stage b, then a is undone if it has begun."), "\(words)")
    let undo = StageUndo(Self.mark)
    let stage = Stage.script(
      name: undo.title, summary: "", function: 2, when: nil, place: nil, terms: StageTerms(ground: .host, undoes: undo))
    #expect(stage.sentence == "undo of migrate (on one host)")
  }

  @Test("a stage that should have been undone and was not is named, with what to do, and the exit code asks for a person")
  func notUndone() {
    var end = Conclusion(status: .failed, error: Stories.broken, hosts: [.succeeded, .succeeded])
    end.notUndone = ["migrate"]
    let text = Summary(Self.story(nil, end: end)).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("Not undone: stage migrate") && text.contains("lander logs"), "\(text)")
    #expect(ExitCode(end) == .rollbackFailed)
  }

  private static func story(
    _ begun: MarkRequest.Act?, succeeded: Bool = true, end: Conclusion? = nil, behind: String? = nil
  ) -> DeploymentStory {
    let plan = Stories.plan().edited {
      $0.stages = [.upload, .rollout(nil), Self.stage(StageTerms(irreversible: true))]
      $0.behind = behind
    }
    var facts: [Entry.Fact] = [.planned(plan), .happened(.started)]
    if succeeded { facts += [.noted(.host(0, .succeeded)), .noted(.host(1, .succeeded))] }
    var mark = Self.mark
    mark.isIrreversible = true
    if begun != nil { facts.append(.intended(Self.intent(1, .again, mark))) }
    if begun == .drop { facts.append(.intended(Self.intent(2, .drop, mark))) }
    if let end { facts.append(.concluded(end)) }
    return DeploymentStory(Stories.entries(facts))
  }

  private static func intent(_ id: Int, _ act: MarkRequest.Act, _ mark: StageMark) -> Intent {
    Intent(
      id: id, place: .host(0), operation: .mark(MarkRequest(act, mark)), timeout: .minutes(1), site: Intent.Site(stage: mark.stage))
  }

  @Test("who cancels behind a stage that cannot be undone reads that hosts stay, and why")
  func cancelled() {
    #expect(EndingWords(Self.story(nil)).cancelling.hasSuffix("hosts are restored"))
    #expect(EndingWords(Self.story(.again)).cancelling.hasSuffix("hosts stay as they are: stage migrate cannot be undone"))
    #expect(EndingWords(Self.story(.drop)).cancelling.hasSuffix("hosts are restored"), "it never ran")
    #expect(
      EndingWords(Self.story(nil, behind: "contract")).cancelling.hasSuffix("hosts stay as they are: stage contract cannot be undone"))
    #expect(!EndingWords(Self.story(.again)).late.contains("lander rollback"))
  }

  @Test("hosts that stay behind such a stage are named, with the reason, and no rollback is advised")
  func stayed() {
    var end = Conclusion(status: .failed, error: Stories.broken, hosts: [.succeeded, .succeeded])
    end.irreversible = "migrate"
    let text = Summary(Self.story(.again, end: end)).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("Left as they are, because stage migrate cannot be undone: web1 web2"), "\(text)")
    #expect(!text.contains("lander rollback"), "\(text)")
    let off = Summary(Self.story(nil, end: Conclusion(status: .failed, error: Stories.broken, rollback: [0, 1], hosts: end.hosts)))
    #expect(!off.lines(on: Surface()).joined(separator: "\n").contains("cannot be undone"))
  }

  @Test("what a host is asked to remember is said in words")
  func operations() {
    func words(_ act: MarkRequest.Act, _ state: StageMark.State) -> String {
      var mark = Self.mark
      mark.state = state
      return DeployModel.Operation.mark(MarkRequest(act, mark)).sentence
    }
    #expect(words(.again, .undoing) == "remember that stage migrate is being undone")
    #expect(words(.drop, .undoing) == "forget that stage migrate ran")
    #expect(words(.begin, .begun) == "remember that stage migrate begins" && words(.again, .begun) == words(.begin, .begun))
    #expect(words(.end, .done) == "remember that stage migrate is done")
    #expect(words(.end, .failed) == "remember that stage migrate failed")
    #expect(words(.drop, .failed) == "forget that stage migrate was begun")
  }
}
