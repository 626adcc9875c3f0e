import DeployLua
import DeployModel
import Testing

/// The advice for a call that is only allowed while functions run.
private let move = "move it into a hook (on = { … = function(host) … end }) or into run = function(deployment) … end of a stage"

@Suite struct ProblemTests {
  @Test("all problems of a file come at once, each at its own line with what to do")
  func allAtOnce() {
    let found = problems(
      """
      configuration "careful" { flor = "75%", budget = { faild = 1 } }

      group "production" {
        hosts = { "web1", "web1", "web[3-1]", 7 },
        tags = { role = function() end },
      }

      recipe "web" {
        pth = "/srv/shop",
        keep = "five",
        reuse = "symlink",
        targets = group "prodution",
        configuration = "carefull",
        revision = bundle { form = "dist" },
        params = {
          percent = param.percent { default = "200%" },
          tier = param.choice { "gold", "silver", default = "gol" },
          color = "red",
        },
        stages = {
          stage.uplaod,
          stage "migrate" { when = true },
        },
        on = {
          AplicationStart = function() end,
          Install = function() end,
          ValidateService = function(host) host:run(comand) end,
        },
      }
      total = 1
      """)
    let expected = """
      deploy.lua:1: configuration "careful" has no field "flor"; did you mean floor?
      deploy.lua:1: budget of configuration "careful" has no field "faild"; did you mean failed?
      deploy.lua:4: host "web1" is listed twice; list it once
      deploy.lua:4: the range in "web[3-1]" must go up, by at most 10,000; did you mean "web[1-3]"?
      deploy.lua:4: a host is a name or host "name" { … }, got 7
      deploy.lua:5: tags of group "production" must be a table of plain values { name = value }, got a table
      deploy.lua:8: recipe "web" needs path, where releases live on hosts; path = "/srv/web"
      deploy.lua:9: recipe "web" has no field "pth"; did you mean path?
      deploy.lua:10: keep of recipe "web" must be a whole number from 1, got "five"
      deploy.lua:11: reuse of recipe "web" must be "copy" or "link", got "symlink"
      deploy.lua:12: there is no group "prodution"; did you mean "production"?
      deploy.lua:13: there is no configuration "carefull"; did you mean "careful"?
      deploy.lua:14: bundle has no field "form"; did you mean from?
      deploy.lua:14: bundle needs from (a folder or an archive) or git (a branch, tag or commit)
      deploy.lua:16: default of param.percent must be a share such as "5%", got "200%"
      deploy.lua:17: default of param.choice must be "gold" or "silver", got "gol"
      deploy.lua:18: parameter "color" must be a param such as param.boolean { default = true }, got "red"
      deploy.lua:21: stage has no uplaod; did you mean stage.upload?
      deploy.lua:22: when of stage "migrate" must be a function, got true
      deploy.lua:22: stage "migrate" needs run; function(deployment), or function(host, deployment) if on is "host" or a group
      deploy.lua:25: there is no lifecycle event "AplicationStart"; did you mean ApplicationStart?
      deploy.lua:26: Install is done by the engine itself and takes no hook; use BeforeInstall or AfterInstall
      deploy.lua:27: there is no global comand
      deploy.lua:30: total is not local; write: local total = …
      """
    #expect(found.joined(separator: "\n") == expected)
  }

