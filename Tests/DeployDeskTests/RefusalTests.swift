import DeployModel
import Testing

@testable import DeployDesk

/// Tests that mistakes in a `deploy.lua` are refused before anything starts, with the line, a near match and the next step.
struct RefusalTests {
  @Test(
    "a Lua syntax error, with its line and what usually helps",
    arguments: [
      (
        "group \"a\" {\n  hosts = { \"x\" \n}\n",
        """
        deploy.lua:4: '}' expected (to close '{' at line 1) near <eof>
          → what begins with { on line 1 is not closed before this line

        """
      ),
      (
        "group \"a\" { hosts = { \"x }\n}\n",
        "deploy.lua:1: unfinished string near '\"x }'\n  → close the quotes on the same line; [[ … ]] holds longer strings\n"
      ),
      (
        "recipe \"b\" { path = \"/x\" keep = 1 }\n",
        """
        deploy.lua:1: '}' expected near 'keep'
          → look at the end of the line before, too: a comma, a quote, then, do or end may be missing there

        """
      ),
      (
        "local x =\n",
        "deploy.lua:2: unexpected symbol near <eof>\n  → the file ends too early: something above wants an end, a } or a )\n"
      ),
    ])
  func syntax(_ text: String, _ expected: String) async throws {
    try await refused(BenchProject(text: text), ["check"], expected)
  }

  @Test("unknown fields, globals and wrong types, all at once, each with its line and a near match")
  func fields() async throws {
    let place = BenchProject(
      text: """
        group "test" { hots = { "a" } }
        recipe "app" {
          api = 1,
          path = "/srv/app",
          keep = "many",
          strategy = roling { batch = 1 },
          params = { mode = param.choice { choices = { "a" }, default = "a" } },
        }

        """)
    try await refused(
      place, ["check"],
      """
      deploy.lua:1: group "test" has no field "hots"
        → did you mean hosts?
      deploy.lua:1: group "test" needs hosts
        → names, ranges such as web[01-24], or host "name" { … }
      deploy.lua:5: keep of recipe "app" must be a whole number from 1, got "many"
      deploy.lua:6: there is no global roling
        → did you mean rolling?
      deploy.lua:7: param.choice has no field "choices"
        → it has default, help
      deploy.lua:7: param.choice needs its choices: { "a", "b", default = "a" }

      6 problems; nothing was started.

      """)
  }

  @Test("a name in a hook that nothing has is found without a host, by check, plan and deploy")
  func misnamed() async throws {
    let place = BenchProject(body: "on = { AfterInstall = function(host) host:rnu \"true\" end },")
    let text = "deploy.lua:8: a host has no rnu\n  → did you mean run?\n"
    try await refused(place, ["check"], text)
    try await refused(place, ["plan"], text)
    try await refused(place, ["deploy"], text)
    let other = BenchProject(body: "on = { AfterInstall = function(host, deployment) log.info(deployment.colour) end },")
    try await refused(
      other, ["check"],
      """
      deploy.lua:8: a deployment has no colour
        → there are \(deploymentFields)

      """)
    let fine = BenchProject(
      body: """
        params = { version = param.string { help = "which" } },
        on = { AfterInstall = function(host) local n = host:run("cat n").stdout:match("%d+"); host:run("echo " .. n) end },
        """)
    _ = try await fine.check()
  }

  @Test("a parameter that must be given, and is not")
  func required() async throws {
    let place = BenchProject(
      body: "params = { version = param.string { help = \"which\" } },")
    try await refused(place, ["deploy"], "deploy.lua:8: --version: this parameter has to be given (a string)\n")
  }

  @Test("a group without hosts, one host twice, and two hosts that are one place")
  func hosts() async throws {
    func project(_ hosts: String) -> BenchProject {
      BenchProject(
        text: """
          group "test" { hosts = { \(hosts) } }
          recipe "app" { api = 1, path = "/srv/app", targets = group "test", revision = bundle { from = "app" } }

          """)
    }
    for command in ["check", "deploy"] {
      try await refused(
        project(""), [command], "deploy.lua:1: there is no host in the list\n  → name some: hosts = { \"web1\", \"web2\" }\n")
      try await refused(project("\"a\", \"b\", \"a\""), [command], "deploy.lua:1: host \"a\" is listed twice\n  → list it once\n")
      try await refused(
        project("host \"a\" { address = \"x\" }, host \"b\" { address = \"x\" }"), [command],
        "deploy.lua:2: b: it is the same place as host a: /srv/app\n  → give each host an address, a port or a root of its own\n")
    }
  }
}
