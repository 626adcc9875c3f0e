import DeployCore
import DeployModel
import Synchronization
import Testing

@testable import DeployDesk

/// Lines that are typed at the prompt, on simulated hosts.
@Suite("A prompt in the run phase")
struct PromptTests {
  private static let main = """
    group "all" { hosts = { "web[1-3]" }, vars = { port = 8080 } }
    recipe "web" { path = "/srv/web", targets = group "all", revision = bundle { from = "dist" },
      params = { mode = param.string { default = "d" } } }
    """

  private final class Told: Sendable {
    let events = Mutex<[String]>([])
    func take(_ event: PromptEvent) {
      let line =
        switch event {
        case .log(let line): "\(line.level.rawValue): \(line.text)"
        case .begins(let place, let operation): "\(place) begins \(operation.verb)"
        case .ended(let place, _, let outcome): "\(place) ended \(outcome.failure?.kind.rawValue ?? "well")"
        }
      events.withLock { $0.append(line) }
    }
  }

  private static func prompt() throws -> (prompt: Prompt, told: Told) {
    let (bench, told) = (try Bench(main), Told())
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    return (try Prompt(simulating: selection, of: bench.project, stage: bench.desk.stage) { told.take($0) }, told)
  }

  private static func error(_ answer: PromptAnswer) -> ScriptError? { if case .failed(let error) = answer { error } else { nil } }

  @Test("an expression shows its values, a statement none, and what a line assigns stays for the next")
  func values() async throws {
    let (prompt, _) = try Self.prompt()
    #expect(await prompt.run("1 + 1") == .values(["2"]))
    #expect(await prompt.run("x = { port = 80, 'a\\nb' }") == .values([]))
    #expect(await prompt.run("x") == .values(["{ \"a\\nb\", port = 80 }"]))
    #expect(await prompt.run("_.port, #hosts, host") == .values(["80", "3", "web1"]))
    #expect(await prompt.run("host.vars") == .values(["{ port = 8080 }"]))
    #expect(await prompt.run("deployment.application") == .values(["\"web\""]))
    #expect(await prompt.run("local t = {} t.t = t return t") == .values(["{ t = { t = { t = { … } } } }"]))
    #expect(await prompt.run("") == .values([]))
  }

  @Test("what goes on wants more lines, and what is no Lua is refused with its line")
  func statements() async throws {
    let (prompt, _) = try Self.prompt()
    #expect(await prompt.run("for i = 1, 2 do") == .unfinished)
    #expect(await prompt.run("for i = 1, 2 do\ny = i\nend") == .values([]))
    #expect(await prompt.run("y") == .values(["2"]))
    let error = try #require(Self.error(await prompt.run("y =\n= 2")))
    #expect(error.failure.kind == .invalid && error.place == SourcePlace(file: "(line)", line: 2), "\(error)")
    #expect(await prompt.run("y") == .values(["2"]))
  }

  @Test("operations are performed one after the other or at once, told as they begin and end, and their results are shown")
  func operations() async throws {
    let (prompt, told) = try Self.prompt()
    #expect(await prompt.run("host:run('uname').status") == .values(["0"]))
    #expect(await prompt.run("host:write('/etc/x', 'hello') return host:read '/etc/x'") == .values(["\"hello\""]))
    #expect(told.events.withLock { $0 }.prefix(2) == ["web1 begins run", "web1 ended well"])
    #expect(await prompt.run("each(hosts, function(h) return h:try('x').ok end)") == .values(["{ true, true, true }", "{}"]))
    #expect(await prompt.run("within('1s', function() sleep '10m' return 5 end)") == .values(["5"]))
    #expect(await prompt.run("here:run('true').ok") == .values(["true"]))
    #expect(await prompt.run("log 'said'") == .values([]))
    #expect(told.events.withLock { $0 }.last == "info: said")
    let shown = await prompt.run("host:run 'x'")
    guard case .values(let texts) = shown else { throw Failure(.failed, "\(shown)") }
    #expect(texts.first?.contains("ok = true, status = 0") == true, "\(texts)")
  }

