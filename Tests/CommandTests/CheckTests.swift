import Testing

/// What `check` prints, and the exit codes of `check` and of the commands that refuse the same recipes. DeployDeskTests has the findings
/// themselves.
@Suite("What check finds in functions")
struct CheckTests {
  @Test("a mistake in a recipe's functions is refused by check, plan and deploy, with exit code 2 and nothing on standard output")
  func misuse() throws {
    let place = try Workplace.project(body: "on = { AfterInstall = function(host) host:rum \"x\" end },")
    for command in ["check", "plan", "deploy"] {
      try refused(place, [command], "deploy.lua:8: a host has no rum\n  → did you mean run?\n")
    }
  }

  @Test("check says what a good deploy.lua has, and warns on standard error of what hangs on a host's answer")
  func doubtful() throws {
    let place = try Workplace.project(
      body: "on = { AfterInstall = function(host) host:run(\"make -j\" .. host:run(\"nproc\").stdout:match(\"%d+\")) end },")
    let run = try place.lander("check")
    expectText(
      run.err,
      """
      warning: deploy.lua:8: hook AfterInstall was not seen beyond this line: attempt to concatenate a nil value
        → say what a rehearsal is answered: host:run("…", { rehearse = "…" })

      """)
    #expect(run.code == 0 && run.out == "deploy.lua is fine: 1 recipe, 1 group, 2 hosts.\n")
  }

  @Test("a recipe that has no end ends rehearse with exit code 2, its line and the bound")
  func endless() throws {
    let place = try Workplace.project(body: "on = { AfterInstall = function(host) while true do sleep(0) end end },")
    let run = try place.lander("rehearse")
    expectText(
      run.err,
      "deploy.lua:8: hook AfterInstall has no end here: it asked more than 10020 times\n  → let the loop end, with retry or within\n")
    #expect(run.code == 2)
  }

  @Test("log can be called by itself, as log.info")
  func log() throws {
    let place = try Workplace.project(body: "on = { AfterInstall = function(host, deployment)\nlog(\"hello %s\", host)\nend },")
    let run = try place.lander("deploy")
    #expect(run.code == 0 && run.err.contains("hello h1"), "\(run.err)")
  }
}
