import Foundation
import Testing

/// Goes back to a release that a person names, on real folders, as a person does who looks for a release that works.
@Suite("Rollbacks that are aimed", .serialized)
struct AimedRollbackTests {
  /// Returns a project with one deployment for each version.
  private func place(_ versions: [String], body: String = "") throws -> Workplace {
    let place = try Workplace.project(
      hosts: 2, body: "keep = 6, on = { ValidateService = function(host) host:run \"! grep -q bad version\" end }, \(body)")
    for version in versions {
      try place.write("\(version)\n", to: "app/version")
      let run = try place.lander("deploy")
      #expect(run.code == (version.contains("bad") ? 10 : 0), "\(version): \(run.err)\(run.out)")
    }
    return place
  }

  /// The releases by the version that each has, with the state that `lander releases` shows.
  private func states(_ place: Workplace) throws -> [String: (id: String, state: String)] {
    let run = try place.lander("releases", "--json")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
    let groups = try #require(object["result"] as? [[String: Any]])
    let releases = try #require(groups[0]["releases"] as? [[String: Any]])
    var found: [String: (id: String, state: String)] = [:]
    for release in releases {
      guard let id = release["release"] as? String, let state = release["state"] as? String,
        let version = try? place.text("hosts/h1/srv/app/releases/\(id)/version")
      else { continue }
      found[version.trimmingCharacters(in: .newlines)] = (id, state)
    }
    return found
  }

  private func runs(_ place: Workplace, _ host: String = "h1") throws -> String {
    try place.current(host, "version").trimmingCharacters(in: .newlines)
  }

  @Test("a release that lies between is skipped and stays good, and the release that was left is bad")
  func between() throws {
    let place = try place(["1", "2", "3"])
    let run = try place.lander("rollback", "--to", try #require(try states(place)["1"]).id)
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try runs(place) == "1")
    let found = try states(place)
    #expect(found["1"]?.state == "good" && found["2"]?.state == "good" && found["3"]?.state == "bad", "\(found)")
    #expect(try place.lander("rollback", "--to", try #require(found["2"]).id).code == 0)
    #expect(try runs(place) == "2")
  }

  @Test("who went too far back and then forward again can go back to the older release once more, with and without --to")
  func farAndForward() throws {
    let place = try place(["1", "2", "3", "4"])
    let found = try states(place)
    for version in ["1", "3"] {
      let run = try place.lander("rollback", "--to", try #require(found[version]).id)
      #expect(run.code == 0, "\(run.err)\(run.out)")
      #expect(try runs(place) == version)
    }
    let now = try states(place)
    #expect(now["1"]?.state == "good" && now["3"]?.state == "good" && now["4"]?.state == "bad", "\(now)")
    let back = try place.lander("rollback")
    #expect(back.code == 0, "\(back.err)\(back.out)")
    #expect(try runs(place) == "1")
    #expect(try states(place)["3"]?.state == "bad")
  }

  @Test("releases of failed deployments in between are no obstacle, and are no goal")
  func pastBad() throws {
    let place = try place(["1", "2 bad", "3", "4 bad"])
    let found = try states(place)
    let run = try place.lander("rollback", "--to", try #require(found["1"]).id)
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try runs(place, "h2") == "1")
    for version in ["3", "2 bad"] {
      guard let kept = try states(place)[version] else { continue }
      let refused = try place.lander("rollback", "--to", kept.id)
      #expect(refused.code == 3 && refused.err.contains("is no good release to go back to"), "\(version): \(refused.err)")
      #expect(refused.err.contains("good ones are"), "\(refused.err)")
    }
    #expect(try runs(place) == "1")
  }

  @Test("a host that was emptied stays empty, is named before the start, and the command that is named fills it")
  func emptied() throws {
    let place = try place(["1", "2"])
    #expect(try place.lander("remove", "--only", "h2", "--yes").code == 0)
    let run = try place.lander("rollback")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try runs(place) == "1")
    #expect(run.err.contains("h2: nothing of app is there") && run.err.contains("lander deploy app --group test --missing"), "\(run.err)")
    #expect(!place.exists("hosts/h2/srv/app/current"))
    let filled = try place.lander("deploy", "app", "--group", "test", "--missing")
    #expect(filled.code == 0, "\(filled.err)\(filled.out)")
    #expect(try runs(place, "h2") == "1")
  }

  private static let migrating = """
    stages = { stage.upload, stage "migrate" { once = "revision",
      run = function(deployment) deployment.targets:first():run "echo up $(cat version) >>../../db" end,
      undo = function(deployment) deployment.targets:first():run "echo down $(cat version) >>../../db" end }, stage.rollout },
    """

  @Test("a rollback over two revisions whose stages have an undo is refused, and goes one revision at a time as the message says")
  func twoStages() throws {
    let place = try place(["1", "2", "3"], body: Self.migrating)
    let refused = try place.lander("rollback", "--to", try #require(try states(place)["1"]).id)
    #expect(refused.code == 3 && refused.err.contains("go back one revision at a time"), "\(refused.err)")
    for _ in 1...2 { #expect(try place.lander("rollback").code == 0) }
    #expect(try place.text("hosts/h1/srv/app/db") == "up 1\nup 2\nup 3\ndown 3\ndown 2\n")
    #expect(try runs(place) == "1")
  }

  @Test("a stage that was undone by hand is left alone with --despite, and --again runs it when its revision comes again, as both say")
  func byHand() throws {
    let place = try place(["1", "2"], body: Self.migrating)
    let run = try place.lander("rollback", "--despite", "migrate")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try runs(place) == "1")
    #expect(run.err.contains("is not undone and counts as done") && run.err.contains("--again migrate"), "\(run.err)")
    let skipped = try place.lander("deploy")
    #expect(skipped.everything.contains("lander deploy --again migrate runs it again"), "\(skipped.everything)")
    #expect(try place.lander("rollback", "--despite", "migrate").code == 0)
    #expect(try place.lander("deploy", "--again", "migrate").code == 0)
    #expect(try place.text("hosts/h1/srv/app/db") == "up 1\nup 2\nup 2\n")
  }
}
