import DeployLua
import DeployModel
import Testing

@Suite struct RunTests {
  @Test("a hook asks for one operation after the other, and gets what came back")
  func straightLine() throws {
    let rig = try Rig(
      recipe(
        """
            local r = host:run("uname -s", { env = { A = "1", T = secret.format("x%s", secret "TOKEN") }, timeout = "5s", user = "app" })
            log.info("%s says %s on %s of %s", host, r.stdout, deployment.revision, deployment.application)
            host:write("etc/motd", r.stdout, { mode = "0640", owner = "root" })
            return host:exists "etc/motd"
        """))
    let first = try rig.begin(.validateService, host: 1)
    guard case .perform(.host(1), .run(let command), let timeout) = first.request else { throw Failure(.failed, "\(first)") }
    #expect(command.form == .shell("uname -s"))
    #expect(timeout == .seconds(5))
    #expect(command.user == "app")
    #expect(command.environment[0] == .init("A", "1"))
    #expect(command.environment[1].value == Text(pieces: [.literal("x"), .secret(name: "TOKEN")]))
    let second = rig.scripts.step(1, .outcome(Outcome(status: 0, stdout: Captured(text: "Linux"), duration: .seconds(1))))
    #expect(second.log == [LogLine(.info, "web2 says Linux on dist of shop")])
    #expect(second.request == .perform(.host(1), .write(path: "etc/motd", content: "Linux", mode: 0o640, owner: "root"), timeout: nil))
    let third = rig.scripts.step(1, .outcome(.done()))
    #expect(third.request == .perform(.host(1), .exists(path: "etc/motd"), timeout: nil))
    #expect(rig.scripts.step(1, .outcome(.done(true))).result == .returned(true))
    #expect(rig.scripts.count == 0)
  }

  @Test("what a server or a service answered can be read, and not be changed")
  func readOnly() throws {
    for (ask, name) in [
      ("http.get 'http://localhost/'", "response"), ("host:service('state', 'x')", "service"),
    ] {
      let rig = try Rig(recipe("local r = \(ask)\nr.status = 5"))
      let run = rig.run(try rig.hook(.validateService), on: .host(0)) { _, operation in
        if case .http = operation { return .done(HTTPResponse(status: 200).value) }
        return Outcome(status: 0, stdout: Captured(text: "ActiveState=active\nLoadState=loaded\n"))
      }
      let message = run.result.error?.failure.message
      #expect(message == "a \(name) cannot be changed: status keeps its value", "\(name)")
    }
  }

  @Test("a secret is written so that everybody could read it: refused with the line; for a group: warned about")
  func openSecret() throws {
    for mode in ["0644", "0604", "0601", "0777"] {
      let rig = try Rig(recipe("host:write('conf', secret.format('key=%s', secret 'KEY'), { mode = '\(mode)' })"))
      let error = try #require(try rig.begin(.validateService).result?.error, "\(mode)")
      #expect(error.failure.kind == .invalid && error.failure.message.contains("mode \(mode)"), "\(error.failure)")
      #expect(error.failure.fix?.contains("0600") == true && error.place?.file == "deploy.lua")
    }
    let group = try Rig(recipe("host:write('conf', secret 'KEY', { mode = '0640' })")).begin(.validateService)
    #expect(group.log == [LogLine(.warn, "host:write: with mode 0640 a whole group can read the secret in conf")])
    #expect(group.request != nil)
    for given in ["", ", { mode = '0600', owner = 'app' }", ", { mode = '0400' }"] {
      let step = try Rig(recipe("host:write('conf', secret 'KEY'\(given))")).begin(.validateService)
      #expect(step.log.isEmpty && step.request != nil)
    }
    #expect(try Rig(recipe("host:write('conf', 'plain', { mode = '0644' })")).begin(.validateService).log.isEmpty)
  }

  @Test("a failing command raises an error that names the host, the line and the way there")
  func failingCommand() throws {
    let rig = try Rig(
      """
      local function start(host)
        host:run "bin/start"
      end
      recipe "shop" { path = "/srv/shop", on = { ApplicationStart = function(host)
        start(host)
      end } }
      """)
    _ = try rig.begin(.applicationStart)
    let step = rig.scripts.step(
      1,
      .outcome(
        Outcome(failure: Failure(.command, "`bin/start` exited with status 3"), status: 3, stderr: Captured(text: "a\nport 80 is taken\n")))
    )
    let error = try #require(step.result?.error)
    #expect(error.failure.kind == .command)
    #expect(error.place == SourcePlace(file: "deploy.lua", line: 2))
    #expect(error.trace == ["deploy.lua:2 in start", "deploy.lua:5 in hook ApplicationStart"])
    #expect(error.host == "web1")
    #expect(error.stderr == "a\nport 80 is taken")
  }

  @Test("each runs a function for every host at once, and its error tells from where it was started")
  func eachHost() throws {
    let rig = try Rig(
      """
      recipe "shop" { path = "/srv/shop", stages = { stage "warm" { run = function(deployment)
        local names = each(deployment.targets, function(host)
          return host:run("bin/warm").stdout
        end, { limit = 2 })
        log.info(table.concat(names, " "))
      end } } }
      """)
    guard case .script(_, _, let function, _, _, _) = rig.recipe.flow.stages.first(where: { $0.name == "warm" }) else { return }
    let body = Body(recipe: 0, function: function)
    let good = rig.run(body, on: .deployment) { place, _ in Outcome(status: 0, stdout: Captured(text: "\(place)")) }
    #expect(good.result == .returned(.null))
    #expect(good.log.count == 1)
    guard case .spawn(let bodies, 2, false) = good.requests.first else { throw Failure(.failed, "\(good.requests)") }
    #expect(bodies.count == 3)
    let bad = rig.run(body, on: .deployment, as: 10) { place, _ in
      place == .host(1) ? .failed(.command, "`bin/warm` exited with status 1") : Outcome(status: 0, stdout: Captured(text: ""))
    }
    let error = try #require(bad.result.error)
    #expect(error.host == "web2")
    #expect(error.trace == ["deploy.lua:3 in each", "started from deploy.lua:2 in stage warm"])
  }

