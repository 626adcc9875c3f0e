import Foundation
import Testing

/// `lander test --lab`: it runs recipes for real on throwaway hosts, reaches nothing else, and leaves nothing.
@Suite("The command that tests recipes for real") struct LabTests {
  /// A project whose hosts are reached by ssh, with a temporary folder, a home and an `ssh` of its own.
  private struct Ground {
    let place: Workplace
    let environment: [String: String]

    init(_ deploy: String, spec: String? = nil) throws {
      place = try Workplace(["deploy.lua": deploy, "dist/version": "1\n", "tmp/.here": "", "home/.here": ""])
      try place.write("#!/bin/sh\necho \"$@\" >>\(place.path)/reached\n", to: "bin/ssh", mode: 0o755)
      if let spec { try place.write(spec, to: "spec/web_spec.lua") }
      let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
      environment = ["TMPDIR": place.path + "/tmp", "HOME": place.path + "/home", "PATH": "\(place.path)/bin:\(path)"]
    }

    func run(_ words: String...) throws -> Workplace.Run { try place.run(["test", "--lab"] + words, environment) }

    /// Whether the lab is gone, and nothing outside of it was touched.
    func isClean() -> Bool {
      let names = { (path: String) in (try? FileManager.default.contentsOfDirectory(atPath: "\(place.path)/\(path)")) ?? ["?"] }
      return names("tmp") == [".here"] && names("home") == [".here"] && names("dist") == ["version"] && !place.exists(".lander")
        && !place.exists("reached")
    }
  }

  private static func recipe(_ hooks: String = "", strategy: String = "rolling { batch = 1 }", more: String = "") -> String {
    """
    group "web" { hosts = { "web[1-2].example.com" }, user = "deploy" }
    recipe "web" {
      revision = bundle { from = "dist" }, targets = group "web", path = "/srv/lander-lab-try", \(more)
      stages = { stage.upload, stage.rollout { strategy = \(strategy) } },
      on = { \(hooks) },
    }
    """
  }

  private static let passed = [
    "passed  web › deploys to hosts that have nothing (", "passed  web › deploys a changed revision (", "passed  web › goes back when web2",
    "passed  web › rolls back to the first revision (", "All passed: 4 tests in 1 file, ",
  ]

  private func expect(_ lines: [String], begin: [String], _ said: String) {
    #expect(lines.count == begin.count && zip(lines, begin).allSatisfy { $0.hasPrefix($1) }, "\(said)")
  }

  @Test("a recipe with ssh hosts is deployed, redeployed, made to fail and rolled back here, without ssh, and leaves nothing")
  func whole() throws {
    let ground = try Ground(
      Self.recipe(
        """
        AfterInstall = function(host)
          host:run "echo built >built && touch /srv/lander-lab-try/mark && ssh other true; exit 0"
          host:write("/etc/lander-lab-try.conf", "x\\n")
        end,
        """))
    let run = try ground.run()
    #expect(run.code == 0, "\(run.everything)")
    expect(
      run.outLines,
      begin: [
        "Not as on real hosts:", "  - Commands that name /srv/lander-lab-try got the folder of the host in front of it.",
        "  - Files outside of the recipe's path were written below the folder of the host, such as /etc/lander-lab-try.conf.",
        "  - ssh did not run: a program of the lab stood in for it.", "  - Only calls by name were replaced.",
      ] + Self.passed, run.everything)
    #expect(run.err.hasPrefix("Hooks, builds and other commands of recipes run on this machine now, as you.\n"), "\(run.err)")
    #expect(ground.isClean() && !FileManager.default.fileExists(atPath: "/srv/lander-lab-try"))
    #expect(!FileManager.default.fileExists(atPath: "/etc/lander-lab-try.conf"))
  }

  @Test("a new project of lander init and the recipe static_site pass, with systemctl and sudo replaced")
  func shipped() throws {
    let new = try Workplace(["dist/index.html": "hi"])
    #expect(try new.lander("init").code == 0)
    let first = try new.lander("test", "--lab")
    #expect(first.code == 0 && first.outLines.last?.hasPrefix("All passed: 4 tests in 1 file, ") == true, "\(first.everything)")

    let ground = try Ground(
      """
      group "web" { hosts = { "web1", "web2", "web3", "web4" } }
      local static_site = require "recipes.static_site"
      recipe "web" {
        base = static_site { from = "dist", path = "/srv/lander-lab-try", reload = "sudo systemctl reload nginx" }, targets = group "web",
      }
      """)
    let run = try ground.run("--hosts", "2")
    #expect(run.code == 0, "\(run.everything)")
    #expect(run.out.contains("  - sudo did not run: ") && run.out.contains("  - systemctl did not run: "), "\(run.out)")
    #expect(run.out.contains("  - nginx.service counted as running, because "), "\(run.out)")
    #expect(run.out.contains("goes back when web2 fails in ApplicationStart"), "only two hosts take part: \(run.out)")
    #expect(ground.isClean())
  }

