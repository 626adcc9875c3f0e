import DeployLua
import DeployModel
import Testing

@Suite struct FlowTests {
  private func run(
    _ hook: String, hosts: Int = 3, answer: (Place, DeployModel.Operation) -> Outcome = { _, _ in .done() }
  ) throws -> (
    result: ScriptResult, log: [String], requests: [Request]
  ) {
    let rig = try Rig(recipe(hook), hosts: hosts)
    return rig.run(try rig.hook(.validateService), on: .host(0), answer: answer)
  }

  @Test("retry calls again until it goes well, with the pauses that were asked for")
  func retry() throws {
    var attempts = 0
    let run = try run("retry({ times = 5, every = '2s', backoff = 2 }, function(n) host:run 'x' log.info('took %d', n) end)") { _, _ in
      attempts += 1
      return attempts < 3 ? .failed(.command, "no") : .done()
    }
    #expect(run.log == ["info: took 3"])
    let pauses = run.requests.compactMap { request -> Interval? in if case .sleep(let time) = request { time } else { nil } }
    #expect(pauses == [.seconds(2), .seconds(4)])
  }

  @Test("retry gives the last error, with the number of attempts")
  func retryInVain() throws {
    let run = try run(
      "local ok, err = pcall(retry, { times = 2, every = 0 }, function() host:run 'x' end) return err.attempts .. ' ' .. err.message"
    ) { _, _ in
      .failed(.command, "no")
    }
    #expect(run.result == .returned("2 no"))
  }

  @Test("a retry in the options of run repeats the command, but not when the host is lost")
  func retryOption() throws {
    let lost = try run("host:run('x', { retry = { times = 4, every = 1 } })") { _, _ in .failed(.lost, "gone") }
    #expect(lost.requests.count == 1)
    #expect(lost.result.error?.failure.kind == .lost)
    let failing = try run("host:run('x', { retry = { times = 4, every = 1 } })") { _, _ in .failed(.command, "no") }
    #expect(failing.requests.count == 7)
  }

  @Test("try gives the result of a failing command, and raises when the host is unreachable")
  func tries() throws {
    let no = try run("return host:try('x').status") { _, _ in Outcome(failure: Failure(.command, "no"), status: 3) }
    #expect(no.result == .returned(3))
    let away = try run("return host:try('x').status") { _, _ in .failed(.unreachable, "no route") }
    #expect(away.result.error?.failure.kind == .unreachable)
  }

  @Test("wait_for asks until the host answers, and says what came last when the time is over")
  func waitFor() throws {
    var asked = 0
    let good = try run("host:wait_for { http = 'http://localhost/', status = 200, every = '3s' }") { _, operation in
      asked += 1
      #expect(operation == .check(.http(url: "http://localhost/", status: [200])))
      return asked < 3 ? .failed(.unhealthy, "status 503") : .done(true)
    }
    #expect(asked == 3)
    #expect(good.result == .returned(.null))
    let bad = try run("host:wait_for { port = 80, timeout = '5s', every = '2s' }") { _, _ in .failed(.unhealthy, "connection refused") }
    #expect(bad.result.error?.failure == Failure(.unhealthy, "waited 5 s for port 80 to answer: connection refused"))
    #expect(bad.result.error?.place == SourcePlace(file: "deploy.lua", line: 4))
  }

