import DeployModel
import DeployStore
import PlanDrafts
import Testing

@Suite("What the journal says about who and why")
struct OutlineTests {
  @Test("the outline of a deployment is all of its entries that say who, why and what was left, and no other")
  func outline() async throws {
    let folder = try TemporaryFolder()
    let journal = try SQLiteJournal(in: folder.state())
    let plan = Samples.plan("d-1").edited { $0.provenance = Provenance(message: "\"said\":{ \"concluded\":") }
    let facts = [Entry.Fact.planned(plan)] + Samples.facts.dropFirst()
    // The fact that concludes the deployment comes last.
    let ends = facts.filter { if case .concluded = $0 { true } else { false } }.prefix(1)
    let open = facts.filter { if case .concluded = $0 { false } else { true } }
    let noise: [Entry.Fact] = [.noted(.remark("\"said\":{\"_0\":")), .noted(.log(host: nil, LogLine(.info, "\"shifted\":")))]
    let all = (open + noise + ends).enumerated().map { Samples.entry($0, $1) }
    try await journal.append(all, to: "d-1")
    let outline = try await journal.outline(of: "d-1")
    #expect(outline == all.filter(\.isOutline))
    #expect(outline.first == all.first && outline.count < all.count)
    #expect(try await journal.outline(of: "d-2").isEmpty)
  }

  @Test("a plan of a version that did not know who, what and why is read, and so is its receipt")
  func older() throws {
    let plan = Samples.plan("d-1")
    let text = try CompactJSON.encode(plan)
    #expect(!String(decoding: text, as: UTF8.self).contains("provenance"))
    #expect(try CompactJSON.decode(Plan.self, from: text).origin.provenance == nil)
    let told = plan.edited { $0.provenance = Provenance(actor: "kim", labels: [Label(name: "a", value: "b")]) }
    #expect(try CompactJSON.decode(Plan.self, from: CompactJSON.encode(told)) == told)
  }
}
