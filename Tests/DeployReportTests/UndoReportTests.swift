import DeployModel
import DeployReport
import PlanDrafts
import Testing

/// What people and programs read about stages that a rollback undid or should have undone.
@Suite("Reports of stages that were undone, or were not")
struct UndoReportTests {
  private static let undos = ["seed", "migrate"].map { name in
    StageUndo(
      StageMark(
        stage: name, revision: Stories.digest, state: .done, deployment: Stories.plan().id, by: "kim@laptop", at: Stories.start,
        undo: name == "seed" ? .before : .after))
  }

  private static func stage(_ name: String, _ terms: StageTerms) -> Stage {
    .script(name: name, summary: "", function: 1, when: nil, place: nil, terms: terms)
  }

  private static func runs(_ id: Int, _ line: String, in stage: String) -> Entry.Fact {
    .intended(
      Intent(
        id: id, place: .host(0), operation: .run(Command(.shell(line))), timeout: .minutes(1), site: Intent.Site(stage: stage)))
  }

  /// Returns the journal of a failed deployment, whose stages migrate and seed ran before and after the rollout.
  private static func failed(_ hosts: [HostStatus] = [.succeeded, .succeeded]) -> [Entry] {
    let plan = Stories.plan().edited {
      $0.stages = [stage("migrate", StageTerms(ground: .host, undo: 2)), .rollout(nil), stage("seed", StageTerms(ground: .host, undo: 3))]
    }
    var end = Conclusion(
      status: .failed, error: Stories.broken, rollback: hosts.indices.filter { hosts[$0] == .succeeded }, hosts: hosts)
    end.undo = undos
    let ran = [runs(1, "up-migrate", in: "migrate")] + (hosts.contains(.succeeded) ? [runs(2, "up-seed", in: "seed")] : [])
    return Stories.entries([.planned(plan), .happened(.started)] + ran + [.concluded(end)])
  }

  /// Returns the journal of a rollback that undoes seed before its hosts go back, and migrate afterwards.
  private static func back(
    of failed: Deployment.ID? = Stories.plan().id, _ status: Conclusion.Status, undone: [String] = [], failing: String? = nil,
    hosts: [HostStatus] = [.succeeded, .succeeded]
  ) -> [Entry] {
    let plan = Stories.plan(kind: .rollback(of: failed), id: "back").edited {
      let stages = undos.map { stage($0.title, StageTerms(ground: .host, undoes: $0)) }
      $0.stages = [stages[0], .rollout(nil), stages[1]]
    }
    var facts: [Entry.Fact] = [.planned(plan), .happened(.started)]
    for (number, name) in (undone + [failing].compactMap { $0 }).enumerated() {
      facts += [
        .noted(.stageBegan(name: "undo of \(name)")), runs(number, "down-\(name)", in: "undo of \(name)"),
        .noted(.stageEnded(name: "undo of \(name)", error: name == failing ? Stories.broken : nil)),
      ]
    }
    var end = Conclusion(status: status, error: status == .succeeded ? nil : Stories.broken, hosts: hosts)
    end.notUndone = failing.map { [$0] }
    return Stories.entries(facts + [.concluded(end)])
  }

  private static func text(_ entries: [Entry], _ rollback: [Entry]? = nil) -> String {
    Summary(DeploymentStory(entries), rollback: rollback.map { DeploymentStory($0) }).lines(on: Surface()).joined(separator: "\n")
  }

  @Test("a way back that was refused has undone nothing: every report names its stages, and the hosts that stayed")
  func refused() {
    let (there, back) = (Self.failed(), Self.back(.refused, hosts: [.pending, .pending]))
    let text = Self.text(there, back)
    #expect(!text.contains("  Undone:") && text.contains("\n  Not undone: stage seed, stage migrate\n"), "\(text)")
    #expect(text.contains("takes the hosts that are left back"), "\(text)")
    let account = Account(DeploymentStory(there), rollback: DeploymentStory(back))
    #expect(account.notUndone == ["seed", "migrate"])
    #expect(account.wrong.map { "\($0.host): \($0.why)" } == ["web1: not taken back", "web2: not taken back"])
    #expect(JSON.text(JSON.record(account.members)).contains(#""not_undone":["seed","migrate"]"#))
    var lines = EntryLines()
    let last = back.map { lines.line($0, of: "back") }.last ?? ""
    #expect(last.contains(#""not_undone":["seed","migrate"]"#), "\(last)")
    let chronicles = [Chronicle(there), Chronicle(back)]
    for document in [Explanation(chronicles).document, DeploymentDocument(chronicles).document] {
      let text = document.lines(on: Surface()).joined(separator: "\n")
      #expect(text.contains("stage seed: not undone") && text.contains("stage migrate: not undone"), "\(text)")
    }
    let junit = JUnitReport(chronicles).text
    #expect(junit.contains(#"<testcase classname="migrate" name="undo">"#) && junit.contains("stage seed is not undone"), "\(junit)")
    let notes = Annotation.all(of: DeploymentStory(there), rollback: DeploymentStory(back))
    #expect(notes.contains { $0.title == "Not undone" && $0.message == "stage seed, stage migrate" }, "\(notes)")
  }

