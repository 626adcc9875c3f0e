import Foundation
import Testing

/// Refused before anything starts, with the place, the near match and the next step, and with exit code 2.
@Suite("What bad input gets")
struct BadInputTests {
  private func refused(
    _ place: Workplace, _ words: [String], _ expected: String, code: Int32 = 2,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try place.run(words)
    expectText(
      run.err.replacing(place.path, with: "HERE"), expected, sourceLocation: sourceLocation)
    #expect(run.code == code && run.out == "", sourceLocation: sourceLocation)
    #expect(!place.exists("hosts"), "a host was touched", sourceLocation: sourceLocation)
  }

  @Test("no deploy.lua")
  func missingFile() throws {
    try refused(
      Workplace(), ["deploy", "-C", "."],
      """
      there is no deploy.lua in HERE
        → lander init writes one for the project here; -C DIR names another folder; for a bundle with an appspec file, deploy, plan, \
      status and rollback take --appspec DIR --hosts web1,web2 instead

      """)
  }

  @Test("a folder that is not there")
  func missingFolder() throws {
    try refused(
      Workplace(), ["check", "-C", "nowhere"], "--project: there is no folder HERE/nowhere\n")
  }

  @Test("a Lua syntax error, with its line")
  func syntax() throws {
    let place = try Workplace(["deploy.lua": "group \"a\" {\n  hosts = { \"x\" \n}\n"])
    let run = try place.lander("check")
    #expect(run.err.hasPrefix("deploy.lua:") && run.code == 2, "\(run.err)")
    #expect(run.err.contains("expected"), "\(run.err)")
  }

  @Test("unknown fields, globals and wrong types, all at once, each with its line and a near match")
  func fields() throws {
    let place = try Workplace([
      "deploy.lua": """
      group "test" { hots = { "a" } }
      recipe "app" {
        api = 1,
        path = "/srv/app",
        keep = "many",
        strategy = roling { batch = 1 },
      }

      """
    ])
    let run = try place.lander("check")
    #expect(run.code == 2 && run.out == "")
    for part in [
      "deploy.lua:1: ", "did you mean hosts?", "deploy.lua:5: ", "deploy.lua:6: ", "rolling",
    ] { #expect(run.err.contains(part), "\(part) in \(run.err)") }
    #expect(run.err.contains("; nothing was started."))
  }

  @Test("an unknown recipe, group, host and parameter")
  func names() throws {
    let place = try Workplace.project(
      body: "params = { percent = param.percent { default = \"10%\" } },")
    try refused(place, ["deploy", "ap"], "there is no recipe \"ap\"\n  → did you mean \"app\"?\n")
    try refused(
      place, ["deploy", "--group", "tst"], "there is no group \"tst\"\n  → did you mean \"test\"?\n"
    )
    try refused(
      place, ["deploy", "--only", "h3"],
      "--only: no host of group \"test\" is called \"h3\"\n  → did you mean \"h1\"?\n")
    try refused(
      place, ["deploy", "--precent", "5%"],
      "unknown option --precent\n  → did you mean --percent?\n")
    try refused(
      place, ["deploy", "--gruop=test"], "unknown option --gruop\n  → did you mean --group?\n")
    try refused(
      place, ["deploy", "--param", "precent=5%"],
      "--precent: unknown parameter\n  → did you mean --percent?\n")
    try refused(
      place, ["deploy", "--percent", "lots"],
      "deploy.lua:8: --percent: \"lots\" is not a percentage such as 10%\n")
    try refused(
      place, ["deploy", "app", "web"],
      "unexpected \"web\": the recipe is \"app\" already\n  → deploy one recipe at a time\n")
    try refused(
      place, ["hosts", "tset"], "there is no group \"tset\"\n  → did you mean \"test\"?\n")
  }

  @Test("a parameter that must be given, and is not")
  func required() throws {
    let place = try Workplace.project(
      body: "params = { version = param.string { help = \"which\" } },")
    try refused(place, ["deploy"], "deploy.lua:8: --version: this parameter has to be given (a text)\n")
  }

  @Test("a group without hosts, and one host twice")
  func hosts() throws {
    let empty = try Workplace([
      "deploy.lua":
        "group \"none\" { hosts = {} }\nrecipe \"app\" { api = 1, path = \"/srv/app\", targets = group \"none\" }\n"
    ])
    let run = try empty.lander("deploy")
    #expect(run.code == 2 && run.err.contains("deploy.lua:1"), "\(run.err)")
    let twice = try Workplace([
      "deploy.lua":
        "group \"two\" {\n  hosts = { \"a\", \"a\" } }\nrecipe \"app\" { api = 1, path = \"/srv/app\" }\n"
    ])
    let other = try twice.lander("check")
    #expect(
      other.code == 2 && other.err.contains("\"a\"") && other.err.contains("deploy.lua:"),
      "\(other.err)")
  }