  @Test("a check that the end of the waiting cut short does not hide the last answer, and no check gets less than a second")
  func lastAnswer() throws {
    var asked = 0
    let bad = try run("host:wait_for { http = 'http://localhost/', timeout = '3s', every = '1s' }") { _, _ in
      asked += 1
      return asked == 1
        ? .failed(.unhealthy, "status 503: queue is full", fix: "look at the queue") : .failed(.timeout, "was not done within 50 ms")
    }
    #expect(
      bad.result.error?.failure
        == Failure(.unhealthy, "waited 3 s for http://localhost/ to answer: status 503: queue is full", fix: "look at the queue"))
    let silent = try run("host:wait_for { http = 'http://localhost/', timeout = '0.2s' }") { _, _ in
      .failed(.timeout, "was not done within 200 ms")
    }
    #expect(silent.result.error?.failure.message == "waited 0.2 s for http://localhost/ to answer: no answer within 1 s")
  }

  @Test("within hands a deadline to the engine and raises what it says")
  func within() throws {
    let rig = try Rig(recipe("local ok, err = pcall(within, '5m', function() host:run 'x' end) return err.kind"))
    let first = try rig.begin(.validateService)
    guard case .within(let time, let body) = first.request else { throw Failure(.failed, "\(first)") }
    #expect(time == .minutes(5))
    rig.scripts.start(2, body, on: .child)
    #expect(rig.scripts.step(2, .begin).request == .perform(.host(0), .run(Command(.shell("x"))), timeout: nil))
    let timeout = Failure(.timeout, "it took longer than 5 m")
    let child = rig.scripts.step(2, .cancel(timeout))
    #expect(child.result?.error?.failure == timeout)
    let end = rig.scripts.step(1, .results([try #require(child.result)]))
    #expect(end.result == .returned("timeout"))
  }

  @Test("each keeps going where asked, and gives results and errors by position")
  func keepGoing() throws {
    let run = try run(
      """
          local values, errors = each({ "a", "b", "c" }, function(x, i)
            if x == "b" then fail("no %s", x) end
            return x .. i
          end, { keep_going = true })
          return tostring(values[1]) .. tostring(values[2]) .. tostring(values[3]) .. errors[2].message
      """)
    #expect(run.result == .returned("a1nilc3no b"))
  }

  @Test("an error of a child keeps what it carries beyond the engine's words")
  func carried() throws {
    let one = try run("local ok, e = pcall(each, { 1 }, function() error({ message = 'odd', code = 7 }) end) return e.code")
    #expect(one.result == .returned(7))
    let other = try run("local ok, e = pcall(each, { host }, function(h) h:run 'x' end) return e.status .. e.command .. e.host") { _, _ in
      Outcome(failure: Failure(.command, "no"), status: 4)
    }
    #expect(other.result == .returned("4xweb1"))
  }

  @Test("all runs different functions at once and gives their values in order")
  func all() throws {
    let run = try run("local r = all { function() return 1 end, function() host:run 'x' return 2 end } return r[1] + r[2]")
    #expect(run.result == .returned(3))
  }

  @Test("sets of hosts are taken apart by count, share and tag")
  func sets() throws {
    let run = try run(
      """
          local t = deployment.targets
          local first, rest = t:split "25%"
          local sizes = {}
          for wave in t:batches(4) do sizes[#sizes + 1] = #wave end
          local names = t:where({ zone = "b" }):map(function(h) return h.name end)
          return table.concat({ #t, t:first().name, #first, #rest, #t:take "1%", table.concat(sizes, "+"), table.concat(names, ","),
            #t:except(first), tostring(t:take(2)), t[10].name, #t:except(t[1]) }, " ")
      """, hosts: 10)
    #expect(run.result == .returned("10 web1 2 8 1 4+4+2 web2,web4,web6,web8,web10 8 web1, web2 web10 9"))
  }

  @Test("a quoted text is one word for a shell")
  func quoting() throws {
    #expect(try run("return quote 'a b' .. quote \"it's\" .. quote 'plain-1' .. quote ''").result == .returned("'a b''it'\\''s'plain-1''"))
  }

  @Test("an unknown name is an error in a running hook as well, with a near match")
  func nearMatches() throws {
    for (code, words) in [
      ("host:rnu 'x'", "did you mean run?"), ("return host.adress", "did you mean address?"),
      ("return deployment.revison", "did you mean revision?"),
      ("return deployment.params.x", ""), ("return deployment.targets:frist()", "did you mean first?"),
      ("host:run('x', { cwdd = '/' })", "did you mean cwd?"),
      ("recipe 'x'", "top of the file"), ("host:run 'x'.stdot()", ""),
    ] {
      let error = try #require(try run(code) { _, _ in Outcome(status: 0) }.result.error)
      #expect("\(error.failure.message) \(error.failure.fix ?? "")".contains(words), "\(error)")
    }
  }

  @Test("pairs goes through a table in the order of its keys, whatever the order of making")
  func order() throws {
    let run = try run(
      """
          local t = { b = 1, a = 2, [3] = 3, [1] = 4, [2.5] = 5, [true] = 6, [deployment.targets[2]] = 7, [host] = 8, [-1] = 9 }
          local keys = {}
          for key in pairs(t) do keys[#keys + 1] = tostring(key) end
          return table.concat(keys, " ") .. " " .. tostring(next({})) .. " " .. next({ x = 1, a = 2 })
      """)
    #expect(run.result == .returned("-1 1 2.5 3 a b true web1 web2 nil a"))
  }

  @Test("a pause that backoff makes longer and longer is at most what a duration may be")
  func longestPause() throws {
    let rig = try Rig(recipe("retry({ times = 40, every = \"1h\", backoff = 1e30 }, function() error 'no' end)"))
    let run = rig.run(try rig.hook(.validateService), on: .host(0))
    #expect(run.requests.count == 39 && run.requests[38] == .sleep(Interval(milliseconds: 8_640_000_000)), "\(run.requests.last as Any)")
    for backoff in ["-1", "1 / 0", "0 / 0"] {
      let wrong = try Rig(recipe("host:run('x', { retry = { backoff = \(backoff) } })"))
      let error = wrong.run(try wrong.hook(.validateService), on: .host(0)).result.error
      #expect(error?.failure.message.hasPrefix("backoff of retry must be a number from 0, got ") == true, "\(backoff): \(error as Any)")
    }
  }

  @Test("a status that is no number is refused, and not waited for")
  func status() throws {
    for status in ["\"200\"", "{ \"200\" }", "{}", "true"] {
      let rig = try Rig(recipe("host:wait_for { http = 'http://x/', status = \(status) }"))
      let run = rig.run(try rig.hook(.validateService), on: .host(0)) { _, _ in .done(true) }
      #expect(run.requests.isEmpty)
      #expect(run.result.error?.failure.message.hasPrefix("status of host:wait_for must be a status such as 200") == true, "\(status)")
    }
  }
}
