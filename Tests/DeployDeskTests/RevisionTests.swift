import DeployModel
import Testing

@testable import DeployDesk

/// Revisions that cannot be packed are refused before a build starts.
struct RevisionTests {
  private func refused(_ bench: Bench, _ revision: String?, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) async {
    let text = await refusal(sourceLocation: sourceLocation) { _ = try await bench.plan(DeploymentRequest(revision: revision)) }
    expectText(text, expected, sourceLocation: sourceLocation)
    #expect(!bench.events.contains(.building("make")), sourceLocation: sourceLocation)
  }

  @Test("a revision that is not there, with what was probably meant")
  func missing() async throws {
    let bench = try Bench(Bench.text())
    await refused(bench, "ap", "--revision: there is no /bench/ap\n  → did you mean \"app\"?\n")
    await refused(
      bench, "v1.2",
      "--revision: there is no /bench/v1.2\n  → name a folder or an archive, or a bundle of lander bundle list: bundle:DIGEST\n")
    bench.files[".git/HEAD"] = "ref: refs/heads/main\n"
    await refused(
      bench, "v1.2",
      "--revision: there is no /bench/v1.2\n  → a branch, tag or commit is written git:v1.2; a bundle of lander bundle list bundle:DIGEST\n"
    )
    await refused(bench, "bundle:abc", "abc: no bundle begins with \"abc\"\n")
  }

  @Test("a bundle's folder that is not there, with the one that was probably meant")
  func source() async throws {
    let bench = try Bench(Bench.text(), files: ["apps/version": "1\n"])
    await refused(bench, nil, "deploy.lua:5: the bundle's source \"app\" is not there\n  → did you mean \"apps\"?\n")
    bench.files["apps/version"] = nil
    await refused(
      bench, nil,
      """
      deploy.lua:5: the bundle's source "app" is not there
        → make it first, or let lander do so: bundle { from = "app", build = "…" }

      """)
  }

  @Test("a commit is refused for a recipe whose bundle a build makes, with the way to build it in a checkout")
  func commit() async throws {
    let bench = try Bench(Bench.text().replacing("from = \"app\"", with: "from = \"app\", build = \"make\""))
    await refused(
      bench, "git:v2",
      """
      deploy.lua:5: --revision: a commit is packed as it is, and the bundle of recipe "app" is made by `make`
        → build it in a checkout: git worktree add ../v2 v2 && lander -C ../v2 deploy

      """)
    let absolute = try Bench(Bench.text().replacing("from = \"app\"", with: "from = \"/opt/app\""))
    await refused(
      absolute, "git:v2",
      """
      deploy.lua:5: --revision: a commit has no /opt/app, which is what recipe "app" packs
        → write from relative to the project

      """)
  }

  @Test("a bundle that was built before is deployed again by the beginning of its digest, and nothing is built")
  func again() async throws {
    let bench = try Bench(Bench.text().replacing("from = \"app\"", with: "from = \"app\", build = \"make\""))
    let first = try await bench.plan()
    #expect(bench.events.contains(.building("make")))
    let digest = try #require(first.plan.content.bundle?.digest)
    let before = bench.events.count { $0 == .building("make") }
    let second = try await bench.plan(DeploymentRequest(revision: "bundle:" + digest.hex.prefix(8)))
    #expect(second.plan.content.bundle?.digest == digest)
    #expect(bench.events.count { $0 == .building("make") } == before)
  }

  @Test("a revision whose name is empty, as a variable that is not set leaves it, is refused before git or the store is asked")
  func empty() async throws {
    let bench = try Bench(Bench.text())
    await refused(
      bench, "git:", "--revision git:: it names no branch, tag or commit\n  → write --revision git:main, or leave it out\n")
    await refused(
      bench, "bundle:", "--revision bundle:: it names no bundle\n  → write the beginning of a digest: lander bundle list\n")
    let built = try Bench(Bench.text().replacing("from = \"app\"", with: "from = \"app\", build = \"make\""))
    await refused(
      built, "git:", "--revision git:: it names no branch, tag or commit\n  → write --revision git:main, or leave it out\n")
  }
}