  @Test(
    "one problem, in words",
    arguments: [
      (
        "recipe \"web\" {\n  path = \"/srv\",,\n}",
        "deploy.lua:2: unexpected symbol near ','; "
          + "look at the end of the line before, too: a comma, a quote, then, do or end may be missing there"
      ),
      (
        "recipe \"web\"",
        "deploy.lua:1: recipe \"web\" has a name and nothing else; a table { … } belongs after it"
      ),
      (
        "recipe {}",
        ""
      ),
      (
        "recipe(1)",
        "deploy.lua:1: a recipe's name is made of letters, digits, '.', '_' and '-', got 1"
      ),
      (
        "recipe \"a\" { path = '/a' }\nrecipe \"a\" { path = '/b' }",
        "deploy.lua:2: recipe \"a\" is defined twice; the first one is in deploy.lua:1"
      ),
      (
        "local x = nil\nx.y = 1",
        "deploy.lua:2: attempt to index a nil value (local 'x')"
      ),
      (
        "error 'my own words'",
        "deploy.lua:1: my own words"
      ),
      (
        "fail('my %s words', 'own')",
        "deploy.lua:1: my own words"
      ),
      (
        "here:run 'date'",
        "deploy.lua:1: here:run exists only while a deployment runs; \(move)"
      ),
      (
        "each({}, print)",
        "deploy.lua:1: each exists only while a deployment runs; \(move)"
      ),
      (
        "log.info 'x'",
        "deploy.lua:1: log.info exists only while a deployment runs; \(move)"
      ),
      (
        "require 'slak'",
        "deploy.lua:1: there is no plugin \"slak\": plugins/slak/init.lua is neither in the project nor among "
          + "the shipped ones; lander plugin add SOURCE brings a plugin from a git repository or a folder; lander plugin new slak "
          + "writes a new one"
      ),
      (
        "require '../x'",
        "deploy.lua:1: require takes a plugin's name, recipes.name, or ./file inside a plugin; got \"../x\""
      ),
      (
        "require './x'",
        "deploy.lua:1: require \"./…\" reaches files of the same plugin, and this is none"
      ),
      (
        "require 'recipes.nothing'",
        "deploy.lua:1: there is no recipe \"recipes.nothing\": recipes/nothing.lua is neither in the project nor among the shipped ones"
      ),
      (
        "require 'static_site'",
        "deploy.lua:1: there is no plugin \"static_site\": plugins/static_site/init.lua is neither in the pro"
          + "ject nor among the shipped ones; did you mean require \"recipes.static_site\"?"
      ),
      (
        "recipe \"a\" { path = '/a', api = 2 }",
        "deploy.lua:1: recipe \"a\" needs API 2, this lander has 1; install a newer lander"
      ),
      (
        "recipe \"a\" { path = '/a', strategy = rolling { bach = 1 } }",
        "deploy.lua:1: rolling: there is no option \"bach\"; did you mean \"batch\"?"
      ),
      (
        "recipe \"a\" { path = '/a', strategy = rolling { batch = 'x' } }",
        "deploy.lua:1: rolling: option \"batch\" must be a count such as 2 or a share such as \"25%\", got \"x\""
      ),
      (
        "recipe \"a\" { path = '/a', strategy = 'rolling' }",
        "deploy.lua:1: strategy of recipe \"a\" must be a strategy such as rolling { batch = \"25%\" }, "
          + "got \"rolling\"; write it without quotes: strategy = rolling {}"
      ),
      (
        "recipe \"a\" { path = '/a', base = 1 }",
        "deploy.lua:1: base of recipe \"a\" must be a recipe to build upon, such as static_site { … }, or a list of them, got 1"
      ),
      (
        "recipe \"a\" { path = '/a', targets = { 'web1', 'web1' } }",
        "deploy.lua:1: host \"web1\" is listed twice; list it once"
      ),
      (
        "group \"a\" { hosts = { host \"b\" { transport = 'docker' } } }",
        "deploy.lua:1: host \"b\": there is no transport \"docker\"; there are ssh, local"
      ),
      (
        "transport \"t\" (function(host) return host.nam .. 'x' end)\ngroup \"a\" { hosts = { 'b' }, transport = 't' }",
        "deploy.lua:1: transport \"t\" gave no argv for host \"b\": deploy.lua:1: attempt to concatenate a ni"
          + "l value (field 'nam'); it returns a list such as { \"docker\", \"exec\", \"-i\", name, \"sh\" }"
      ),
      (
        "group \"a\" { hosts = { 'b' }, transport = 'ssh2' }",
        "deploy.lua:1: host \"b\": there is no transport \"ssh2\"; did you mean \"ssh\"?"
      ),
      (
        "group \"a\" {}",
        "deploy.lua:1: group \"a\" needs hosts; names, ranges such as web[01-24], or host \"name\" { … }"
      ),
      (
        "group \"a\" { hosts = {} }",
        "deploy.lua:1: there is no host in the list; name some: hosts = { \"web1\", \"web2\" }"
      ),
      (
        "recipe \"a\" { path = '/a', configuration = 'CodeDeployDefault.OneAtTime' }",
        "deploy.lua:1: there is no configuration \"CodeDeployDefault.OneAtTime\"; did you mean \"CodeDeployDefault.OneAtATime\"?"
      ),
      (
        "group \"w\" { hosts = { host(\"a\", { user = \"x\" }) } }",
        "deploy.lua:1: host takes one argument, and its table follows; write host \"web1\" { address = … }"
      ),
      (
        "local a = bundle(\"dist\", { build = \"make\" })",
        "deploy.lua:1: bundle takes one argument, and its table follows; write bundle { from = \"dist\", build = … }"
      ),
      (
        "local a = group(\"g\", { hosts = { \"a\" } })",
        "deploy.lua:1: group takes one argument, and its table follows; write group \"web\" { hosts = { … } }"
      ),
      (
        "configuration \"a\" { budget = 3 }",
        "deploy.lua:1: budget of configuration \"a\" must be a table { … }, got 3; as in budget = { failed = 1, unreachable = \"2%\" }"
      ),
      (
        "return os.getenv 'HOME'",
        "deploy.lua:1: there is no global os; lander's own words reach hosts and files"
      ),
      (
        "recipe \"a\" { path = '/a', on = { ValidateService = 'true' } }",
        "deploy.lua:1: ValidateService must be a function, or a list of functions, got \"true\""
      ),
      (
        "while true do end",
        "deploy.lua:1: it computed for too long without waiting for anything; is there a loop that does not end?"
      ),
      (
        "host:run 'x'",
        "deploy.lua:1: host:run exists only while a deployment runs: this host is a definition; hooks get the"
          + " host they act on: on = { ApplicationStart = function(host) … end }"
      ),
      (
        "local static_site = require 'recipes.static_site'\nrecipe \"s\" {\n  base = static_site {\n    from "
          + "= 'dist',\n    pth = '/x',\n  },\n}",
        "deploy.lua:3: static_site: option \"path\" is needed: the absolute path of the folder on hosts that contains the releases"
          + "\ndeploy.lua:5: static_site: there is no option \"pth\"; did you mean \"path\"?"
      ),
      (
        "local http_check = require 'http_check'\nhttp_check {\n  url = 'localhost',\n}",
        "deploy.lua:3: http_check: option \"url\" must be a URL such as \"http://localhost:8080/ready\", got \"localhost\""
      ),
    ])
  func one(main: String, expected: String) {
    #expect(problems(main).joined(separator: "\n") == expected)
  }

