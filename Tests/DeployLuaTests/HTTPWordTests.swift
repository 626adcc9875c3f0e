import DeployCore
import DeployLua
import DeployModel
import Testing

@Suite("http.get and http.post in recipes")
struct HTTPWordTests {
  private func play(
    _ body: String, _ answer: (HTTPRequest) -> Outcome = { _ in .done(HTTPResponse(status: 200).value) }
  ) throws -> (result: ScriptResult, asked: [HTTPRequest], requests: [Request]) {
    let rig = try Rig(recipe(body))
    var asked: [HTTPRequest] = []
    let run = rig.run(try rig.hook(.validateService), on: .host(0)) { place, operation in
      guard case .http(let request) = operation, place == .engine else { return .done() }
      asked.append(request)
      return answer(request)
    }
    return (run.result, asked, run.requests)
  }

  private func message(
    _ body: String, _ answer: (HTTPRequest) -> Outcome = { _ in .done(HTTPResponse(status: 200).value) }
  ) throws
    -> String
  {
    try #require(try play(body, answer).result.error?.failure.message, "\(body)")
  }

  @Test("a request has what the recipe says, in one spelling, and its answer is a response")
  func requests() throws {
    let run = try play(
      """
      local answer = http.get("HTTPS://API.Example.com.:443/a/b?q=1", { headers = { ["X-A"] = "b", ["X-B"] = secret "T" }, limit = 10 })
      http.post("http://[FD77::0011]:8080", { json = { b = 1, a = "x" }, on_lost = "repeat" })
      http.post(secret.format("https://hooks.example.com/%s", secret "HOOK"), { body = secret "T", ca = "certs/ca.pem" })
      return answer.status .. answer.body .. answer.type .. answer.url .. answer:json().ok
      """
    ) { _ in .done(HTTPResponse(status: 200, body: "{\"ok\": 7}", type: "application/json").value) }
    #expect(run.result == .returned("200{\"ok\": 7}application/jsonhttps://api.example.com/a/b?q=17"))
    let secretT = Text(pieces: [.secret(name: "T")])
    let type = { (name: String) in [HTTPRequest.Header("Content-Type", Text(name))] }
    #expect(
      run.asked == [
        HTTPRequest(.get, "https://api.example.com/a/b?q=1", headers: [.init("X-A", "b"), .init("X-B", secretT)], limit: 10),
        HTTPRequest(
          .post, "http://[fd77:0:0:0:0:0:0:11]:8080/", headers: type("application/json"), body: "{\"a\":\"x\",\"b\":1}", onLost: .repeat),
        HTTPRequest(
          .post, Text(pieces: [.literal("https://hooks.example.com/"), .secret(name: "HOOK")]), headers: type("text/plain; charset=utf-8"),
          body: secretT, authority: "certs/ca.pem"),
      ])
    guard case .perform(_, _, let timeout)? = run.requests.first else { return #expect(Bool(false)) }
    #expect(timeout == .seconds(30))
  }

  @Test(
    "a URL that a server and a reader could take for two things is refused, with the reason",
    arguments: [
      ("ftp://x/", "does not begin with http"), ("https:///x", "names no host"), ("https://me:pw@x/", "a user before its host name"),
      ("https://x/a/../b", "a part . or .."), ("https://x/a/%2E%2e/b", "a part . or .."), ("https://x/a/..%2fb", "a part . or .."),
      ("https://x:0/", "no port"), ("https://x:65536/", "no port"), ("https://x:08/", "no port"), ("https://x:/", "no port"),
      ("https://x..y/", "not the name of a host"), ("https://%61pi/", "not the name of a host"), ("https://[::1%25lo]/", "no IPv6 address"),
      ("https://[::ffff:1.2.3.4]/", "no IPv6 address"), ("https://x/#a", "never sent"), ("https://x/a b", "a URL cannot have"),
      ("https://x/\\n", "a URL cannot have"), ("https://ex\\u{e4}mple/", "a URL cannot have"),
      ("https://x\\\\@y/", "a URL cannot have"),
    ])
  func refused(url: String, reason: String) throws {
    #expect(try message("http.get \"\(url)\"").contains(reason))
  }

