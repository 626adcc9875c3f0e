import Foundation
import Testing

@Suite("lander bundle", .serialized)
struct BundleCommandTests {
  @Test("looking at bundles makes nothing, with or without a project")
  func looking() throws {
    let empty = try Workplace()
    for words in [["list"], ["inspect", "ab"], ["verify"], ["prune"]] {
      let run = try empty.run(["bundle"] + words)
      expectText(
        empty.relative(run.err),
        """
        there is no deploy.lua in HERE nor in any folder above
          → lander init writes one for the project here; -C DIR names another folder; for a bundle with an appspec file, \
        deploy, plan, status and rollback take --appspec DIR --hosts web1,web2 instead

        """)
      #expect(run.code == 2)
    }
    let project = try Workplace.project()
    #expect(try project.lander("bundle", "list").out == "No bundles yet. lander bundle build makes one.\n")
    #expect(try project.lander("bundle", "prune").out == "There are no bundles yet.\n")
    let inspect = try project.lander("bundle", "inspect", "ab")
    expectText(inspect.err, "there are no bundles yet\n  → lander bundle build makes one\n")
    #expect(try project.lander("bundle", "verify").code == 2)
    #expect(!empty.exists(".lander") && !project.exists(".lander"))
  }

  @Test("prune keeps what runs and what ran before it, however many were built since")
  func prune() throws {
    let place = try Workplace.project(hosts: 1)
    var deployed: [String] = []
    for version in 1...3 {
      try place.write("\(version)\n", to: "app/version")
      deployed.append(try #require(try place.lander("bundle", "build").outLines.first))
      #expect(try place.lander("deploy").code == 0)
    }
    for version in 4...6 {
      try place.write("\(version)\n", to: "app/version")
      #expect(try place.lander("bundle", "build").code == 0)
    }
    let run = try place.lander("bundle", "prune", "--keep", "1")
    let stayed = "2 older bundles stayed: they are current, or previous, or of a deployment that has not ended.\n"
    #expect(run.out.hasPrefix("Removed 3 bundles, ") && run.out.hasSuffix("\n" + stayed), "\(run.out)")
    let left = try place.lander("bundle", "list", "--json").out
    #expect(left.contains(deployed[2]) && left.contains(deployed[1]) && !left.contains(deployed[0]))
    #expect(try place.lander("bundle", "verify").out == "Every bundle is whole: 3 bundles.\n")
    #expect(try place.lander("rollback").code == 0)
    #expect(try place.current("h1", "version") == "2\n")
  }
}
