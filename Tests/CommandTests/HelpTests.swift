import ArgumentParser
import Foundation
import Testing

@testable import lander

@Suite("Help, version and words that are no commands")
struct HelpTests {
  @Test("a reader that goes away is no reason to die")
  func closedPipe() throws {
    let place = try Workplace(["deploy.lua": "group \"g\" { hosts = { \"a\" } }\n"])
    let script = "{ sleep 0.3; \"$0\" list; echo $? >code; } | true"
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", script, try Workplace.binary().path]
    shell.currentDirectoryURL = place.folder
    try shell.run()
    shell.waitUntilExit()
    #expect(try place.text("code") == "0\n")
  }

  @Test("the version is one line on standard output")
  func version() throws {
    let run = try Workplace().lander("--version")
    #expect(run.code == 0 && run.err == "" && run.outLines.count == 1)
  }

  @Test(
    "a misspelt command is refused with the one that was meant",
    arguments: [("deplyo", "deploy"), ("staus", "status"), ("rolback", "rollback")])
  func misspelt(_ word: String, _ meant: String) throws {
    let run = try Workplace().lander(word)
    expectText(run.err, "there is no command \"lander \(word)\"\n  → did you mean \"\(meant)\"?\n")
    #expect(run.code == 2 && run.out == "")
  }

  @Test("an unknown option of a command exits with 2 and shows its usage")
  func option() throws {
    let run = try Workplace().lander("history", "--jsn")
    #expect(run.code == 2)
    #expect(
      run.err.contains("Unknown option '--jsn'") && run.err.contains("Did you mean '--json'?"))
  }

  @Test("the help of every command has an example that names it, with options that it has", arguments: EveryCommandTests.leaves)
  func examples(_ leaf: EveryCommandTests.Leaf) throws {
    let command = Subcommand.named(leaf.words)
    let lines = command.configuration.discussion.split(separator: "\n").map { $0.drop { $0 == " " } }
    let start = try #require(lines.firstIndex { $0 == "Example:" || $0 == "Examples:" }, "\(leaf) has no example")
    let options = OptionNames.names(of: command)
    let name = "lander " + leaf.words.joined(separator: " ")
    let examples = lines[(start + 1)...].filter { $0.contains(name) }
    #expect(!examples.isEmpty, "\(leaf)")
    for example in examples {
      let own = example.components(separatedBy: " | ")[0].components(separatedBy: " -- ")[0].components(separatedBy: " && ")
      for word in (own.first { $0.contains(name) } ?? "").split(separator: " ") where word.hasPrefix("--") {
        let option = word.dropFirst(2).prefix { $0 != "=" }
        // The parameters of recipes are options too.
        let isParameter = ["percent", "version"].contains(option) && options.contains("param")
        #expect(options.contains(String(option)) || isParameter, "\(leaf) has no \(word): \(example)")
      }
    }
  }

  @Test("an option of another command is told as such, and words that name no command fill the file of --result too")
  func elsewhere() throws {
    let place = try Workplace.project()
    let run = try place.lander("plan", "--output", "plain")
    #expect(run.code == 2 && run.err.contains("this command has no option --output") && !run.err.contains("did you mean"), "\(run.err)")
    #expect(try place.lander("nosuch", "--json", "--result", "f").code == 2)
    #expect(try place.text("f").contains("there is no command"))
    #expect(try place.lander("bundle", "nosuch", "--result=g").code == 2)
    #expect(try place.text("g").contains("there is no command"))
  }

  @Test("docs/cli.md is what the parser says; lander help-pages > docs/cli.md brings it up to date")
  func page() throws {
    let run = try Workplace().lander("help-pages")
    expectText(
      try String(contentsOf: Workplace.checkout.appending(path: "docs/cli.md"), encoding: .utf8),
      run.out)
  }
}

