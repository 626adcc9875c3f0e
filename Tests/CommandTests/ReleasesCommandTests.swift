import Foundation
import Testing

/// Lists the releases that hosts keep, and goes back to any of them.
@Suite("Releases that hosts keep", .serialized)
struct ReleasesCommandTests {
  private func version(_ place: Workplace) throws -> String { try place.current("h1", "version").trimmingCharacters(in: .newlines) }

  @Test("releases lists what each host keeps, good and bad, and rollback --to goes to a good one from a fresh checkout")
  func kept() throws {
    let place = try Workplace.project(hosts: 2)
    for revision in ["1", "2", "3"] {
      try place.write("\(revision)\n", to: "app/version")
      #expect(try place.lander("deploy").code == 0)
    }
    let listed = try place.lander("releases", "--json")
    #expect(listed.code == 0, "\(listed.err)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(listed.out.utf8)) as? [String: Any])
    let groups = try #require(object["result"] as? [[String: Any]])
    let releases = try #require(groups[0]["releases"] as? [[String: Any]])
    #expect(releases.map { $0["state"] as? String } == ["good", "good", "good"])
    let oldest = try #require(releases[2]["release"] as? String)
    #expect(releases[0]["running"] as? [String] == ["h1", "h2"])

    let back = try place.lander("rollback", "--to", oldest)
    #expect(back.code == 0, "\(back.err)\(back.out)")
    #expect(try version(place) == "1")
    let newest = try #require(releases[0]["release"] as? String)
    let one = try place.lander("releases", "h1")
    #expect(one.out.contains("app on test, 1 of 1 host reached"), "\(one.out)")
    #expect(one.outLines.contains { $0.contains(newest) && $0.contains("bad") }, "\(one.out)")
    let refused = try place.lander("rollback", "--to", newest)
    #expect(refused.code == 3 && refused.err.contains("is no good release to go back to"), "\(refused.err)")
    let unknown = try place.lander("rollback", "--to", "ffffffff")
    #expect(unknown.code == 3 && unknown.err.contains("no host keeps a release \"ffffffff\""), "\(unknown.err)")
  }
}
