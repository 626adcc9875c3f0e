import Foundation
import Testing

@Suite("Paths, layouts and addresses that were written")
struct WrittenPathCommandTests {
  @Test("a shared path that leads out is refused before anything starts, and what it names stays")
  func precious() throws {
    let place = try Workplace.project(body: "shared = { \"../../../../precious/\" },")
    try place.write("gold\n", to: "hosts-to-be/h1/srv/app/precious/file")
    try FileManager.default.moveItem(at: place.folder.appending(path: "hosts-to-be"), to: place.folder.appending(path: "hosts"))
    for command in ["check", "plan", "deploy", "rehearse"] {
      let run = try place.lander(command)
      #expect(run.code == 2, "\(command): \(run.out)")
      #expect(run.err.hasPrefix("deploy.lua:8: shared of recipe \"app\": the path \"../../../../precious/\" has .. in it"), "\(run.err)")
    }
    #expect(try place.text("hosts/h1/srv/app/precious/file") == "gold\n")
  }

  @Test("shared paths that only need cleaning are linked where they say")
  func cleaned() throws {
    let place = try Workplace.project(hosts: 1, body: "shared = { \"./q/\", \"a//b/\" },")
    let run = try place.lander("deploy")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    for (name, target) in [("q", "../../shared/q"), ("a/b", "../../../shared/a/b")] {
      let link = place.path + "/hosts/h1/srv/app/current/" + name
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
      #expect(FileManager.default.fileExists(atPath: link), "\(name) dangles")
    }
  }

  @Test("a shared path below a link of the bundle is refused")
  func belowLink() throws {
    let place = try Workplace.project(hosts: 1, body: "shared = { \"link/b/\" },")
    try place.write("x", to: "app/target/b/file")
    symlink("target", place.path + "/app/link")
    let run = try place.lander("deploy")
    #expect(run.code == 2 && run.err.contains("shared path \"link/b/\" lies below link, which is a link in the bundle"), "\(run.err)")
  }

  @Test("--revision git:REF packs what the recipe packs, or says why it cannot before it starts")
  func layout() throws {
    let place = try Workplace.project(hosts: 1, files: [".gitignore": ".lander/\nhosts/\n.out-*\n.err-*\n"])
    func git(_ words: String...) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["git", "-C", place.path, "-c", "user.name=n", "-c", "user.email=e@x"] + words
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(words)")
    }
    try git("init", "-q", "-b", "main")
    try git("add", "-A")
    try git("commit", "-qm", "1")
    try git("tag", "v1")
    let run = try place.lander("deploy", "--revision", "git:v1")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try place.current("h1", "version") == "1\n")
    #expect(!place.exists("hosts/h1/srv/app/current/deploy.lua"))
    let text = try place.text("deploy.lua")
    try place.write(text.replacing("{ from = \"app\" }", with: "{ from = \"app\", build = \"make\" }"), to: "deploy.lua")
    for command in ["plan", "deploy"] {
      let refused = try place.lander(command, "--revision", "git:v1")
      #expect(refused.code == 2 && refused.out == "", "\(refused.out)")
      expectText(
        refused.err,
        """
        deploy.lua:5: --revision: a commit is packed as it is, and the bundle of recipe "app" is made by `make`
          → build it in a checkout: git worktree add ../v1 v1 && lander -C ../v1 deploy

        """)
    }
  }

  @Test("errors of --hosts name the option, and no file that is not there")
  func typedHosts() throws {
    let place = try Workplace(["bundle/appspec.yml": "version: 0.0\nos: linux\nfiles: []\n"])
    let run = try place.lander("plan", "--appspec", "bundle", "--hosts", "web 1,web2:99999")
    #expect(run.code == 2 && !run.err.contains("deploy.lua"), "\(run.err)")
    #expect(run.err.contains("--hosts: \"web 1\" is no host name"), "\(run.err)")
    #expect(run.err.contains("--hosts: \"web2:99999\" has the port 99999"), "\(run.err)")
    let path = try place.lander("plan", "--appspec", "bundle", "--hosts", "web1", "--appspec-filename", "../x.yml")
    #expect(path.code == 2 && path.err.contains("has .. in it") && !path.err.contains("deploy.lua"), "\(path.err)")
    let good = try place.lander("plan", "--appspec", "bundle", "--hosts", "web1, web2,[fd77::11]:22, root@fd77::12")
    #expect(good.code == 0 && good.out.contains("fd77::11") && good.out.contains("fd77::12"), "\(good.err)\(good.out)")
  }

  @Test("a local host's root is relative to the project, wherever lander is called from")
  func root() throws {
    let place = try Workplace([
      "app/version": "1\n", "deeper/x": "",
      "deploy.lua": """
      group "here" { hosts = { host "here" { transport = "local", root = ".lander/here" } } }
      recipe "app" { path = "/srv/app", revision = bundle "app", targets = group "here" }

      """,
    ])
    let run = try place.lander("-C", "deeper", "deploy")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try place.text(".lander/here/srv/app/current/version") == "1\n")
  }

  @Test("names after --only may have blanks after their commas")
  func only() throws {
    let place = try Workplace.project(hosts: 3)
    let run = try place.lander("plan", "--only", "h1, h3")
    #expect(run.code == 0 && run.out.contains("h3") && !run.out.contains("h2"), "\(run.err)\(run.out)")
  }
}