@Suite("lander init")
struct InitTests {
  @Test(
    "init knows the project by its files",
    arguments: [
      ("package.json", "a Node application", "npm ci"),
      ("requirements.txt", "a Python application", "pip install"),
      ("Gemfile", "a Ruby application", "bundle install"),
      ("Package.swift", "a Swift package", "swift build -c release"),
      ("go.mod", "a Go module", "go build"),
      ("index.html", "a static site", "the folder to serve"),
      ("notes.txt", "an application", "*.log"),
    ])
  func kinds(_ file: String, _ title: String, _ part: String) throws {
    let place = try Workplace([file: "{}"])
    let run = try place.lander("init", "--name", "Shop Number 1")
    #expect(run.code == 0)
    #expect(run.out.hasPrefix("Wrote deploy.lua for \(title). Added .lander/ to .gitignore.\n"))
    let text = try place.text("deploy.lua")
    #expect(text.contains("recipe \"shop-number-1\"") && text.contains(part))
    #expect(try place.text(".gitignore") == ".lander/\n")
  }

  @Test(
    "what init writes is fine as it stands, and passes its own tests",
    arguments: ["site", "node", "python", "ruby", "swift", "go", "other"])
  func passesCheck(_ kind: String) throws {
    let place = try Workplace()
    _ = try place.lander("init", "--kind", kind, "--name", "shop")
    let run = try place.lander("check")
    expectText(run.out, "deploy.lua is fine: 1 recipe, 2 groups, 3 hosts.\n")
    #expect(run.code == 0 && run.err == "")
    let test = try place.lander("test")
    #expect(test.code == 0 && test.out.hasPrefix("All passed: 2 tests in 1 file, "), "\(test.out)\(test.err)")
  }

  @Test(
    "what init makes packs neither secrets nor what git ignores, and names no folder of whoever ran it",
    arguments: ["node", "other", "python"])
  func ignores(_ kind: String) throws {
    let place = try Workplace([
      ".env": "TOKEN=x\n", ".env.production": "TOKEN=y\n", "node_modules/m/index.js": "",
      ".gitignore": "\u{FEFF}*.sqlite\n# note\n/tmp/\n!keep.sqlite\nbad\"\\ name\n",
      "data.sqlite": "", "keep.sqlite": "", "tmp/x": "", "main.js": "", "package.json": "{}",
    ])
    #expect(try place.lander("init", "--kind", kind, "--name", "shop").code == 0)
    let text = try place.text("deploy.lua")
    #expect(!text.contains(place.path) && text.contains("root = \".lander/here\""), "\(text)")
    #expect(try place.lander("check").code == 0, "\(text)")
    let built = try place.lander("bundle", "build")
    #expect(built.code == 0, "\(built.err)")
    let manifests = place.path + "/.lander/bundles/manifests"
    let names = try FileManager.default.contentsOfDirectory(atPath: manifests).filter { !$0.hasSuffix(".json") }
    let manifest = try String(contentsOfFile: "\(manifests)/\(try #require(names.first))", encoding: .utf8)
    for path in [".env", "node_modules", "data.sqlite", "tmp/x", "deploy.lua"] { #expect(!manifest.contains(path), "\(path): \(manifest)") }
    for path in ["main.js", "keep.sqlite"] { #expect(manifest.contains(path), "\(path): \(manifest)") }
  }

  @Test("init keeps what a build makes, though git ignores it")
  func products() throws {
    let place = try Workplace(["package.json": "{ \"scripts\": { \"build\": \"x\" } }", ".gitignore": "/dist\nnode_modules/\n.cache\n"])
    #expect(try place.lander("init", "--name", "shop").code == 0)
    let text = try place.text("deploy.lua")
    #expect(text.contains("\".cache\"") && !text.contains("\"/dist\"") && text.contains("npm ci && npm run build"), "\(text)")
  }

  @Test("init never overwrites, and leaves a .gitignore that ignores it already alone")
  func careful() throws {
    let place = try Workplace([".gitignore": "*.o\n.lander\n"])
    #expect(try place.lander("init").out.hasPrefix("Wrote deploy.lua for an application.\n"))
    #expect(try place.text(".gitignore") == "*.o\n.lander\n")
    let again = try place.lander("init")
    expectText(
      again.err,
      "\(place.path)/deploy.lua is there already\n  → lander check reads it; remove it to begin again\n"
    )
    #expect(again.code == 2)
  }
}
