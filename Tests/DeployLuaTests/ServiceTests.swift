import DeployCore
import DeployLua
import DeployModel
import Testing

/// `host:service`: its command lines, and how it reads the answers.
@Suite("Services of hosts")
struct ServiceTests {
  private typealias Answering = (_ line: String) -> Outcome

  /// A command that was requested: its line, its user, and its time limit in milliseconds.
  private struct Asked: Equatable {
    var line: String
    var user: String?
    var timeout: Int?
  }

  /// Runs a hook. By default every command exits with 0 and prints nothing.
  private func run(
    _ code: String, tools: [String] = [], answer: Answering = { _ in Outcome(status: 0) }
  ) throws -> (result: ScriptResult, asked: [Asked], sleeps: Int) {
    let rig = try Rig(recipe(code), hosts: 1, tools: tools)
    let ran = rig.run(try rig.hook(.validateService), on: .host(0)) { _, operation in
      guard case .run(let command) = operation else { return .failed(.internal, "\(operation)") }
      return answer(command.line)
    }
    var (asked, sleeps): ([Asked], Int) = ([], 0)
    for request in ran.requests {
      switch request {
      case .perform(_, .run(let command), let timeout):
        asked.append(Asked(line: command.line, user: command.user, timeout: timeout?.milliseconds))
      case .sleep: sleeps += 1
      default: Issue.record("\(request)")
      }
    }
    return (ran.result, asked, sleeps)
  }

  private static func exit(_ status: Int, _ out: String = "", _ err: String = "") -> Outcome {
    Outcome(
      failure: status == 0 ? nil : Failure(.command, "`x` exited with \(status)"), status: status, stdout: Captured(text: out),
      stderr: Captured(text: err))
  }

  @Test(
    "each action is one command line, run by whom the recipe says",
    arguments: [
      ("'stop', 'shop'", ["systemctl stop shop"], nil), ("'reload', 'shop.service'", ["systemctl reload shop.service"], nil),
      ("'enable', 'shop@1'", ["systemctl enable shop@1"], nil), ("'disable', 'shop.timer'", ["systemctl disable shop.timer"], nil),
      ("'start', 'shop'", ["systemctl start shop", "systemctl is-active shop"], nil),
      ("'restart', 'shop', { wait = false }", ["systemctl restart shop"], nil),
      ("'stop', 'shop', { sudo = true }", ["sudo -n systemctl stop shop"], nil),
      ("'stop', 'shop', { user = 'root' }", ["systemctl stop shop"], "root"),
      ("'stop', 'shop', { daemon_reload = true, sudo = true }", ["sudo -n systemctl daemon-reload", "sudo -n systemctl stop shop"], nil),
      (
        "'restart', 'shop', { user = true }",
        ["restart", "is-active"].map { "XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user \($0) shop" }, nil
      ),
    ] as [(String, [String], String?)])
  func lines(arguments: String, lines: [String], user: String?) throws {
    let ran = try run("host:service(\(arguments))", tools: ["systemctl"])
    #expect(ran.result == .returned(.null))
    #expect(ran.asked.map(\.line) == lines)
    #expect(ran.asked.allSatisfy { $0.user == user })
  }

  @Test("the timeout is for all of it: an action gets the whole, the wait what is left; without one both get three minutes")
  func timeout() throws {
    let ran = try run("host:service('restart', 'shop', { timeout = '20s' })") { _ in Outcome(status: 0, duration: .seconds(5)) }
    #expect(ran.asked.map(\.timeout) == [20000, 15000])
    #expect(try run("host:service('stop', 'shop')").asked.map(\.timeout) == [180_000])
  }

