import DeployModel
import PlanDrafts
import Testing

@Suite("Commands as they were typed")
struct TypedOptionsTests {
  private let typed = TypedOptions(
    only: ["web[1-2]", "h3", "role=web"], revision: "git:main",
    parameters: [.init("percent", .text("10%")), .init("note", .text("it's late")), .init("migrate", .bool(false))])

  @Test("hosts, revision and parameters are typed as before, each quoted if a shell would read it otherwise")
  func words() {
    #expect(typed.words([.hosts]) == " --only 'web[1-2]' --only h3 --where role=web")
    #expect(typed.words([.revision]) == " --revision git:main")
    #expect(typed.words([.parameters]) == " --percent=10% --note='it'\\''s late' --migrate=false")
    #expect(typed.words([]) == "" && TypedOptions().words(TypedOptions.Part.allCases) == "")
  }

  @Test("a parameter that is long, or that a terminal cannot show, is left to whoever types it")
  func long() {
    for text in [String(repeating: "x", count: 81), "a\nb", "\u{1B}[2J"] {
      #expect(TypedOptions(parameters: [.init("note", .text(text))]).words([.parameters]) == " --note …")
    }
  }

  @Test("a plan keeps what was typed, and one of which nothing was typed reads as older plans do")
  func plan() throws {
    let host = HostPlan(host: Host(number: 0, name: "h1"), target: nil)
    var draft = PlanDraft(hosts: [host])
    #expect(draft.plan.typed() == "web --group production")
    draft.typed = TypedOptions(only: ["h1"], revision: "site2").nilIfEmpty
    #expect(draft.plan.typed() == "web --group production --only h1")
    #expect(draft.plan.typed([.hosts, .revision]) == "web --group production --only h1 --revision site2")
    #expect(TypedOptions().nilIfEmpty == nil)
  }
}