  @Test("a recipe that fails gives exit code 2, the output of its commands, and a failure in JUnit's file")
  func failing() throws {
    let ground = try Ground(Self.recipe("ValidateService = function(host) host:run \"echo it says why; exit 3\" end,"))
    let run = try ground.run("--junit", "report.xml")
    #expect(run.code == 2)
    #expect(run.out.contains("failed  web › deploys to hosts that have nothing\n  deploy.lua:5: web1.example.com: "), "\(run.out)")
    #expect(run.out.contains("\n  | web1.example.com  it says why\n1 failed of 1 test in 1 file, "), "\(run.out)")
    let xml = try ground.place.text("report.xml")
    #expect(xml.contains("failures=\"1\"") && xml.contains("<system-out>web1.example.com  it says why</system-out>"), "\(xml)")
    let object = try JSONSerialization.jsonObject(with: Data(try ground.run("--json").out.utf8)) as? [String: Any]
    let tests = (object?["result"] as? [String: Any])?["tests"] as? [[String: Any]]
    #expect(object?["exit"] as? Int == 2 && tests?.first?["output"] as? [String] == ["web1.example.com  it says why"])
  }

  @Test("Ctrl-C ends every process of the lab, also one that left its group and cleared its environment, and removes the folder")
  func interrupted() throws {
    let ground = try Ground(
      Self.recipe("ApplicationStart = function(host) host:run \"setsid sleep 4711 & env -i sleep 4712 & touch started; sleep 4713\" end,"))
    let running = try ground.place.start(["test", "--lab"], ground.environment)
    let deadline = Date().addingTimeInterval(60)
    while sleepers() < 3, Date() < deadline { usleep(50_000) }
    #expect(sleepers() == 3, "\(running.everything)")
    running.send(SIGINT)
    #expect(running.wait() == 130)
    #expect(running.said(running.err).hasSuffix("Interrupted: ending what runs here. No real host was reached.\n"))
    #expect(sleepers() == 0 && ground.isClean())
  }

