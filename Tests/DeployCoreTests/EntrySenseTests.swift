import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("Entries that no engine wrote")
struct EntrySenseTests {
  private func entries(_ facts: [Entry.Fact]) -> [Entry] {
    facts.enumerated().map { Entry(sequence: $0, at: Timestamp(milliseconds: $0), fact: $1) }
  }
  private let made = plan(hosts: 2)
  private func intent(_ id: Int, on host: Int) -> Entry.Fact {
    .intended(Intent(id: id, place: .host(host), operation: .activate(nil), timeout: .zero, site: Intent.Site()))
  }

  @Test("hosts, recipes and intents that are not there are found at the very entry, and what an engine writes makes sense")
  func nonsense() {
    let strange: [Entry.Fact] = [
      .noted(.host(7, .pending)), .noted(.eventBegan(host: -1, .install)), .noted(.waveBegan(number: 1, hosts: [0, 2])),
      .noted(.waveEnded(number: 1, WaveResult(succeeded: [], failed: [2]))), .noted(.log(host: 2, LogLine(.info, ""))),
      .happened(.finished(intent: .max, .done())), .happened(.finished(intent: -1, .done())), .happened(.finished(intent: 2, .done())),
      .happened(.finished(intent: 0, .done())), intent(1, on: 0), intent(3, on: 0), intent(.max, on: 0),
      .happened(.rang(timer: -1)), .concluded(Conclusion(status: .failed, rollback: [9], hosts: [])),
      .concluded(Conclusion(status: .failed, hosts: [.pending, .pending, .pending])), .planned(made), intent(2, on: 9), intent(-1, on: 0),
    ]
    for fact in strange {
      #expect(EntrySense.nonsense(in: entries([.planned(made), intent(1, on: 0), fact]))?.sequence == 2, "\(fact)")
    }
    let fine: [Entry.Fact] = [
      .planned(made), .happened(.started), intent(1, on: 1), .happened(.finished(intent: 1, .done())), .noted(.host(1, .succeeded)),
      .resumed(actor: "x"), .concluded(Conclusion(status: .failed, rollback: [1], hosts: [.pending, .succeeded])),
    ]
    #expect(EntrySense.nonsense(in: entries(fine)) == nil && EntrySense.nonsense(in: []) == nil)
  }

  @Test("a plan whose hosts have other numbers or recipes than there are makes no sense")
  func plans() {
    let numbers = made.edited { $0.hosts[1].host.number = 5 }
    let recipes = made.edited { $0.hosts[1].restoring = 5 }
    let hooks = made.edited { $0.onFailure = [Body(recipe: 3, function: 0)] }
    for odd in [numbers, recipes, hooks] { #expect(EntrySense.nonsense(in: entries([.planned(odd)]))?.sequence == 0) }
    #expect(EntrySense.nonsense(in: entries([.happened(.started)]))?.sequence == 0)
  }
}
