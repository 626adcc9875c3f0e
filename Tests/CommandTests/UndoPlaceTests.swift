import Foundation
import Testing

/// The undo of a stage runs in the folder of the release that the stage ran for, because that release has the programs for it.
@Suite("Undo in its own release")
struct UndoPlaceTests {
  /// Returns a project whose releases each contain their own `bin/migrate`.
  private func place() throws -> Workplace {
    let place = try Workplace.project()
    let body = """
      stages = { stage.upload, stage "migrate" { once = "revision", on = "host",
        run = function(host) host:run "bin/migrate --up" end,
        undo = function(host, deployment)
          host:run("bin/migrate --down")
          host:run("echo in $LANDER_RELEASE, path " .. host.release_path .. ", deployment " .. deployment.release
            .. " >>\(place.path)/where")
        end }, stage.rollout },
      on = { ValidateService = function(host) host:run "test ! -e bad" end },
      """
    try place.write(Recipes.local(place.path, body: body), to: "deploy.lua")
    try version(1, place)
    return place
  }

  private func version(_ number: Int, _ place: Workplace) throws {
    try place.write("\(number)\n", to: "app/version")
    try place.write("#!/bin/sh\necho \"$1 of \(number)\" >>\(place.path)/ledger\n", to: "app/bin/migrate")
    chmod(place.path + "/app/bin/migrate", 0o755)
  }

  private func release(_ host: String, _ place: Workplace) throws -> String {
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(place.path)/hosts/\(host)/srv/app/current")
    return String(link.split(separator: "/").last ?? "")
  }

  @Test("a rollback undoes the stage by the program of the release that it ran for")
  func byHand() throws {
    let place = try place()
    #expect(try place.lander("deploy").code == 0)
    try version(2, place)
    #expect(try place.lander("deploy").code == 0)
    let newer = try release("h1", place)
    let running = try place.lander("rollback", "--to", newer)
    #expect(running.code == 0 && running.everything.contains("2 hosts, which stay at revision "), "\(running)")
    let back = try place.lander("rollback")
    #expect(back.code == 0, "\(back)")
    #expect(try place.text("ledger") == "--up of 1\n--up of 2\n--down of 2\n")
    let root = "\(place.path)/hosts/h1/srv/app/releases"
    #expect(try place.text("where") == "in \(newer), path \(root)/\(newer), deployment \(newer)\n")
    #expect(try place.current("h1", "version") == "1\n" && place.current("h2", "version") == "1\n")
  }

  @Test("so does the way back of a failed deployment, also of the first one, on a host that restored itself")
  func automatic() throws {
    let place = try place()
    try place.write("", to: "app/bad")
    let first = try place.lander("deploy")
    #expect(first.code == 10, "\(first)")
    #expect(try place.text("ledger") == "--up of 1\n--down of 1\n")
    try FileManager.default.removeItem(atPath: place.path + "/app/bad")
    #expect(try place.lander("deploy").code == 0)
    try version(2, place)
    try place.write("", to: "app/bad")
    let second = try place.lander("deploy")
    #expect(second.code == 10, "\(second)")
    #expect(try place.text("ledger") == "--up of 1\n--down of 1\n--up of 1\n--up of 2\n--down of 2\n")
    #expect(try place.current("h1", "version") == "1\n")
    // The failed release was kept for the undo. After the undo, the next deployments remove it like any other release.
    let kept = try place.lander("releases")
    #expect(kept.code == 0 && kept.out.contains(" bad ") && !kept.out.contains("unknown"), "\(kept)")
  }

  @Test("a rollback runs an undo on a host that has the release, although the first host of the group was emptied")
  func besideEmptied() throws {
    let place = try place()
    try place.write(
      place.text("deploy.lua").replacing(
        "undo = function(host, deployment)",
        with: "undo = function(host, deployment) each(deployment.targets, function(one) one:run \"test -x bin/migrate\" end)"),
      to: "deploy.lua")
    #expect(try place.lander("deploy").code == 0)
    try version(2, place)
    #expect(try place.lander("deploy").code == 0)
    let newer = try release("h2", place)
    #expect(try place.lander("remove", "--only", "h1", "--yes").code == 0)
    let plan = try place.lander("rollback", "--plan")
    #expect(plan.code == 0 && plan.everything.contains("undo of migrate (on h2)"), "\(plan)")
    let back = try place.lander("rollback")
    #expect(back.code == 0, "\(back)")
    #expect(try place.text("ledger") == "--up of 1\n--up of 2\n--down of 2\n")
    #expect(try place.text("where").contains("hosts/h2/srv/app/releases/\(newer)"))
    let why = try place.lander("explain")
    #expect(why.everything.contains("1 host had nothing and stays so: h1") && !why.everything.contains("had it already"), "\(why)")
    // The undo ended well, so nothing stands in the way of a further rollback or deployment.
    #expect(try place.lander("deploy").code == 0)
    #expect(try place.text("ledger").hasSuffix("--down of 2\n--up of 2\n"))
  }