  @Test("answers and parameters are shown with what they have; a simulated host has no services, and a server says that all is well")
  func shown() async throws {
    let (prompt, _) = try Self.prompt()
    #expect(await prompt.run("http.get('http://localhost:1/').status") == .values(["200"]))
    guard case .values(let response) = await prompt.run("http.get 'http://localhost:1/'") else { throw Failure(.failed, "no response") }
    #expect(response.first?.hasPrefix("response { status = 200, body = \"\"") == true, "\(response)")
    guard case .values(let result) = await prompt.run("host:run 'x'") else { throw Failure(.failed, "no result") }
    #expect(result.first?.hasPrefix("result { ok = true, status = 0") == true, "\(result)")
    #expect(await prompt.run("deployment.params") == .values(["{ mode = \"d\" }"]))
    let error = try #require(Self.error(await prompt.run("host:service('state', 'shop')")))
    #expect(error.failure.fix?.contains("lander repl --host") == true, "\(error.failure)")
  }

  @Test("an error names what is wrong and leaves the prompt as it was")
  func errors() async throws {
    let (prompt, _) = try Self.prompt()
    _ = await prompt.run("x = 1")
    let cases = [
      ("hst", "there is no global hst", "did you mean"), ("host:rnu 'x'", "a host has no rnu", "did you mean run?"),
      ("host:run('x', { tiemout = 1 })", "has no field \"tiemout\"", "did you mean timeout?"), ("error 'no'", "no", ""),
      ("host:service('restart', 'a;b')", "takes the name of a unit", ""), ("require 'notify'", "require belongs to the top", ""),
      ("group 'x' { hosts = {} }", "describes a deployment", ""), ("fail 'done'", "done", ""),
    ]
    for (line, message, fix) in cases {
      let error = try #require(Self.error(await prompt.run(line)), "\(line)")
      #expect(error.failure.message.contains(message), "\(line): \(error.failure)")
      if !fix.isEmpty { #expect(error.failure.fix?.contains(fix) == true, "\(line): \(error.failure)") }
    }
    #expect(await prompt.run("x") == .values(["1"]))
  }

  @Test("the bounds of recipes hold: a loop without an end, a table without an end, and a line that is too long")
  func bounds() async throws {
    let (prompt, _) = try Self.prompt()
    #expect(Self.error(await prompt.run("while true do end")) != nil)
    #expect(Self.error(await prompt.run("local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end")) != nil)
    #expect(Self.error(await prompt.run("while true do sleep(1) end"))?.failure.message.contains("asked 100000 times") == true)
    let long = "x = '" + String(repeating: "a", count: 1 << 20) + "'"
    #expect(Self.error(await prompt.run(long))?.failure.message.contains("at most") == true)
    #expect(await prompt.run("2") == .values(["2"]))
  }

  @Test("a task that is cancelled ends its line: what is to be closed is closed, and the next line runs")
  func cancelled() async throws {
    let (prompt, _) = try Self.prompt()
    let line = """
      local guard <close> = setmetatable({}, { __close = function() closed = host:run('bin/clean').ok end })
      while true do host:run 'x' end
      """
    let task = Task { await prompt.run(line) }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    #expect(Self.error(await task.value)?.failure.kind == .cancelled)
    #expect(await prompt.run("closed") == .values(["true"]))
  }

  @Test("of functions at once the first that fails ends the others, unless all are to go on")
  func family() async throws {
    let (prompt, _) = try Self.prompt()
    let error = Self.error(
      await prompt.run("each(hosts, function(h) if h.name == 'web1' then fail 'bad' end while true do h:run 'x' end end)"))
    #expect(error?.failure.message == "bad", "\(String(describing: error))")
  }

  @Test("words are the language's, the libraries' and those of the lines before")
  func words() async throws {
    let (prompt, _) = try Self.prompt()
    _ = await prompt.run("hosting = 1")
    let found = await prompt.words("host")
    for word in ["host", "hosts", "hosting", "host:run", "host:service", "host.name"] { #expect(found.contains(word), "\(found)") }
    #expect(await prompt.words("string.up") == ["string.upper"])
    #expect(await prompt.words("nothing begins so").isEmpty)
  }
}