  @Test("a bundle's folder that is not there, with the one that was meant")
  func missingBundle() throws {
    let place = try Workplace.project()
    try FileManager.default.moveItem(
      at: place.folder.appending(path: "app"), to: place.folder.appending(path: "apps"))
    try refused(
      place, ["deploy"],
      "deploy.lua:5: the bundle's source \"app\" is not there\n  → did you mean \"apps\"?\n")
  }

  @Test("a build that fails, with what it said")
  func failingBuild() throws {
    let place = try Workplace.project(
      body: "revision = bundle { from = \"app\", build = \"echo no compiler >&2; exit 3\" },")
    let text = try place.text("deploy.lua").replacing(
      "  revision = bundle { from = \"app\" },\n", with: "")
    try place.write(text, to: "deploy.lua")
    let run = try place.lander("deploy")
    #expect(run.code == 2 && run.out == "")
    for part in [
      "| no compiler",
      "deploy.lua:7: the build command `echo no compiler >&2; exit 3` ended with status 3",
      "→ run it in",
    ] {
      #expect(run.err.contains(part), "\(part) in \(run.err)")
    }
  }

  @Test("an empty bundle, and a file that cannot be read")
  func emptyBundle() throws {
    let place = try Workplace.project()
    for file in ["app/version", "app/index.html"] {
      try FileManager.default.removeItem(at: place.folder.appending(path: file))
    }
    let run = try place.lander("deploy")
    #expect(
      run.code == 2 && run.err.contains("deploy.lua:5") && run.err.contains("empty"), "\(run.err)")
  }

  @Test("a secret that nobody has")
  func missingSecret() throws {
    let place = try Workplace.project(
      body:
        "on = { AfterInstall = function(host) host:run(\"true\", { env = { TOKEN = secret \"LANDER_TEST_TOKEN\" } }) end },"
    )
    let run = try place.lander("deploy")
    #expect(run.code == 2 && !place.exists("hosts"))
    #expect(
      run.err.contains(
        "LANDER_TEST_TOKEN: nobody has the secret LANDER_TEST_TOKEN: asked were the environment"),
      "\(run.err)")
  }

  @Test("a secret too short to be kept out of output is refused before anything starts")
  func shortSecret() throws {
    let place = try Workplace.project(
      body:
        "on = { AfterInstall = function(host) host:run(\"true\", { env = { TOKEN = secret \"LANDER_TEST_TOKEN\" } }) end },"
    )
    let run = try place.lander("deploy", environment: ["LANDER_TEST_TOKEN": "abc"])
    #expect(run.code == 2 && !place.exists("hosts") && run.err.contains("fewer than 6"), "\(run.err)")
  }

  @Test("a hook script with Windows line ends is named as what it is")
  func carriageReturns() throws {
    let place = try Workplace.project(
      body: "on = { AfterInstall = function(host) host:run \"./bin/after.sh now\" end },")
    try place.write("#!/bin/sh\r\necho hello\r\n", to: "app/bin/after.sh", mode: 0o755)
    let run = try place.lander("deploy")
    #expect(run.code == 2 && !place.exists("hosts"))
    #expect(run.err.contains("bin/after.sh: the script has Windows line ends (CRLF)"), "\(run.err)")
    #expect(run.err.contains("→ convert it: sed -i 's/\\r$//' bin/after.sh"))
  }

  @Test("an unreachable host is named with its cause, and exits with 20")
  func unreachable() throws {
    let place = try Workplace([
      "app/version": "1\n",
      "deploy.lua": """
      group "test" { hosts = { host "gone" { address = "127.0.0.1", port = 1, user = "nobody" } } }
      recipe "app" { api = 1, path = "/srv/app", targets = group "test", revision = bundle { from = "app" } }

      """,
    ])
    let run = try place.lander("deploy")
    #expect(run.code == 20, "\(run.err)")
    #expect(
      run.err.contains("gone: ") && run.err.lowercased().contains("refused")
        && run.err.contains("→ "), "\(run.err)")
  }

  @Test("a state folder that a newer lander wrote")
  func newerState() throws {
    let place = try Workplace.project(files: [".lander/version": "99\n"])
    let run = try place.lander("deploy")
    #expect(run.code == 3 && !place.exists("hosts"))
    #expect(
      run.err.contains("was written by a newer lander (layout 99; this one knows 1)"), "\(run.err)")
    #expect(
      run.err.contains("→ update lander on this machine, or name another folder with --state"))
  }
}
