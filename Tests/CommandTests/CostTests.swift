import Foundation
import Testing

/// Counts of what a deployment uses, and no times, so that they are equal on a slow machine. Each test prints its counts for
/// `docs/benchmarks.md`. The limits are a tenth higher, because other versions of the standard tools need a few more programs. To count
/// again: `swift test --filter CostTests`.
@Suite("What a deployment costs", .serialized)
struct CostTests {
  /// What one deployment to one host used.
  private struct Cost {
    /// How often the host started each program, by name, without the programs of the hooks.
    var programs: [String: Int] = [:]
    var sessions = 0
    /// The number of requests to the host, without the polls of jobs, whose number depends on the time.
    var requests = 0
    /// Bytes sent to the host, without the recipe's sources, which are sent once for each version of them.
    var sent = 0
    var entries = 0
    var started: Int { programs.values.reduce(0, +) }
    var said: String {
      let names = programs.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      return "\(started) programs (\(names)), \(sessions) sessions, \(requests) requests, \(sent) bytes, \(entries) entries"
    }
  }
  /// The programs of the host that are counted: a script of the same name in PATH writes the name to a file before it runs the program.
  private static let tools = [
    "sh", "tar", "gzip", "setsid", "sha256sum", "dd", "stat", "mkfifo", "mv", "ln", "cp", "rm", "mkdir", "chmod", "chown", "touch", "find",
    "xargs", "sort", "readlink", "wc", "grep", "sed", "date", "sync", "cat", "env", "tr", "cut", "id", "uname", "tail", "head", "cmp", "ls",
    "nproc", "flock", "truncate", "getconf", "basename", "dirname", "rmdir", "mktemp", "sleep", "tee", "kill", "true", "test", "expr",
  ]

  /// Returns a project whose only host counts the programs that it starts.
  private func project() throws -> Workplace {
    let place = try Workplace.project(hosts: 1)
    let root = place.path
    for file in 1...50 { try place.write(String(repeating: "line \(file)\n", count: 200), to: "app/pages/\(file).html") }
    for tool in Self.tools {
      let real = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].map { $0 + "/" + tool }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
      guard let real else { continue }
      try place.write(
        """
        #!/bin/sh
        printf '%s\\n' "\(tool) $*" >>'\(root)/started'
        exec \(real) "$@"

        """, to: "bin/\(tool)", mode: 0o755)
    }
    try place.write(
      """
      #!/bin/sh
      echo >>'\(root)/sessions'
      tee -a '\(root)/sent' | PATH="\(root)/bin:$PATH" exec sh

      """, to: "session", mode: 0o755)
    let text = """
      transport "counting" (function() return { "\(root)/session" } end)
      group "test" { hosts = { host "h1" { transport = "counting", root = "\(root)/hosts/h1" } } }
      recipe "app" {
        api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app", shared = { "log/" }, keep = 5,
        on = {
          AfterInstall = function(host)
            for hook = 1, 5 do host:run(": of a hook; echo hook " .. hook .. " >>../../hooks") end
          end,
          ValidateService = function(host) host:run(": of a hook; [ -f version ]") end,
        },
      }

      """
    try place.write(text, to: "deploy.lua")
    return place
  }

  /// Returns the size in bytes of the recipe sources that the host keeps.
  private static func sources(_ place: Workplace) -> Int {
    let folder = place.folder.appending(path: "hosts/h1/srv/app/.lander/recipes")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.compactMap { try? Data(contentsOf: $0).count }.reduce(0, +)
  }

  private func deploy(_ place: Workplace) throws -> Cost {
    for file in ["started", "sent", "sessions"] { try place.write("", to: file) }
    let kept = Self.sources(place)
    let run = try place.lander("deploy")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    var cost = Cost()
    // Programs that the host starts after the end of the deployment are counted too.
    var before = ""
    repeat {
      before = try place.text("started")
      usleep(300_000)
    } while try place.text("started") != before
    for line in before.split(separator: "\n") where !line.contains(": of a hook; ") || !line.hasPrefix("sh -c : ") {
      // How often the host sleeps while a job is slow depends on the load of this machine, not on the host program.
      guard let name = line.split(separator: " ").first, name != "sleep" else { continue }
      cost.programs[String(name), default: 0] += 1
    }
    cost.sessions = try place.text("sessions").utf8.count
    let sent = try Data(contentsOf: place.folder.appending(path: "sent"))
    let lines = sent.split(separator: 10).filter { $0.starts(with: Data("l_do ".utf8)) || $0.starts(with: Data("l_in ".utf8)) }
    let requests = lines.filter { $0.range(of: Data(" l_poll ".utf8)) == nil }
    cost.requests = requests.count
    // The number of polls of jobs depends on the time, so polls are not counted.
    cost.sent = sent.count - lines.filter { $0.range(of: Data(" l_poll ".utf8)) != nil }.reduce(0) { $0 + $1.count + 1 }
    // The host keeps the recipe sources, so they are sent only once.
    cost.sent -= Self.sources(place) - kept
    let audit = try place.lander("audit")
    cost.entries =
      audit.out.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        return words.count > 2 && words[2] == "entries" ? Int(words[1]) : nil
      }.first ?? 0
    return cost
  }

  @Test("a first deployment with six short hooks starts no more programs and syncs, and sends and keeps no more, than it may")
  func first() throws {
    let place = try project()
    let cost = try deploy(place)
    print("first deployment: \(cost.said)")
    #expect(try place.text("hosts/h1/srv/app/hooks").utf8.count == 35)
    #expect(cost.started <= 82, "\(cost.said)")
    #expect(cost.programs["sync", default: 0] <= 13, "\(cost.said)")
    #expect(cost.sessions == 1, "\(cost.said)")
    #expect(cost.requests <= 19, "\(cost.said)")
    #expect(cost.sent <= 50_500, "\(cost.said)")
    #expect((1...45).contains(cost.entries), "\(cost.said)")
    #expect(cost.started >= 20 && cost.sent > 5000 && cost.requests > 5, "nothing was counted: \(cost.said)")
  }

  @Test("a second deployment of one changed file sends little, and a command on a host takes few programs")
  func second() throws {
    let place = try project()
    _ = try deploy(place)
    try place.write("2\n", to: "app/version")
    let cost = try deploy(place)
    print("second deployment: \(cost.said)")
    #expect(cost.started <= 108 && cost.programs["sync", default: 0] <= 15, "\(cost.said)")
    #expect(cost.sessions == 1 && cost.requests <= 21 && cost.sent <= 55_000, "\(cost.said)")

    for file in ["started", "sent"] { try place.write("", to: file) }
    let run = try place.lander("exec", "test", "--", "true")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    usleep(500_000)
    let programs = try place.text("started").split(separator: "\n").filter { !$0.hasPrefix("sleep") }
    let sent = try Data(contentsOf: place.folder.appending(path: "sent")).count
    print("a command: \(programs.count) programs, \(sent) bytes: \(programs.map { $0.prefix(60) })")
    #expect((3...14).contains(programs.count), "\(programs)")
    #expect((100...10_500).contains(sent))
  }
}
