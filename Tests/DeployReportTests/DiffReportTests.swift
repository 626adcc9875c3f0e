import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("What a deployment would change")
struct DiffReportTests {
  private static func id(_ digit: Character) -> String { String(repeating: digit, count: 40) }

  @Test("diff names commits and files for each revision that hosts run, and says where nothing would change or nobody knows")
  func whole() {
    let new = Commit(id: Self.id("2"), branch: "main", subject: "Add search")
    let changes = CommitRange(from: Self.id("1"), total: 1, newest: [CommitRange.Line(id: new.id, author: "Kim", subject: "Add search")])
    let old = Commit(id: Self.id("1"))
    let parts = [
      DiffReport.Part(hosts: ["web1", "web2"], release: "r1", commit: old, changes: changes, files: [("added", "src/search.js")]),
      DiffReport.Part(hosts: ["web3"], release: "r2", commit: new, changes: nil, files: nil),
      DiffReport.Part(hosts: ["web4"], release: "r3", commit: Commit(id: Self.id("3")), changes: nil, files: nil),
      DiffReport.Part(hosts: ["web5"], release: "r4", commit: nil, changes: nil, files: nil),
      DiffReport.Part(hosts: ["web6"], release: nil, commit: nil, changes: nil, files: nil),
    ]
    let lines = DiffReport("web on production", to: new, parts, away: ["web7"]).lines(on: Surface())
    #expect(
      lines == [
        "web on production: to commit 2222222 on main: Add search",
        "", "  2 hosts (web1 web2) run commit 1111111", "    1 commit since 1111111", "      2222222  Add search (Kim)",
        "    1 file of the working copy differs", "      added    src/search.js",
        "", "  1 host (web3) runs commit 2222222 on main: Add search", "    The same commit: nothing would change.",
        "", "  1 host (web4) runs commit 3333333",
        "    What is between the two is not known here: git fetch brings commits that are missing.",
        "", "  1 host (web5) runs release r4, and nobody knows from which commit", "", "  1 host (web6) runs nothing",
        "", "  Not asked, unreachable: web7",
      ], "\(lines)")
  }
}