  @Test("a name that is too long, and a first line for a shell, are refused in words of the recipe's author")
  func firstLines() {
    let name = String(repeating: "x", count: 201)
    #expect(problems("recipe \"\(name)\" { path = \"/srv/x\" }")[0] == "deploy.lua:1: a recipe's name has at most 200 bytes, got 201")
    #expect(
      problems("#!/usr/bin/env lander\nrecipe \"x\" { path = \"/srv/x\" }") == [
        "deploy.lua:1: the first line names a program that would run this file, and Lander reads it itself; "
          + "remove the line that begins with #!"
      ])
  }

  @Test("memory that a file uses up while it is read is told as that, with its line")
  func noMemory() throws {
    let found = problems("local t = {}\nfor i = 1, 100000000 do t[i] = { i } end\nrecipe \"web\" { path = \"/srv/web\" }")
    #expect(found.count == 1 && found[0].hasPrefix("deploy.lua:2: not enough memory"), "\(found)")
    #expect(found.first?.contains("too deeply") == false)
  }

  @Test("functions that call each other without an end are told in words of the recipe's author, however they call")
  func tooDeep() {
    let unpack = "local t = {} for i = 1, 10000 do t[i] = i end\nlocal function f(...) return 1 + f(table.unpack(t, 1, 10000)) end f()"
    for source in ["local function f() f() end f()", unpack] {
      let found = problems(source)
      #expect(found.count == 1 && !found[0].contains("rawget") && !found[0].contains("prelude"), "\(found)")
      #expect(found.first?.contains("stack overflow: calls are nested too deeply") == true, "\(found)")
    }
  }
}