  @Test("a rollback of a part of the group says that the stage stays, and the last one that it is undone")
  func inParts() throws {
    let place = try place()
    #expect(try place.lander("deploy").code == 0)
    try version(2, place)
    #expect(try place.lander("deploy").code == 0)
    let part = try place.lander("rollback", "--only", "h1")
    #expect(part.code == 0 && part.err.contains("Stage \"migrate\" is not undone: another host of the group runs its revision"), "\(part)")
    #expect(try place.text("ledger") == "--up of 1\n--up of 2\n")
    let rest = try place.lander("rollback")
    #expect(rest.code == 0 && !rest.err.contains("is not undone"), "\(rest)")
    #expect(try place.text("ledger") == "--up of 1\n--up of 2\n--down of 2\n")
  }

  @Test("plan and check rehearse the undo with the way back, and see what it does wrong")
  func rehearsed() throws {
    let place = try place()
    let plan = try place.lander("plan")
    #expect(plan.code == 0 && !plan.everything.contains("Not known"), "\(plan)")
    let check = try place.lander("check")
    #expect(check.code == 0 && !check.everything.contains("no function"), "\(check)")
    let typo = try place.text("deploy.lua").replacing("host:run(\"bin/migrate --down\")", with: "host:rnu(\"bin/migrate --down\")")
    try place.write(typo, to: "deploy.lua")
    let wrong = try place.lander("check")
    #expect(wrong.code != 0 && wrong.everything.contains("rnu"), "\(wrong)")
  }

  @Test("a stage of one revision that stays is named with the revision, and that of the release which hosts leave is undone all the same")
  func named() throws {
    let place = try place()
    #expect(try place.lander("deploy").code == 0)
    try version(2, place)
    try place.write("#!/bin/sh\n[ \"$1\" = --up ]\n", to: "app/bin/migrate")
    chmod(place.path + "/app/bin/migrate", 0o755)
    #expect(try place.lander("deploy").code == 0)
    let failed = try place.lander("rollback")
    #expect(failed.code == 11, "\(failed)")
    try version(3, place)
    #expect(try place.lander("deploy").code == 0)
    let refused = try place.lander("rollback")
    #expect(refused.code == 3 && refused.err.contains("which no host that goes back runs now"), "\(refused)")
    let option = try #require(refused.err.firstMatch(of: /--despite (migrate@[0-9a-f]{12})/)?.1)
    let back = try place.lander("rollback", "--despite", String(option))
    #expect(back.code == 0, "\(back)")
    #expect(try place.text("ledger").hasSuffix("--up of 3\n--down of 3\n"))
    #expect(try place.current("h1", "version") == "1\n")
  }

  @Test("a rollback to a release whose hooks need a secret that cannot be had is refused before a host is stopped")
  func secrets() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: """
        on = { ApplicationStart = function(host)
          host:run("test -n \\"$KEY\\"", { env = { KEY = secret "OLD_KEY" } })
        end },
        """)
    #expect(try place.lander("deploy", environment: ["OLD_KEY": "a-long-secret"]).code == 0)
    try place.write(place.text("deploy.lua").replacing("OLD_KEY", with: "NEW_KEY"), to: "deploy.lua")
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy", environment: ["OLD_KEY": "a-long-secret", "NEW_KEY": "another-secret"]).code == 0)
    let run = try place.lander("rollback")
    #expect(run.code == 2 && run.err.contains("OLD_KEY"), "\(run)")
    #expect(try place.current("h1", "version") == "2\n")
    let back = try place.lander("rollback", environment: ["OLD_KEY": "a-long-secret", "NEW_KEY": "another-secret"])
    #expect(try back.code == 0 && place.current("h1", "version") == "1\n", "\(back)")
  }
}
