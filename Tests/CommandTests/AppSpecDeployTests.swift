import Foundation
import Testing

@Suite("Deploying bundles with an appspec file", .serialized)
struct AppSpecDeployTests {
  /// Returns a project with one local host, whose bundle installs `site/` into `dest/` of the workplace.
  private static func project(_ hooks: String = "", options: String = "") throws -> Workplace {
    let place = try Workplace()
    try place.write(
      """
      local appspec = require "recipes.appspec"
      group "test" { hosts = { host "h1" { transport = "local", root = "\(place.path)/hosts/h1" } } }
      recipe "orders" { base = appspec { bundle = "bundle"\(options) }, targets = group "test" }

      """, to: "deploy.lua")
    try revision(place, "1", hooks)
    return place
  }

  private static func revision(_ place: Workplace, _ version: String, _ hooks: String = "") throws {
    try place.write(version, to: "bundle/site/version")
    try place.write("only \(version)", to: "bundle/site/only-\(version)")
    try place.write("#!/bin/sh\necho \"$LIFECYCLE_EVENT \(version)\" >>\(place.path)/said\n", to: "bundle/note.sh", mode: 0o755)
    try place.write(
      """
      version: 0.0
      os: linux
      files:
        - source: site
          destination: \(place.path)/dest
      hooks:
        ApplicationStop:
          - location: note.sh
            timeout: 20
        ApplicationStart:
          - location: note.sh
            timeout: 20
      \(hooks)

      """, to: "bundle/appspec.yml")
  }