  @Test("what else cannot be sent is refused with the word's name")
  func mistakes() throws {
    for (code, reason) in [
      ("http.get(7)", "takes a URL"), ("http.get(secret 'U')", "only after the host name"),
      ("http.get(secret.format('https://%s/x', secret 'U'))", "only after the host name"),
      ("http.get('https://x', { header = {} })", "has no field \"header\""),
      ("http.get('https://x', { headers = { ['A B'] = 'c' } })", "no name of a header"),
      ("http.get('https://x', { headers = { Host = 'c' } })", "by Lander itself"),
      ("http.get('https://x', { headers = { A = 'c\\r\\nB: d' } })", "a control character"),
      ("http.get('https://x', { limit = 200000 })", "at most 196608"), ("http.get('https://x', { redirects = 11 })", "at most 10"),
      ("http.get('https://x', { retry = { times = 101 } })", "at most 100"), ("http.get('https://x', { body = 'x' })", "no field \"body\""),
      ("http.post('https://x', { body = 'x', json = 1 })", "not both"), ("http.post('https://x', { body = 'a\\0b' })", "zero byte"),
      ("http.put 'https://x'", "http has no put"), ("local _ = http.get('https://x').satus", "a response has no satus"),
      ("http.get('https://x'):json()", "its body is empty"),
    ] {
      let said = try message(code)
      #expect(said.contains(reason), "\(code): \(said)")
    }
  }

  @Test("a status that is not good is an error with the beginning of the body, and a good one is what the recipe says")
  func statuses() throws {
    let answer = { (_: HTTPRequest) in Outcome.done(HTTPResponse(status: 503, body: "db is\n  down\n").value) }
    let error = try #require(try play("http.get 'https://x/'", answer).result.error?.failure)
    #expect(error.kind == .unhealthy && error.message == "GET https://x/: status 503: db is down", "\(error)")
    #expect(try play("return http.get('https://x/', { status = { 200, 503 } }).status", answer).result == .returned(503))
    let post = try message("http.post 'https://x/'") { _ in .done(HTTPResponse(status: 302, redirect: "https://y/").value) }
    #expect(post == "POST https://x/: status 302, which leads to https://y/")
    let hidden = "http.get(secret.format('https://x/%s', secret 'T'))"
    #expect(try message(hidden, answer).hasPrefix("GET https://x/<secret T>: status 503"))
  }

  @Test("redirects are followed up to their number, another server gets no header, and none leads out of https")
  func redirects() throws {
    let to = { (target: String) in Outcome.done(HTTPResponse(status: 302, redirect: target).value) }
    let hops = try play("return http.get('https://x/a', { headers = { Authorization = secret 'T' } }).url") { request in
      switch "\(request.url)" {
      case "https://x/a": to("https://x:443/b")
      case "https://x/b": to("https://y/c")
      default: .done(HTTPResponse(status: 200).value)
      }
    }
    #expect(hops.result == .returned("https://y/c"))
    #expect(hops.asked.map(\.headers.count) == [1, 1, 0])
    let endless = try message("http.get('https://x/', { redirects = 3 })") { _ in to("https://x/") }
    #expect(endless == "GET https://x/: more than 3 redirects, the last to https://x/")
    #expect(try message("http.get 'https://x/'") { _ in to("http://x/") }.contains("which is not encrypted"))
    #expect(try message("http.get 'https://x/'") { _ in to("https://u@x/") }.contains("cannot be asked"))
    #expect(try message("http.get('https://x/', { redirects = 0 })") { _ in to("https://x/b") }.hasSuffix("leads to https://x/b"))
  }

  @Test("an attempt is made again only if no answer came or the server was in trouble, and as often as it says")
  func retries() throws {
    let none = { (_: HTTPRequest) in Outcome.failed(.transport, "no route") }
    for (count, code, answer) in [
      (1, "http.get 'https://x/'", none), (3, "http.get('https://x/', { retry = { times = 3 } })", none),
      (4, "http.post('https://x/', { retry = { times = 4, every = '1s' } })", { _ in .done(HTTPResponse(status: 429).value) }),
      (1, "http.get('https://x/', { retry = { times = 3 } })", { _ in .done(HTTPResponse(status: 404).value) }),
    ] as [(Int, String, (HTTPRequest) -> Outcome)] {
      let run = try play(code, answer)
      #expect(run.asked.count == count && run.result.error != nil, "\(code)")
    }
  }
}

