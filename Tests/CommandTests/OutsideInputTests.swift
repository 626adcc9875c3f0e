import Foundation
import Testing

/// Invalid input from outside is refused with a complete message and in limited time.
@Suite("Inputs that nobody expects", .serialized)
struct OutsideInputTests {
  private func shell(_ line: String, in place: Workplace) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = place.folder
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(line)")
  }

  @Test("a number beyond every whole number is planned with, and one that is not finite is refused before a host is asked")
  func numbers() throws {
    let place = try Workplace.project(body: "params = { n = param.number { default = 1 } },")
    let run = try place.lander("plan", "--n", "1e19")
    #expect(run.code == 0 && run.out.contains("n = 1e+19"), "\(run.code) \(run.err)")
    for (text, flaw) in [("inf", "is not a number"), ("nan", "is not a number"), ("1e999", "is beyond the largest number")] {
      let run = try place.lander("deploy", "--n", text)
      #expect(run.code == 2 && run.err.contains("\"\(text)\" \(flaw)") && !place.exists("hosts"), "\(run.code) \(run.err)")
    }
  }

  @Test("a link that leads out of the project or of a plugin is refused; a plugin's folder may be one")
  func links() throws {
    let place = try Workplace.project(
      body: "params = {},",
      more: "local read = require \"esc\"\nlocal data = read_json \"data.json\"\nlocal whole = require \"whole\"",
      files: ["elsewhere/part.lua": "return 1", "elsewhere/data.json": "{}", "elsewhere/whole/init.lua": "return require './own'"])
    try place.write("return 2", to: "elsewhere/whole/own.lua")
    for (name, folder) in [("esc", "project/plugins/esc"), ("whole", "elsewhere/whole")] {
      try place.write("return { name = \"\(name)\", version = \"1.0.0\", api = 1 }", to: "\(folder)/plugin.lua")
    }
    try place.write("return require './part'", to: "project/plugins/esc/init.lua")
    try place.write(try place.text("deploy.lua"), to: "project/deploy.lua")
    try place.write("1", to: "project/app/version")
    try shell(
      "cd project && ln -s ../../../elsewhere/part.lua plugins/esc/part.lua && ln -s ../elsewhere/data.json data.json"
        + " && ln -s ../../elsewhere/whole plugins/whole", in: place)
    let run = try place.lander("check", "-C", "project")
    #expect(run.code == 2, "\(run.everything)")
    #expect(run.err.contains("plugins/esc/part.lua is a link that leads out of the plugin"), "\(run.err)")
    #expect(run.err.contains("data.json is a link that leads out of the project"), "\(run.err)")
    #expect(!run.err.contains("whole"), "\(run.err)")
  }

  @Test("a deploy.lua that is a link out of the project is refused; a link to a file of the project, or to the project's folder, is not")
  func linkedRecipes() throws {
    let place = try Workplace.project(hosts: 1)
    try place.write(try place.text("deploy.lua"), to: "common/deploy.lua")
    try shell("mkdir out in && ln -s ../common/deploy.lua out/deploy.lua && mkdir in/sub && mv deploy.lua in/sub/x.lua", in: place)
    try shell("ln -s sub/x.lua in/deploy.lua && ln -s in also", in: place)
    for command in ["list", "check", "deploy"] {
      let run = try place.lander("-C", "out", command)
      #expect(
        run.code == 2 && run.everything.contains("deploy.lua is a link that leads out of the project"), "\(command): \(run.everything)")
    }
    for folder in ["in", "also"] {
      let run = try place.lander("-C", folder, "list")
      #expect(run.code == 0, "\(folder): \(run.everything)")
    }
  }

  @Test("a pattern of 5,000 stars ends")
  func stars() throws {
    let place = try Workplace.project()
    let run = try place.lander("plan", "--only", String(repeating: "*", count: 5000) + "x")
    #expect(run.code == 2 && run.err.contains("no host of group \"test\" is called"), "\(run.code)")
  }

  @Test("timeouts beyond every number, a destination of 200 KB and a file for ECS are each told in a sentence")
  func appSpec() throws {
    let place = try Workplace()
    func check(_ text: String) throws -> Workplace.Run {
      try place.write("version: 0.0\n" + text, to: "b/appspec.yml")
      return try place.lander("appspec", "check", "b")
    }
    let hook = "- {location: s.sh, timeout: 9223372036854775807}"
    let timeouts = try check("os: linux\nhooks:\n  AfterInstall:\n  \(hook)\n  - {location: s.sh, timeout: 1}\n")
    #expect(timeouts.code == 2 && timeouts.out.contains("100 days are the most [appspec-hook-timeout]"), "\(timeouts)")
    let long = try check("os: linux\nfiles: [{source: a, destination: \(String(repeating: "/a", count: 100_000))}]\n")
    #expect(long.code == 2 && long.out.contains("has 200000 bytes, and a path has at most 4095"), "\(long.code)")
    let other = try check("Resources: [{f: {Type: 'AWS::ECS::Service'}}]\nHooks: [{BeforeInstall: f}]\n")
    #expect(other.code == 2 && other.out.contains("1 error, 0 warnings") && other.out.contains("an appspec file for ECS"), "\(other.out)")
  }

  /// A zip file as old Windows programs make it.
  private static let windows = """
    import sys, zipfile
    z = zipfile.ZipFile(sys.argv[1], "w")
    for name, text in [("appspec.yml", "version: 0.0\\nos: linux\\nfiles: [{source: app, destination: %s}]\\n" % sys.argv[2]),
                       ("app\\\\index.html", "hello")]:
      info = zipfile.ZipInfo("x")
      info.filename, info.create_system, info.external_attr = name, 0, 0
      z.writestr(info, text)
    z.close()
    """

  @Test(
    "a zip with backslashes is the same to deploy, bundle build, appspec check and appspec run, and each says so",
    .enabled(if: Tools.have("python3", "unzip"), "SKIPPED: python3 or unzip is not here"))
  func backslashes() throws {
    let place = try Workplace.project(hosts: 1)
    try place.write(Self.windows, to: "make.py")
    try shell("python3 make.py win.zip \"$PWD/installed\"", in: place)
    let built = try place.lander("bundle", "build", "--revision", "win.zip")
    #expect(built.code == 0 && built.err.contains("they are read as slashes"), "\(built.err)")
    let deployed = try place.lander("deploy", "--revision", "win.zip")
    #expect(deployed.code == 0 && deployed.err.contains("they are read as slashes"), "\(deployed.err)")
    #expect(try place.current("h1", "app/index.html") == "hello")
    let checked = try place.lander("appspec", "check", "win.zip")
    #expect(checked.code == 0 && checked.out.contains("they are read as slashes [archive]"), "\(checked.out)\(checked.err)")
    let run = try place.lander("appspec", "run", "--type", "zip", "--bundle", "win.zip", "--root", place.path + "/root")
    #expect(run.code == 0 && (run.out + run.err).contains("they were read as slashes"), "\(run)")
    #expect(try place.text("installed/index.html") == "hello")
  }

  @Test("two names that Unicode takes for the same are deployed as two files, and kept as two by the next release")
  func lookalikes() throws {
    let place = try Workplace.project(hosts: 1)
    try shell(#"printf one >"app/$(printf '\303\251')"; printf two >"app/$(printf 'e\314\201')""#, in: place)
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    let run = try place.lander("deploy")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    try shell(
      #"cd hosts/h1/srv/app/current && [ "$(cat "$(printf '\303\251')")" = one ] && [ "$(cat "$(printf 'e\314\201')")" = two ]"#, in: place)
  }

  @Test("here:read of a named pipe is refused instead of waited for")
  func pipe() throws {
    let place = try Workplace.project(
      hosts: 1, body: "stages = { stage \"look\" { run = function() here:read(\"pipe\", { timeout = \"5s\" }) end }, stage.rollout {} },")
    mkfifo(place.path + "/pipe", 0o600)
    let run = try place.lander("deploy")
    #expect(run.code != 0 && (run.out + run.err).contains("is no regular file"), "\(run.code) \(run.out) \(run.err)")
  }

  @Test("a user whom a host does not have is refused before anything starts, on all hosts at once")
  func users() throws {
    let place = try Workplace.project(
      body: "on = { ApplicationStart = function(host) host:run(\"true\", { user = \"nobody-of-that-name\" }) end },")
    let run = try place.lander("deploy")
    #expect(run.code == 21 && !place.exists("hosts/h1/srv/app/releases"), "\(run.code) \(run.err)")
    for host in ["h1", "h2"] { #expect(run.err.contains("\(host): there is no user nobody-of-that-name on this host"), "\(run.err)") }
  }

  @Test(
    "a journal with a missing field is damaged, and every command says something else than a signal",
    .enabled(if: Tools.have("python3"), "SKIPPED: python3 is not here"))
  func journal() throws {
    let place = try Workplace.project(hosts: 1)
    #expect(try place.lander("deploy").code == 0)
    let change = """
      import sqlite3
      db = sqlite3.connect(".lander/journal.sqlite")
      db.executescript("CREATE TABLE d AS SELECT * FROM deployments; DROP TABLE deployments; ALTER TABLE d RENAME TO deployments;"
                       "UPDATE deployments SET recipe = NULL")
      """
    try place.write(change, to: "change.py")
    try shell("python3 change.py", in: place)
    let history = try place.lander("history")
    #expect(history.code == 0 && history.out.contains("damaged"), "\(history)")
    for words in [["history", "--json"], ["status"], ["resume"], ["audit"], ["logs", "last"], ["cancel"], ["deploy"]] {
      let run = try place.run(words)
      #expect(run.code < 128, "\(words): \(run.code) \(run.err)")
    }
  }
}

/// Programs of this machine that tests use.
enum Tools {
  static func have(_ names: String...) -> Bool {
    names.allSatisfy { name in
      ["/usr/local/bin", "/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
  }
}
