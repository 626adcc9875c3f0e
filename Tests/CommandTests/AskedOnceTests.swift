import Foundation
import Testing

/// A group of two hosts and five recipes for it, with counts of the connections to the hosts and of the requests over them.
@Suite("Commands that look at hosts ask each host once", .serialized)
struct AskedOnceTests {
  private struct Counts {
    var sessions = 0
    var surveys = 0
    var requests = 0
  }

  /// Three of the recipes have one path, and two have other paths.
  private static func project() throws -> Workplace {
    let place = try Workplace.project(hosts: 2)
    let root = place.path
    try place.write(
      """
      #!/bin/sh
      echo >>'\(root)/sessions'
      tee -a "\(root)/sent.$$" | exec sh

      """, to: "session")
    var text = """
      transport "counting" (function() return { "/bin/sh", "\(root)/session" } end)
      group "test" { hosts = {
        host "h1" { transport = "counting", root = "\(root)/hosts/h1" },
        host "h2" { transport = "counting", address = "b", root = "\(root)/hosts/h2" },
      } }

      """
    for (name, path) in [("app", "app"), ("slow", "app"), ("canary", "app"), ("docs", "docs"), ("blog", "blog")] {
      text += """
        recipe "\(name)" {
          api = 1, application = "\(path)", revision = bundle { from = "app" }, targets = group "test", path = "/srv/\(path)",
        }

        """
    }
    try place.write(text, to: "deploy.lua")
    return place
  }

  private static func counts(_ place: Workplace, _ words: [String], code: Int32 = 0) throws -> (Counts, Workplace.Run) {
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasPrefix("sent.") || $0 == "sessions" }
    for file in files { try FileManager.default.removeItem(atPath: place.path + "/" + file) }
    let run = try place.run(words)
    #expect(run.code == code, "\(run.err)\(run.out)")
    var counts = Counts(sessions: try place.text("sessions").utf8.count)
    for file in try FileManager.default.contentsOfDirectory(atPath: place.path) where file.hasPrefix("sent.") {
      // The program comes first on the same line as the first request, and is not text.
      let sent = String(decoding: try Data(contentsOf: place.folder.appending(path: file)), as: UTF8.self)
      counts.requests += sent.matches(of: #/l_do [0-9]+ l_/#).count
      counts.surveys += sent.matches(of: #/l_do [0-9]+ l_survey /#).count
    }
    print("\(words.joined(separator: " ")): \(counts)")
    return (counts, run)
  }

  @Test("a host with five recipes is connected to once, and each of its places is surveyed once, with the answers of single questions")
  func status() throws {
    let place = try Self.project()
    for recipe in ["app", "docs"] {
      let run = try place.lander("deploy", recipe)
      #expect(run.code == 0, "\(run.err)\(run.out)")
    }
    let (counts, all) = try Self.counts(place, ["status", "--json"])
    #expect(counts.sessions == 2 && counts.surveys == 6, "\(counts)")
    // A survey reads the receipts of places that have one.
    #expect(counts.requests <= 6 + 4, "\(counts)")
    let together = try #require(try JSONSerialization.jsonObject(with: Data(all.out.utf8)) as? [String: Any])
    let result = try #require(together["result"] as? [[String: Any]])
    for (recipe, part) in zip(["app", "slow", "canary", "docs", "blog"], result) {
      let single = try #require(
        try JSONSerialization.jsonObject(with: Data(try place.lander("status", recipe, "--json").out.utf8)) as? [String: Any])
      let parts = try #require(single["result"] as? [[String: Any]])
      #expect(parts.count == 1 && NSDictionary(dictionary: parts[0]) == NSDictionary(dictionary: part), "\(recipe): \(part)")
    }
    for words in [["hosts"], ["doctor", "--connect"], ["audit"], ["reap"], ["releases"], ["unlock"]] {
      let (counts, _) = try Self.counts(place, words)
      #expect(counts.sessions == 2 && counts.surveys == 6, "\(words): \(counts)")
    }
  }

  @Test("hosts and doctor look at each place of a host, and name what is wrong at one of them")
  func places() throws {
    let place = try Self.project()
    #expect(try place.lander("deploy", "blog").code == 0)
    try place.write("no folder\n", to: "hosts/h2/srv/docs")
    let hosts = try place.lander("hosts")
    #expect(hosts.code == 21 && hosts.out.contains("\(place.path)/hosts/h2/srv/docs is no folder"), "\(hosts.out)")
    let release = try FileManager.default.destinationOfSymbolicLink(atPath: "\(place.path)/hosts/h1/srv/blog/current")
    let rows = hosts.out.split(separator: "\n").filter { $0.hasPrefix("h") || $0.hasPrefix("HOST") }.map { $0.split(separator: " ") }
    #expect(rows.count { $0[0] == "h1" } == 3 && rows.first?.suffix(2) == ["PATH", "RELEASE"], "\(hosts.out)")
    #expect(rows.contains { $0.last.map { release.hasSuffix($0) } == true && $0.dropLast().last?.hasSuffix("h1/srv/blog") == true })
    let doctor = try place.lander("doctor", "--connect")
    #expect(doctor.code == 2 && doctor.everything.contains("h2/srv/docs is no folder"), "\(doctor.everything)")
    let json = try place.lander("hosts", "--json")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    let result = try #require(object["result"] as? [[String: Any]])
    #expect(result.compactMap { $0["path"] as? String }.filter { $0.contains("/h1/") }.count == 3, "\(json.out)")
  }

  @Test("a host that is unreachable is tried once, not once for each recipe")
  func away() throws {
    let place = try Self.project()
    try place.write("#!/bin/sh\necho >>'\(place.path)/sessions'\necho no way >&2\nexit 255\n", to: "session")
    let (one, _) = try Self.counts(place, ["status", "app"], code: 20)
    let (all, run) = try Self.counts(place, ["status"], code: 20)
    #expect(one.sessions == all.sessions, "\(one) \(all)")
    #expect(run.out.components(separatedBy: "no way").count > 10, "each recipe says so: \(run.out)")
    for (words, code) in [(["releases"], Int32(20)), (["unlock"], 0)] {
      let (all, _) = try Self.counts(place, words, code: code)
      #expect(one.sessions == all.sessions, "\(words): \(one) \(all)")
    }
  }
}