  @Test(
    "what is no action, no unit or no option is refused with what was meant, and nothing is asked",
    arguments: [
      ("'restrat', 'shop'", "takes an action first, got \"restrat\"", "did you mean \"restart\"?"),
      ("nil, 'shop'", "takes an action first, got nil", "actions are start, stop"),
      ("'restart', 'shop; reboot'", "got \"shop; reboot\"", "as systemctl has it"), ("'restart', '*'", "got \"*\"", "systemctl"),
      ("'restart', '--now'", "got \"--now\"", "systemctl"), ("'restart', '$(id)'", "letters, digits", "systemctl"),
      ("'restart', 'a b'", "got \"a b\"", "systemctl"), ("'restart', 'a\\nb'", "letters, digits", "systemctl"),
      ("'restart', ''", "got \"\"", "systemctl"), ("'restart'", "got nil", "systemctl"),
      ("'restart', 'shop', { tiemout = '5s' }", "has no field \"tiemout\"", "did you mean timeout?"),
      ("'restart', 'shop', { user = 'a b' }", "user of host:service must be true, or the name of a user", nil),
      ("'restart', 'shop', { user = false }", "must be true, or the name of a user, got false", nil),
      ("'restart', 'shop', { user = true, sudo = true }", "sudo and user are two ways", "need none"),
      ("'restart', 'shop', { user = 'root', sudo = true }", "sudo and user are two ways", "leave one of them out"),
      ("'stop', 'shop', { stays = '5s' }", "stays goes with start and restart", nil),
      ("'start', 'shop', { wait = false, stays = '5s' }", "stays needs wait", nil),
      ("'start', 'shop', { rehearse = 'active' }", "rehearse is the answer to \"state\"", nil),
      ("'state', 'shop', { rehearse = 'dead' }", "must be \"active\" or", nil),
    ] as [(String, String, String?)])
  func mistakes(arguments: String, message: String, fix: String?) throws {
    let ran = try run("host:service(\(arguments))")
    let error = try #require(ran.result.error)
    #expect(error.failure.message.contains(message), "\(error.failure)")
    #expect(error.place == SourcePlace(file: "deploy.lua", line: 4) && ran.asked.isEmpty)
    if let fix { #expect(error.failure.fix?.contains(fix) == true, "\(error.failure)") }
  }

  @Test("a host whose init system nobody knows is refused with a sentence; one that nobody has looked at is asked")
  func noSystemd() throws {
    let refused = try run("host:service('stop', 'shop')", tools: ["curl", "sudo"])
    #expect(refused.asked.isEmpty)
    #expect(
      refused.result.error?.failure
        == Failure(
          .missing, "web1 has no init system that host:service knows: there is no systemctl",
          fix: "start and stop what runs there by its own commands: host:run"))
    #expect(try run("host:service('stop', 'shop')").asked.count == 1)
    #expect(try run("host:service('stop', 'shop')", tools: ["curl", "systemctl"]).asked.count == 1)
  }

  @Test("it waits while a unit is starting, and at most as long as it may take")
  func waits() throws {
    var checks = 0
    let good = try run("host:service('start', 'shop')") { line in
      guard line.contains("is-active") else { return Self.exit(0) }
      checks += 1
      return checks < 4 ? Self.exit(3, "activating\n") : Self.exit(0, "active\n")
    }
    #expect(good.result == .returned(.null) && checks == 4 && good.sleeps == 3)
    let never = try run("host:service('start', 'shop', { timeout = '5s' })") { line in
      line.contains("is-active") ? Self.exit(3, "activating\n") : Self.exit(0)
    }
    #expect(never.result.error?.failure == Failure(.unhealthy, "waited 5 s for shop to become active"))
    #expect(never.asked.filter { $0.line.contains("is-active") }.count == 10)
    #expect(never.asked.last?.line == "systemctl status --no-pager --full --lines=8 shop")
  }

  @Test("a unit that fails or ends is told at once, and so is one that does not stay active")
  func ends() throws {
    func ended(_ word: String, options: String = "") throws -> ScriptError? {
      try run("host:service('restart', 'shop'\(options))") { line in line.contains("is-active") ? Self.exit(3, word + "\n") : Self.exit(0) }
        .result.error
    }
    #expect(try ended("failed")?.failure == Failure(.unhealthy, "shop did not become active"))
    let inactive = try ended("inactive")
    #expect(inactive?.failure.message == "shop was started, and is inactive again")
    #expect(inactive?.failure.fix == "give wait = false if it is a unit that is to end")
    var checks = 0
    let short = try run("host:service('restart', 'shop', { stays = '2s' })") { line in
      guard line.contains("is-active") else { return Self.exit(0) }
      checks += 1
      return checks == 1 ? Self.exit(0) : Self.exit(3, "activating\n")
    }
    #expect(short.result.error?.failure.message == "shop was active, and is not any more 2 s later")
    #expect(try run("host:service('start', 'shop', { stays = '2s' })").asked.count == 3)
  }

