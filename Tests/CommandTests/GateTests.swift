import Foundation
import Testing

/// Gates end a deployment with the exit codes that CI jobs depend on.
@Suite("Gates of the program")
struct GateTests {
  private func place(_ strategy: String) throws -> Workplace {
    try Workplace.project(body: "strategy = own {},", more: "local own = strategy \"own\" (function(rollout)\n\(strategy)\nend)")
  }

  private let canary = "local first, rest = rollout.targets:split(1)\nrollout:wave(first)\n"

  @Test("a canary whose watch finds it bad goes back, and the exit code is 17")
  func unfit() throws {
    let place = try place(
      canary + "rollout:watch { during = \"2s\", every = \"1s\", command = \"grep -q 1 version\" }\nrollout:wave(rest)")
    let good = try place.lander("deploy")
    #expect(good.code == 0, "\(good.err)")
    try place.write("2\n", to: "app/version")
    let bad = try place.lander("deploy")
    #expect(bad.code == 17, "\(bad.err)")
    #expect(bad.err.contains("Gate 1: check \"watch\": check grep -q 1 version every 1 s for 2 s on h1"), "\(bad.err)")
    #expect(bad.err.contains("the watch \"watch\" failed: h1: "), "\(bad.err)")
    #expect(try place.current("h1", "version") == "1\n" && place.current("h2", "version") == "1\n")
  }

  @Test("a rollout that is stopped on purpose leaves the other hosts, and the exit code is 14; the next deployment brings them too")
  func partial() throws {
    let place = try place(canary + "if rollout.params.all ~= true then rollout:stop \"enough\" end\nrollout:wave(rest)")
    try place.write(
      place.text("deploy.lua").replacing("api = 1,", with: "api = 1, params = { all = param.boolean { default = false } },"),
      to: "deploy.lua")
    let run = try place.lander("deploy")
    #expect(run.code == 14, "\(run.err)")
    #expect(run.err.contains("Stopped on purpose: enough; 1 host on the old revision"), "\(run.err)")
    #expect(try place.current("h1", "version") == "1\n" && !place.exists("hosts/h2/srv/app/current"))
    let rest = try place.lander("deploy", "--all")
    #expect(rest.code == 0 && place.exists("hosts/h2/srv/app/current"), "\(rest.err)")
  }

  @Test("an approval that nobody gives in time fails closed, and the exit code is 16")
  func silence() throws {
    let place = try place(canary + "rollout:approve { message = \"good?\", timeout = \"1s\" }\nrollout:wave(rest)")
    let run = try place.lander("deploy")
    #expect(run.code == 16, "\(run.err)")
    #expect(run.err.contains("gate \"approve\" failed: nobody answered within 1 s"), "\(run.err)")
    #expect(!place.exists("hosts/h1/srv/app/current") && !place.exists("hosts/h2/srv/app/current"))
  }

  @Test("without a terminal an approval is parked with exit code 13: status, history and wait say so, and approve goes on to the end")
  func parked() throws {
    let place = try place(canary + "rollout:approve { name = \"go\", message = \"good?\" }\nrollout:wave(rest)")
    let run = try place.lander("deploy")
    #expect(run.code == 13, "\(run.err)\(run.out)")
    let id = try #require(place.word(after: "Parked: deployment ", in: run.out))
    #expect(run.out.contains("→ lander approve \(id) 1  passes it") && run.out.contains("lander resume \(id)"), "\(run.out)")
    #expect(place.exists("hosts/h1/srv/app/current") && !place.exists("hosts/h2/srv/app/current"))
    let status = try place.lander("status").out
    #expect(status.contains("waits for a person since") && status.contains("Parked: deployment \(id)"), "\(status)")
    #expect(try place.lander("history").out.contains("parked, waits: go"))
    let shown = try place.lander("plan", "--connect")
    #expect(shown.code == 0 && shown.err.contains("is parked: it waits for gate 1"), "a plan says what a deployment meets: \(shown.err)")
    let wait = try place.lander("wait", id)
    #expect(wait.code == 13 && wait.err.contains("is parked"), "\(wait.err)")
    let other = try place.lander("deploy", "--force")
    #expect(other.code == 4 && other.err.contains("deployment \(id) of "), "\(other.err)")
    #expect(try place.lander("unlock", "--yes").code == 4)
    let again = try place.lander("resume", id)
    #expect(again.code == 13, "\(again.err)\(again.out)")
    let approved = try place.lander("approve", id, "--comment", "looks good")
    #expect(approved.code == 0 && approved.err.contains("(unverified): looks good"), "\(approved.err)\(approved.out)")
    #expect(place.exists("hosts/h2/srv/app/current") && !place.exists("hosts/h2/srv/app/.lander/lock"))
  }

  @Test("two people answer one gate: the second is told that it is closed, and the next gate waits for an answer of its own")
  func twice() throws {
    let place = try place(
      canary + "rollout:approve { name = \"canary\" }\nrollout:approve { name = \"billing\", timeout = \"20s\" }\nrollout:wave(rest)")
    let running = try place.start(["deploy", "--wait", "--output", "plain"])
    let deadline = Date().addingTimeInterval(60)
    while !running.everything.contains("Gate 1:"), Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
    let id = try #require(place.word(after: "Deployment ", in: running.everything))
    #expect(running.everything.contains("→ lander approve \(id) 1  passes it"), "\(running.everything)")
    let first = try place.start(["approve", id, "1"])
    let second = try place.start(["approve", id, "1"])
    #expect([first.wait(), second.wait()].sorted() == [0, 3], "\(first.everything)\(second.everything)")
    let late = try place.lander("approve", id, "canary")
    #expect(late.code == 3 && late.err.contains("the open one is 2, \"billing\""), "\(late.err)")
    #expect(!running.everything.contains("billing approved"))
    #expect(try place.lander("approve", id).code == 0 && running.wait() == 0)
  }

  @Test("traffic that a script on this machine moved is back after a watch found hosts bad")
  func traffic() throws {
    let place = try place(
      "rollout:wave(rollout.targets)\nrollout:shift { to = \"green\" }\n"
        + "rollout:watch { during = \"1s\", every = \"1s\", command = \"false\" }")
    try place.write("blue=100 green=0\n", to: "lb")
    let adapter = """
      traffic = { pools = { "blue", "green" },
        read = function()
          local blue, green = string.match(here:read "lb", "blue=(%d+) green=(%d+)")
          return { blue = tonumber(blue), green = tonumber(green) }
        end,
        weight = function(w) here:run(string.format("echo blue=%d green=%d | tee lb >>moves", w.blue, w.green)) end },
      """
    try place.write(place.text("deploy.lua").replacing("api = 1,", with: "api = 1, \(adapter)"), to: "deploy.lua")
    let run = try place.lander("deploy")
    #expect(run.code == 17, "\(run.err)")
    #expect(try place.text("moves") == "blue=0 green=100\nblue=100 green=0\n")
    #expect(run.err.contains("Traffic: blue 0 %, green 100 %"), "\(run.err)")
    #expect(!place.exists("hosts/h1/srv/app/current"))
  }
}