  @Test("a way back that never began has undone nothing, and the command that makes up for it is named")
  func neverBegun() {
    let text = Self.text(Self.failed())
    #expect(
      text.contains("\n  Not undone: stage seed, stage migrate\n    → lander resume 20261121-113045-x7k2 undoes them\n"), "\(text)")
    #expect(Account(DeploymentStory(Self.failed())).notUndone == ["seed", "migrate"])
  }

  @Test("a rollback that somebody asked for and that was refused leaves everything as it was: no stage needs attention")
  func refusedByHand() {
    let entries = Self.back(of: nil, .refused, hosts: [.pending, .pending])
    #expect(!Self.text(entries).contains("ndone"), "\(Self.text(entries))")
    #expect(!Account(DeploymentStory(entries)).isWrong)
  }

  @Test("what undone stages ran is not said to stay; what the others ran is")
  func ran() {
    let there = Self.failed([.pending, .pending])
    let whole = Self.text(there, Self.back(.succeeded, undone: ["seed", "migrate"], hosts: [.unchanged, .unchanged]))
    #expect(whole.contains("\n  Undone: stage seed, stage migrate\n") && !whole.contains("nothing takes that back"), "\(whole)")
    let half = Self.text(there, Self.back(.failed, undone: ["seed"], failing: "migrate", hosts: [.unchanged, .unchanged]))
    #expect(half.contains("Its stages ran, and nothing takes that back:\n    web1: run up-migrate\n"), "\(half)")
    let own = Self.text(Self.back(of: nil, .failed, failing: "seed", hosts: [.pending, .pending]))
    #expect(!own.contains("nothing takes that back"), "\(own)")
  }

  @Test("if all hosts are back and an undo failed, no rollback is advised: the next commands look, and deploy")
  func onlyUndo() {
    let text = Self.text(Self.failed(), Self.back(.failed, undone: ["seed"], failing: "migrate"))
    #expect(
      text.hasSuffix(
        """

          Undone: stage seed

          Not undone: stage migrate
            → look how far it is (lander logs back), and undo by hand what the release before cannot bear
            → a later lander rollback past this wants --despite migrate

          Next
            lander logs back                      how far the undo came; what the release before cannot bear is undone by hand
            lander status --group production      what each host runs now
            lander deploy web --group production  once that is fixed: goes forward, and runs stage migrate again
        """), "\(text)")
    let left = Self.text(Self.failed(), Self.back(.failed, undone: ["seed"], failing: "migrate", hosts: [.succeeded, .pending]))
    #expect(left.contains("takes the hosts that are left back"), "\(left)")
  }

  @Test("a rollback by hand whose undo failed behind the hosts names what it undid, and prints no empty list of hosts")
  func byHand() {
    let text = Self.text(Self.back(of: nil, .failed, undone: ["seed"], failing: "migrate"))
    #expect(text.contains("\n  Every host that was to go back is back.\n\n  Undone: stage seed\n"), "\(text)")
    #expect(!text.contains("Not back,") && !text.contains("lander rollback web"), "\(text)")
    let left = Self.text(Self.back(of: nil, .failed, failing: "seed", hosts: [.pending, .restored(Stories.broken)]))
    #expect(left.contains("Not back, on what they ran before the rollback: web1 web2"), "\(left)")
  }

  @Test("what the rollback brought back counts no longer as left by the deployment, and its own words stay its own")
  func leaving() {
    let (there, back) = (DeploymentStory(Self.failed()), DeploymentStory(Self.back(.succeeded, undone: ["seed", "migrate"])))
    let alone = Account(there)
    #expect(alone.wrong.count == 2)
    let both = alone.leaving(as: Account(there, rollback: back))
    #expect(!both.isWrong && both.id == there.id && both.words == alone.words)
    let running = DeploymentStory(Array(Self.back(.succeeded).dropLast()))
    #expect(!Account(there, rollback: running).isWrong, "it is on its way")
  }

  @Test("a rollback that finds nothing to do names no option that it has not")
  func nothing() {
    let plan = Stories.plan(kind: .rollback(of: nil), id: "back").edited { draft in
      for index in draft.hosts.indices { draft.hosts[index].action = .unchanged }
    }
    let end = Conclusion(status: .succeeded, hosts: [.unchanged, .unchanged])
    let text = Self.text(Stories.entries([.planned(plan), .concluded(end)]))
    #expect(text.contains("Nothing to do") && !text.contains("--force"), "\(text)")
  }
}