  @Test("a failure shows the state and the last lines of the journal, bounded, and what the command wrote")
  func failure() throws {
    let journal = (1...20).map { "Nov 27 web1 shop[7]: line \($0)" } + ["Nov 27 web1 shop[7]: " + String(repeating: "ä", count: 400)]
    let status = """
      × shop.service - Shop
           Loaded: loaded (/etc/systemd/system/shop.service; enabled)
           Active: failed (Result: exit-code) since Fri 2026-11-27 12:00:00 UTC; 1s ago

      \(journal.joined(separator: "\n"))

      """
    let ran = try run("host:service('restart', 'shop', { sudo = true })") { line in
      line.contains("status") ? Self.exit(3, status) : Self.exit(1, "", "Job for shop.service failed.\n")
    }
    #expect(ran.asked.map(\.line) == ["sudo -n systemctl restart shop", "sudo -n systemctl status --no-pager --full --lines=8 shop"])
    let error = try #require(ran.result.error)
    #expect(error.failure.kind == .command && error.host == "web1")
    #expect(
      error.failure.message == "`x` exited with 1; shop is failed (Result: exit-code) since Fri 2026-11-27 12:00:00 UTC; 1s ago")
    let lines = error.stderr?.split(separator: "\n") ?? []
    #expect(lines.count == 9 && lines.first == "Job for shop.service failed." && lines.dropLast().last?.hasSuffix("line 20") == true)
    #expect(lines.last?.hasSuffix("ä…") == true && (lines.last?.utf8.count ?? 0) < 310)
  }

  @Test("where sudo shows nothing the login user is asked, and whoever has no rights is told how to get them")
  func rights() throws {
    let ran = try run("host:service('stop', 'shop', { sudo = true })") { _ in Self.exit(1, "", "sudo: a password is required\n") }
    #expect(
      ran.asked.map(\.line) == [
        "sudo -n systemctl stop shop", "sudo -n systemctl status --no-pager --full --lines=8 shop",
        "systemctl status --no-pager --full --lines=8 shop",
      ])
    #expect(ran.result.error?.stderr == "sudo: a password is required")
    let plain = try run("host:service('stop', 'shop')") { _ in Self.exit(4, "", "Interactive authentication required.\n") }
    #expect(plain.result.error?.failure.fix?.contains("sudo = true") == true)
    let gone = try run("host:service('stop', 'shop')") { _ in .failed(.unreachable, "no route") }
    #expect(gone.asked.count == 1 && gone.result.error?.failure.kind == .unreachable)
  }

  @Test("the state is what systemctl shows, as data")
  func state() throws {
    let shown = "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\n"
    let code = "local s = host:service('state', 'shop') return s.name .. s.state .. s.detail .. tostring(s.active) .. tostring(s.enabled)"
    let ran = try run(code) { _ in Self.exit(0, shown) }
    #expect(ran.result == .returned("shopactiverunningtruetrue"))
    #expect(ran.asked.map(\.line) == ["systemctl show --property=LoadState,ActiveState,SubState,UnitFileState shop"])
    let none = try run("local s = host:service('state', 'x') return s.found or s.active or s.enabled") { _ in
      Self.exit(0, "LoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\n")
    }
    #expect(none.result == .returned(false))
    let near = try run("return host:service('state', 'x').activ") { _ in Self.exit(0, shown) }
    #expect(near.result.error?.failure.message == "a service has no activ" && near.result.error?.failure.fix == "did you mean active?")
    #expect(try run("host:service('state', 'x')").result.error?.failure.message == "the host did not report the state of x")
    let evil = try run("return host:service('state', 'x').state") { _ in Self.exit(0, "ActiveState=$(reboot)\nActiveState=active\n") }
    #expect(evil.result == .returned("$(reboot)") && evil.asked.count == 1)
  }

  /// Plays a hook as `plan` does.
  private func played(_ code: String, tools: [String] = []) throws -> RehearsedScripts {
    let project = try load(recipe(code))
    let plan = Rig.plan(of: try #require(project.project.recipes.first), hosts: 1, tools: tools)
    let scripts = try RehearsedScripts(plan: plan, sources: [project.sources], as: .plan)
    scripts.start(1, Body(recipe: 0, function: try #require(plan.content.recipes[0].hooks.first).function), on: .host(0))
    var answer = Answer.begin
    while case .asked(let request) = scripts.step(1, answer).next {
      if case .sleep = request { answer = .slept } else { answer = .outcome(Self.exit(0)) }
    }
    return scripts
  }

  @Test("a rehearsal takes a state that the recipe foretells for true, and doubts one that it makes up")
  func rehearsed() throws {
    func found(_ code: String, tools: [String] = []) throws -> [String] {
      try played(code, tools: tools).findings.map { ($0.isCertain ? "" : "maybe ") + $0.problem.message }
    }
    #expect(try found("if host:service('state', 'x').active then fail 'runs' end") == ["maybe runs"])
    let known = "local s = host:service('state', 'x', { rehearse = 'failed' }) if s.state == 'failed' then fail 'is dead' end"
    #expect(try found(known) == ["hook ValidateService would fail here: is dead"])
    #expect(try found("host:service('restart', 'x', { stays = '1s', daemon_reload = true })").isEmpty)
    #expect(try found("host:service('restart', 'x y') host:service('strat', 'x')").count == 2)
    #expect(
      try found("host:service('restart', 'x')", tools: ["sudo"]) == [
        "web1 has no init system that host:service knows: there is no systemctl"
      ])
  }
}