  private static func names(_ place: Workplace) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.path + "/dest").sorted()
  }

  private static func modified(_ path: String) throws -> Date {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
  }

  @Test("install, upgrade, roll back: files and scripts follow, and the hosts agree")
  func wholeStory() throws {
    let place = try Self.project()
    let first = try place.lander("deploy")
    #expect(first.code == 0, "\(first.err)\(first.out)")
    #expect(try place.text("dest/version") == "1" && place.text("said") == "ApplicationStart 1\n")
    #expect(try Self.modified("\(place.path)/dest/version") == Self.modified("\(place.path)/hosts/h1/srv/orders/current/site/version"))
    try FileManager.default.removeItem(atPath: place.path + "/bundle/site/only-1")
    try Self.revision(place, "2")
    let second = try place.lander("deploy")
    #expect(second.code == 0, "\(second.err)\(second.out)")
    #expect(try place.text("dest/version") == "2" && Self.names(place) == ["only-2", "version"])
    #expect(try place.text("said") == "ApplicationStart 1\nApplicationStop 1\nApplicationStart 2\n")
    let back = try place.lander("rollback")
    #expect(back.code == 0, "\(back.err)\(back.out)")
    #expect(try place.text("dest/version") == "1" && Self.names(place) == ["only-1", "version"])
    #expect(try place.text("said").hasSuffix("ApplicationStop 2\nApplicationStart 1\n"))
    #expect(try place.lander("audit").code == 0)
  }

  @Test("a failing script: the previous revision's files are back, it is started again, and the exit code is 10")
  func failingScript() throws {
    let place = try Self.project()
    #expect(try place.lander("deploy").code == 0)
    try place.write("#!/bin/sh\necho unwell >&2\nexit 7\n", to: "bundle/check.sh", mode: 0o755)
    try Self.revision(place, "2", "  ValidateService:\n    - location: check.sh\n      timeout: 20")
    let run = try place.lander("deploy")
    #expect(run.code == 10, "\(run.err)\(run.out)")
    #expect(run.out.contains("Script at specified location: check.sh failed with exit code 7"), "\(run.out)")
    #expect(run.out.contains("unwell"), "\(run.out)")
    #expect(try place.text("dest/version") == "1" && Self.names(place) == ["only-1", "version"])
    #expect(
      try place.text("said")
        == "ApplicationStart 1\nApplicationStop 1\nApplicationStart 2\nApplicationStop 2\nApplicationStart 1\n")
    // The next deployment continues from version 1.
    try Self.revision(place, "3")
    #expect(try place.lander("deploy").code == 0)
    #expect(try place.text("dest/version") == "3" && place.text("said").hasSuffix("ApplicationStop 1\nApplicationStart 3\n"))
  }

  @Test("a link of another user on the way to a destination is named in the output, and fails the host if such links are refused")
  func foreignLinks() throws {
    guard getuid() == 0 else { return print("SKIPPED: links of another user take root") }
    let place = try Self.project()
    try place.write("root's own", to: "precious")
    try place.write("", to: "dest/nothing")
    let plant = Process()
    plant.executableURL = URL(fileURLWithPath: "/bin/sh")
    plant.arguments = ["-c", "cd '\(place.path)' && chmod 755 . && ln -s ../precious dest/version && chown -h daemon dest dest/version"]
    try plant.run()
    plant.waitUntilExit()
    let link =
      "\(place.path)/dest/version, which leads to \(place.path)/precious, is a link below \(place.path)/dest, which belongs to daemon"
    let alone = try place.lander("deploy", "--refuse-foreign-links")
    #expect(alone.code == 2 && alone.err.contains("--refuse-foreign-links needs --appspec"), "\(alone.err)")
    let here = ["appspec", "run", "--bundle", "bundle", "--root", "\(place.path)/root", "--file-exists-behavior", "OVERWRITE"]
    let local = try place.run(here + ["--refuse-foreign-links"])
    #expect(local.code == 10 && local.out.contains("the installation was refused before it changed anything: \(link)"), "\(local.out)")
    func file(_ foreign: String) throws {
      try place.write(
        """
        local appspec = require "recipes.appspec"
        group "test" { hosts = { host "h1" { transport = "local", root = "\(place.path)/hosts/h1" } } }
        recipe "orders" { base = appspec { bundle = "bundle", file_exists = "overwrite"\(foreign) }, targets = group "test" }

        """, to: "deploy.lua")
    }
    try file(", foreign_links = \"refuse\"")
    let refused = try place.lander("deploy", "--output", "plain")
    #expect(refused.code == 10, "\(refused.err)\(refused.out)")
    #expect(refused.out.contains("the installation was refused before it changed anything: \(link)"), "\(refused.out)")
    #expect(refused.out.contains("without foreign_links = \"refuse\" (--refuse-foreign-links) links are followed"), "\(refused.out)")
    #expect(try place.text("precious") == "root's own" && !place.exists("dest/only-1"))
    try file("")
    let followed = try place.lander("deploy", "--output", "plain")
    #expect(followed.code == 0, "\(followed.err)\(followed.out)")
    #expect(followed.err.contains("h1  warn: \(link), and is followed\n"), "\(followed.err)")
    #expect(try place.text("precious") == "1")
    let again = try place.run(here)
    #expect(again.code == 0 && again.out.contains("warning: \(link), and is followed\n"), "\(again.out)")
  }

  @Test("the engine killed inside of a script: resume finds the script running, and runs nothing twice")
  func resume() throws {
    let place = try Self.project()
    try place.write(
      "#!/bin/sh\necho began >>\(place.path)/slow\nwhile [ ! -e \(place.path)/go ]; do sleep 0.1; done\necho done >>\(place.path)/slow\n",
      to: "bundle/slow.sh", mode: 0o755)
    try Self.revision(place, "1", "  AfterInstall:\n    - location: slow.sh\n      timeout: 60")
    let running = try place.start(["deploy", "--output", "plain"])
    let deadline = Date().addingTimeInterval(60)
    while !place.exists("slow"), Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
    running.send(SIGKILL)
    _ = running.wait()
    try place.write("", to: "go")
    let resumed = try place.lander("resume")
    #expect(resumed.code == 0, "\(resumed.err)\(resumed.out)")
    #expect(try place.text("slow") == "began\ndone\n" && place.text("said") == "ApplicationStart 1\n")
  }

  @Test("errors of the appspec file are all told, at their lines, before anything starts")
  func problems() throws {
    let place = try Self.project()
    try place.write("version: 0.1\nos: beos\nhooks:\n  AfterInstal:\n    - location: missing.sh\n", to: "bundle/appspec.yml")
    let run = try place.lander("deploy")
    #expect(run.code == 2, "\(run.err)\(run.out)")
    for part in ["appspec.yml:1", "appspec.yml:2", "did you mean AfterInstall?", "missing.sh"] {
      #expect(run.err.contains(part), "\(part) in \(run.err)")
    }
    #expect(!place.exists("hosts/h1"))
  }

  @Test("without a deploy.lua: --appspec and --hosts make the project, and the plan names the scripts")
  func withoutProject() throws {
    let place = try Self.project()
    try FileManager.default.removeItem(atPath: place.path + "/deploy.lua")
    let run = try place.lander("plan", "--appspec", "bundle", "--hosts", "web1,web2", "--user", "deploy")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    let steps = ["mkdir \(place.path)/dest", "copy site/version to \(place.path)/dest/version", "install the files"]
    for part in ["bundle", "web1", "web2", "note.sh", "/srv/bundle", "rolling, 1 a wave"] + steps {
      #expect(run.out.contains(part), "\(part) in \(run.out)")
    }
    let alone = try place.lander("deploy", "--appspec", "bundle")
    #expect(alone.code == 2 && alone.err.contains("--hosts"), "\(alone.err)")
  }

  @Test("an archive with one top folder is deployed as if the folder were the archive")
  func wrapped() throws {
    let place = try Self.project()
    try FileManager.default.moveItem(atPath: place.path + "/bundle", toPath: place.path + "/orders-8f3a2c")
    try FileManager.default.createDirectory(atPath: place.path + "/bundle", withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: place.path + "/orders-8f3a2c", toPath: place.path + "/bundle/orders-8f3a2c")
    let run = try place.lander("deploy")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try place.text("dest/version") == "1" && place.text("said") == "ApplicationStart 1\n")
  }

  @Test("a run that is told to stop ends its script in good order, puts files back, and says so", arguments: [SIGINT, SIGTERM])
  func stopped(signal: Int32) throws {
    let place = try Self.project("  ValidateService:\n    - location: wait.sh\n    - location: note.sh")
    let words = ["appspec", "run", "--bundle", "bundle", "--root", "root", "--result", "result.json", "--restore"]
    try place.write(
      "#!/bin/sh\ntrap 'echo ended >>\(place.path)/said; exit' TERM\necho $$ >pid\nwhile :; do sleep 0.1; done\n",
      to: "bundle/wait.sh", mode: 0o755)
    let run = try place.start(words)
    let deadline = Date().addingTimeInterval(60)
    while !place.exists("pid"), Date() < deadline { usleep(10_000) }
    usleep(100_000)
    run.send(signal)
    #expect(run.wait() == 128 + signal, "\(run.everything)")
    #expect(try place.text("said") == "ApplicationStart 1\nended\n")
    #expect(!place.exists("dest"))
    let result = try place.text("result.json")
    for part in [
      "\"interrupted\"", "\"event\" : \"ValidateService\"", "\"script\" : \"wait.sh\"", "files of the previous revision are back",
    ] {
      #expect(result.contains(part), "\(part): \(result)")
    }
  }

  @Test("what goes with --appspec reaches the recipe, and is refused without it")
  func choices() throws {
    let place = try Self.project()
    let run = try place.lander(
      "plan", "--appspec", "bundle", "--hosts", "web1,web2,web3,web4", "--application-name", "orders", "--batch", "50%", "--no-restore",
      "--file-exists-behavior", "OVERWRITE", "--sudo", "--ignore-stop-failures", "--deployment-group-name", "staging")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    for part in ["Plan: deploy orders to staging", "/srv/orders", "rolling, 50% a wave", "rollback is off"] {
      #expect(run.out.contains(part), "\(part) in \(run.out)")
    }
    for word in ["--sudo", "--no-restore", "--batch=2", "--user=a", "--application-name=b", "--deployment-group-name=c"] {
      let alone = try place.lander("plan", word)
      #expect(alone.code == 2 && alone.err.contains("needs --appspec"), "\(word): \(alone.err)")
    }
    let odd = try place.lander("plan", "--appspec", "bundle", "--hosts", "web1", "--batch", "120%")
    #expect(odd.code == 2 && odd.err.contains("a share such as 50%"), "\(odd.err)")
    let path = try place.lander("plan", "--appspec", "bundle", "--hosts", "web1", "--application-name", "../x")
    #expect(path.code == 2 && path.err.contains("letters, digits and"), "\(path.err)")
  }

  @Test("logs show each script's output at its event, and what failed")
  func logs() throws {
    let place = try Self.project()
    try place.write("#!/bin/sh\necho checking\necho unwell >&2\nexit 7\n", to: "bundle/check.sh", mode: 0o755)
    try Self.revision(place, "1", "  ValidateService:\n    - location: check.sh\n      timeout: 20")
    #expect(try place.lander("deploy").code == 10)
    let logs = try place.lander("logs", "last")
    for part in ["h1  ValidateService  run check.sh", "  > checking", "  ! unwell", "check.sh failed with exit code 7"] {
      #expect(logs.out.contains(part), "\(part) in \(logs.out)")
    }
  }

  @Test("links of a bundle are installed as they stand, absolute and dangling ones too")
  func links() throws {
    let place = try Self.project()
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: place.path + "/bundle/site/host", withDestinationPath: "/etc/hostname")
    try manager.createSymbolicLink(atPath: place.path + "/bundle/site/gone", withDestinationPath: "../../gone")
    let run = try place.lander("deploy")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try manager.destinationOfSymbolicLink(atPath: place.path + "/dest/host") == "/etc/hostname")
    #expect(try manager.destinationOfSymbolicLink(atPath: place.path + "/dest/gone") == "../../gone")
  }
}