  private func sleepers() -> Int {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int($0) } ?? []
    return processes.count { process in
      let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      return ["sleep\0" + "4711\0", "sleep\0" + "4712\0", "sleep\0" + "4713\0"].contains(String(decoding: line, as: UTF8.self))
    }
  }

  @Test("a deployment that takes longer than --timeout fails and is gone, and --keep leaves the folder and names it")
  func limits() throws {
    let ground = try Ground(Self.recipe("ApplicationStart = function(host) host:run \"sleep 600\" end,"))
    let run = try ground.run("--timeout", "3s")
    #expect(run.code == 2 && run.out.contains("  it did not end within 3 s\n"), "\(run.everything)")
    #expect(ground.isClean())
    let kept = try Ground(Self.recipe()).run("--keep", "--recipe", "web")
    #expect(kept.code == 0 && kept.out.contains("The throwaway hosts stay in "), "\(kept.everything)")
  }

  @Test("the lab answers gates, cuts waits short, makes secrets up, and asks no server")
  func answers() throws {
    let ground = try Ground(
      Self.recipe(
        """
        ValidateService = function(host)
          host:run("test \\"$KEY\\" = lab-value-of-KEY", { env = { KEY = secret "KEY" }, user = "nobody-here" })
          host:wait_for { http = "http://web.invalid/", timeout = "5s" }
          http.get "https://api.invalid/x"
        end,
        """, strategy: "canary { first = 1, watch = \"30m\", approve = \"good?\" }"))
    let run = try ground.run()
    #expect(run.code == 0, "\(run.everything)")
    for line in [
      "Secret KEY had a made-up value.", "Commands of user nobody-here ran as you.", "The gate wait (30 m) was promoted after 2 s.",
      "The gate approve was approved by the lab.", "GET https://api.invalid/x was not sent: it got status 200 and an empty body.",
      "The check GET http://web.invalid/ was not made, because it leads to another machine: nobody knows its answer.",
    ] { #expect(run.outLines.contains("  - " + line), "\(line): \(run.out)") }
    #expect(run.outLines.contains("  not checked: GET http://web.invalid/") && run.out.contains(" checks not made."), "\(run.out)")
    #expect(ground.isClean())
  }

  @Test("a spec deploys for real with lab, looks at a host's files, and its simulated tests run without --lab only")
  func words() throws {
    let spec = """
      it("is simulated", function(t) t:expect(t:deploy("web").status):equals "succeeded" end)
      local answers = { { command = "never run this" } }
      lab("serves what it deployed", function(lab)
        local run = lab:deploy("web", { answers = answers })
        lab:expect(run.exit):equals(0)
        lab:expect(run.hosts["web1.example.com"]):equals { status = "succeeded", release = "new" }
        lab:expect(lab:run("web1.example.com", "cat srv/lander-lab-try/current/version").stdout):equals "1\\n"
        local bad = lab:deploy("web", { revision = 2, answers = answers, fails = { ["web2.example.com"] = "ValidateService" } })
        lab:expect(bad.exit):equals(10)
        lab:expect(bad.hosts["web2.example.com"].release):equals "earlier"
        lab:expect(bad.back.status):equals "succeeded"
        lab:expect(lab:deploy("web", { revision = 3, answers = answers }).status):equals "succeeded"
        lab:expect(lab:run("web1.example.com", "exit 7").status):equals(7)
        lab:expect(function() return run:file("web1.example.com", "/x") end):fails "files of a lab's hosts are real"
      end)
      lab("is wrong", function(lab) lab:expect(lab:deploy("web").status):equals "succeeded" end)
      lab("names no host", function(lab) lab:run("web9", "true") end)
      """
    let ground = try Ground(Self.recipe("ValidateService = function(host) host:run \"never run this\" end,"), spec: spec)
    let run = try ground.run("spec")
    #expect(run.code == 2, "\(run.everything)")
    #expect(run.out.contains("passed  serves what it deployed ("), "\(run.out)")
    let wrong = "failed  is wrong\n  spec/web_spec.lua:16: expected \"succeeded\", got \"failed\"\n  | web1.example.com  "
    #expect(run.out.contains(wrong), "\(run.out)")
    #expect(run.out.contains("failed  names no host\n  spec/web_spec.lua:17: there is no throwaway host \"web9\""), "\(run.out)")
    #expect(run.outLines.last?.hasPrefix("2 failed of 3 tests in 1 file, ") == true && ground.isClean())
    let simulated = try ground.place.lander("test")
    #expect(simulated.code == 0 && simulated.out.hasPrefix("All passed: 1 test in 1 file, "), "\(simulated.everything)")
  }

  @Test("the lab test of docs/test-a-recipe.md passes for a recipe as it describes it")
  func documented() throws {
    let page = try String(contentsOf: Workplace.checkout.appending(path: "docs/test-a-recipe.md"), encoding: .utf8)
    let start = try #require(page.range(of: "lab(\"writes its configuration")).lowerBound
    let text = page[start...].prefix(upTo: try #require(page[start...].range(of: "```")).lowerBound)
    let ground = try Ground(
      """
      group "web" { hosts = { "web[1-2]" } }
      recipe "web" {
        revision = bundle { from = "dist" }, targets = group "web", path = "/srv/lander-lab-try",
        on = {
          AfterInstall = function(host) host:write("/etc/web/port", "8080\\n") end,
          ValidateService = function(host) host:run "test -f version" end,
        },
      }
      """, spec: String(text))
    let run = try ground.run("spec")
    #expect(run.code == 0 && run.outLines.last?.hasPrefix("All passed: 1 test in 1 file, ") == true, "\(run.everything)")
  }

  @Test("options of the lab need --lab, and what cannot run there is refused before anything starts")
  func refusals() throws {
    let ground = try Ground(Self.recipe(), spec: "lab(\"runs\", function(lab) lab:expect(1):equals(1) end)\n")
    for words in [["--hosts", "2"], ["--keep"], ["--timeout", "5m"], ["--recipe", "web"]] {
      let run = try ground.place.run(["test"] + words)
      #expect(run.code == 2 && run.err.hasPrefix("Error: \(words[0]) goes with --lab\n"), "\(run.everything)")
    }
    #expect(try ground.run("--hosts", "0").err.hasPrefix("Error: --hosts takes a number from 1 to 50, got 0\n"))
    #expect(try ground.run("--timeout", "soon").err.hasPrefix("Error: --timeout takes a time from 1s to 24h, such as 10m, got \"soon\"\n"))
    #expect(try ground.run("--coverage").err.hasPrefix("Error: --coverage and --lcov count lines of simulated tests: leave out --lab\n"))
    #expect(try ground.run("--recipe", "wep").err.hasPrefix("there is no recipe \"wep\"\n"))
    #expect(try ground.place.lander("test").err == "there are only tests that run for real\n  → lander test --lab runs them\n")
    #expect(ground.isClean())
  }

  @Test("a failure that the recipe tolerates is replaced by one of an earlier event, and recipes that did not run are named")
  func tolerated() throws {
    let ground = try Ground(
      Self.recipe(
        """
        ValidateService = function(host)
          host:run("mkdir -p $D/x && touch $D/x/y", { env = { D = "/srv/lander-lab-try/shared-of-none" } })
          host:run("systemctl is-active web || systemctl start web")
        end,
        AfterAllowTraffic = function(host) host:try "echo hello" end,
        """)
          + """

          recipe "bare" { revision = bundle { from = "dist" },
            path = "/srv/bare", on = { ValidateService = function(host) host:run "x" end } }
          """)
    let run = try ground.run()
    #expect(run.code == 0, "\(run.everything)")
    #expect(run.out.contains("passed  web › goes back when web2.example.com fails in ValidateService ("), "\(run.out)")
    #expect(run.out.contains("passed  web › rolls back to the revision before ("), "\(run.out)")
    #expect(
      run.out.contains("  - The recipe tolerates that AfterAllowTraffic fails on web2.example.com, so an earlier event "), "\(run.out)")
    #expect(run.outLines.contains("not run  bare: it has no targets; --group NAME chooses some"), "\(run.out)")
    #expect(run.outLines.last?.hasSuffix("; 1 recipe not run.") == true, "\(run.out)")
    #expect(ground.isClean() && !FileManager.default.fileExists(atPath: "/srv/lander-lab-try"))
    let none = try ground.run("--filter", "bare")
    #expect(none.code == 2 && none.err.contains("recipe \"bare\": it has no targets"), "\(none.everything)")
  }

  @Test("another failure than the planned one fails the lab, also if the recipe allows some hosts to fail")
  func otherFailure() throws {
    let hook = """
      ValidateService = function(host)
        host:run "if [ $LANDER_HOST = web1.example.com ] && grep -q 'revision 3' lander-lab-revision; then exit 4; fi"
      end,
      """
    let ground = try Ground(
      "configuration \"c\" { budget = { failed = 2 } }\n"
        + Self.recipe(hook, more: "configuration = \"c\",")
        .replacing("web[1-2]", with: "web[1-3]"))
    let run = try ground.run()
    #expect(run.code == 2 && run.out.contains("  Only ValidateService on web3.example.com was to fail."), "\(run.everything)")
    #expect(ground.isClean())
  }

  @Test("a recipe cannot write through its own link out of the host's folder")
  func behindLinks() throws {
    let ground = try Ground("")
    try ground.place.write("x", to: "outside/kept")
    try ground.place.write(
      Self.recipe(
        "ValidateService = function(host) host:link(\"\(ground.place.path)/outside\", \"data\"); host:write(\"data/version\", \"1\") end,"),
      to: "deploy.lua")
    let run = try ground.run()
    #expect(run.code == 2 && run.out.contains("data/version is behind a link that leads out of the folder"), "\(run.everything)")
    #expect(!ground.place.exists("outside/version") && ground.isClean())
  }

  @Test("TMPDIR may be no folder whose name means something in a shell, and no folder in which programs cannot run")
  func temporary() throws {
    let ground = try Ground(Self.recipe("ValidateService = function(host) host:run \"ssh other true; rm -rf /srv/lander-lab-try/x\" end,"))
    for name in ["sp ace", "co:lon", "it's", "new\nline"] {
      try ground.place.write("", to: "\(name)/.here")
      var environment = ground.environment
      environment["TMPDIR"] = "\(ground.place.path)/\(name)"
      let run = try ground.place.run(["test", "--lab"], environment)
      #expect(run.code == 2 && run.err.contains("TMPDIR: a lab cannot be in ") && run.err.contains("set TMPDIR to "), "\(run.everything)")
      #expect(ground.place.exists("\(name)/.here"))
    }
    // A file system without programs needs a mount of its own.
    let mount = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o noexec none tmp && exec \"$@\"", "sh"]
    let trial = try ground.place.start(["--version"], through: mount)
    guard trial.wait() == 0 else { return print("SKIPPED: a lab on a file system without programs needs unshare -rm and tmpfs") }
    let running = try ground.place.start(["test", "--lab"], ground.environment, through: mount)
    #expect(running.wait() == 2, "\(running.everything)")
    #expect(
      running.said(running.err).contains("the programs that stand in for ssh, sudo and systemctl cannot run in "), "\(running.everything)")
    #expect(ground.isClean())
  }

  @Test("a lab that is interrupted while it is being made leaves nothing", arguments: [20, 60, 120, 200, 350])
  func early(milliseconds: UInt32) throws {
    let ground = try Ground(Self.recipe("ApplicationStart = function(host) host:run \"sleep 30\" end,"))
    let running = try ground.place.start(["test", "--lab"], ground.environment)
    let deadline = Date().addingTimeInterval(20)
    while running.said(running.err).isEmpty, Date() < deadline { usleep(1_000) }
    usleep(milliseconds * 1_000)
    running.send(SIGINT)
    #expect(running.wait() == 130)
    #expect(ground.isClean(), "\(running.everything)")
  }
}