/// Which servers a plugin may send requests to.
@Suite struct HTTPCapabilityTests {
  private func refusal(_ granted: String, _ call: String, _ answer: HTTPResponse = HTTPResponse(status: 200)) throws -> Failure? {
    let plugin = Foreign(capabilities: [granted], code: "return function(host, deployment) \(call) end", allow: [granted])
    let project = try plugin.load("recipe 'shop' { path = '/srv/shop', on = { ValidateService = require 'chat' } }")
    let recipe = try #require(project.project.recipes.first)
    let plan = Rig.plan(of: recipe, hosts: 1)
    let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [project.sources]))
    return rig.run(try rig.hook(.validateService), on: .host(0)) { _, _ in .done(answer.value) }.result.error?.failure
  }

  @Test("a grant covers its machine, its port or those of http and https, and its method or both, in one spelling")
  func covers() throws {
    for (granted, call, isCovered) in [
      ("http:x.org", "http.get 'https://x.org/a'", true), ("http:x.org", "http.post 'http://X.ORG./a'", true),
      ("http:x.org", "http.get 'https://x.org:8443/'", false), ("http:x.org:8443", "http.get 'https://x.org:8443/'", true),
      ("http:x.org:8443", "http.get 'https://x.org/'", false), ("http:x.org/GET", "http.post 'https://x.org/'", false),
      ("http:x.org/GET", "http.get 'https://x.org/'", true), ("http:x.org/POST", "http.get 'https://x.org/'", false),
      ("http:x.org", "http.get 'https://a.x.org/'", false), ("http:x.org", "http.get 'https://x.org.evil/'", false),
      ("http:[fd77:0:0:0:0:0:0:1]:80/GET", "http.get 'http://[FD77::1]/'", true), ("http:127.0.0.1", "http.get 'http://127.1/'", false),
      ("http:*/GET", "http.get 'https://x.org:8443/'", true), ("http:*/GET", "http.post 'https://x.org/'", false),
    ] {
      let failure = try refusal(granted, call)
      #expect((failure == nil) == isCovered, "\(granted) \(call): \(failure?.message ?? "")")
    }
    let failure = try #require(try refusal("http:x.org", "http.post 'https://y.org/'"))
    #expect(failure.message == "plugin \"chat\" needs \"http:y.org:443/POST\" for http.post, and its plugin.lua does not ask for it")
  }

  @Test("a redirect does not leave the grant, and certificates need one of their own")
  func edges() throws {
    let away = HTTPResponse(status: 302, redirect: "https://evil.org/x")
    let failure = try #require(try refusal("http:x.org", "http.get 'https://x.org/'", away))
    #expect(failure.message.contains("\"http:evil.org:443/GET\" for http.get, redirected to https://evil.org"), "\(failure)")
    #expect(try refusal("http:x.org", "http.get('https://x.org/', { ca = 'k' })")?.message.contains("local.read:k") == true)
    #expect(try refusal("host.run", "http.get 'https://x.org/'")?.message.contains("http:x.org:443/GET") == true)
  }

  @Test(
    "a capability that names a server in two ways, or none, is refused with the way to write it",
    arguments: [
      ("http", "does not say which one"), ("http:", "names nothing"), ("http:X.org", "it is written x.org"),
      ("http:x.org.", "written x.org"),
      ("http:u@x.org", "not the name of a host"), ("http:*.x.org", "not the name of a host"), ("http:x.org/PUT", "neither GET nor POST"),
      ("http:x.org:99999", "no port"), ("http:x.org:080", "no port"), ("http:[::1]", "it is written [0:0:0:0:0:0:0:1]"),
      ("http:x.org/../y", "names nothing"), ("http:https://x.org", "neither GET nor POST"),
    ])
  func spelled(capability: String, reason: String) {
    let found = Foreign(capabilities: [capability], code: "return {}").problems("require 'chat'")
    #expect(found.count == 1 && found[0].contains(reason), "\(found)")
  }
}