  @Test("a generator may wait on hosts, and errors in it keep its frames")
  func generator() throws {
    let rig = try Rig(
      recipe(
        """
            local versions = coroutine.wrap(function()
              for i = 1, 2 do
                coroutine.yield(host:run("version " .. i).stdout)
              end
              local x = nil
              return x.y
            end)
            log.info("%s %s", versions(), versions())
            versions()
        """))
    let run = rig.run(try rig.hook(.validateService), on: .host(0)) { _, operation in
      if case .run(let command) = operation { return Outcome(status: 0, stdout: Captured(text: command.line)) }
      return .done()
    }
    #expect(run.log == ["info: version 1 version 2"])
    let error = try #require(run.result.error)
    #expect(error.failure.message == "attempt to index a nil value (local 'x')")
    #expect(error.place == SourcePlace(file: "deploy.lua", line: 9))
    #expect(error.trace.first == "deploy.lua:9 in the function of line 4")
    #expect(error.trace.last == "deploy.lua:12 in hook ValidateService")
  }

  @Test("what a generator has to close runs when an error or a cancellation leaves it, and may wait")
  func closingInGenerator() throws {
    let rig = try Rig(
      recipe(
        """
            local steps = coroutine.wrap(function()
              local undo <close> = setmetatable({}, { __close = function() host:run "undo" end })
              coroutine.yield(host:run "first")
              host:run "second"
              error "third"
            end)
            steps()
            steps()
        """))
    let run = rig.run(try rig.hook(.validateService), on: .host(0))
    let lines = run.requests.compactMap { request -> String? in
      if case .perform(_, .run(let command), _) = request { command.line } else { nil }
    }
    #expect(lines == ["first", "second", "undo"])
    #expect(run.result.error?.failure.message == "third")
    #expect(run.result.error?.trace == ["deploy.lua:8 in the function of line 4", "deploy.lua:11 in hook ValidateService"])
    _ = try rig.begin(.validateService, as: 5)
    _ = rig.scripts.step(5, .outcome(.done()))
    let undo = rig.scripts.step(5, .cancel(Failure(.cancelled, "stop")))
    guard case .perform(_, .run(let command), _) = undo.request else { throw Failure(.failed, "\(undo)") }
    #expect(command.line == "undo")
    #expect(rig.scripts.step(5, .outcome(.done())).result?.error?.failure == Failure(.cancelled, "stop"))
  }

  @Test("cancelling runs what is to be closed, which may still ask, and pcall does not stop it")
  func cancelling() throws {
    let rig = try Rig(
      recipe(
        """
            local undo <close> = setmetatable({}, { __close = function()
              host:run "undo"
              local ok, err = pcall(function() host:run "may fail" end)
              log.info("clean-up caught %s", err and err.kind)
            end })
            while true do
              pcall(function() host:run "work" end)
            end
        """))
    _ = try rig.begin(.validateService)
    _ = rig.scripts.step(1, .outcome(.done()))
    let undo = rig.scripts.step(1, .cancel(Failure(.cancelled, "somebody cancelled")))
    guard case .perform(_, .run(let command), _) = undo.request else { throw Failure(.failed, "\(undo)") }
    #expect(command.line == "undo")
    #expect(rig.scripts.step(1, .outcome(.done())).request != nil)
    let end = rig.scripts.step(1, .outcome(.failed(.command, "exited with status 1")))
    #expect(end.log == [LogLine(.info, "clean-up caught command")])
    #expect(end.result?.error?.failure == Failure(.cancelled, "somebody cancelled"))
    #expect(end.result?.error?.place == SourcePlace(file: "deploy.lua", line: 10))
  }

  @Test("output that was cut is an error to whoever reads it, and a command that nobody reads of is none")
  func cutOutput() throws {
    let cut = Outcome(status: 0, stdout: Captured(text: "1\n[lander: 9 bytes left out]\n5\n", bytes: 600_000, truncated: true))
    func end(_ code: String, _ outcome: Outcome = cut) throws -> ScriptResult {
      let rig = try Rig(recipe(code))
      _ = try rig.begin(.validateService)
      return try #require(rig.scripts.step(1, .outcome(outcome)).result)
    }
    for reading in ["return host:run(\"seq\").stdout", "return #host:run(\"seq\"):lines()", "return host:try(\"seq\").stdout"] {
      let error = try #require(try end(reading).error, "\(reading)")
      #expect(error.failure.message.contains("more than the 256 KiB of its stdout") && error.failure.fix?.contains("host:read") == true)
      #expect(error.place == SourcePlace(file: "deploy.lua", line: 4), "\(error)")
    }
    #expect(try end("local r = host:run \"seq\" return r.ok and r.cut and r.stderr == \"\"").value == true)
    #expect(try end("return host:run(\"seq\").cut", Outcome(status: 0, stdout: Captured(text: "1\n"))).value == false)
    let failed = Outcome(
      failure: Failure(.command, "`make` exited with status 2"), status: 2, stderr: Captured(text: "a\nb", bytes: 600_000, truncated: true))
    let error = try #require(try end("host:run \"make\"", failed).error)
    #expect(error.failure.message == "`make` exited with status 2" && error.stderr == "a\nb", "the cause is not hidden: \(error)")
  }
}
