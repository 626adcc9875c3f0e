import DeployDesk
import DeployModel
import Foundation
import Testing

@testable import lander

@Suite("Sources of plugins") struct PluginSourceTests {
  private func git(_ words: String, in folder: String) throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-ec",
      "cd '\(folder)'\ngit() { command git -c user.name=A -c user.email=a@example.com -c init.defaultBranch=main \"$@\"; }\n\(words)",
    ]
    shell.environment = ["PATH": "/usr/bin:/bin", "HOME": folder]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0, "\(words)")
  }

  private func said(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch let problem as Problem { return problem.message } catch { return "\(error)" }
  }

  @Test("a repository gives its tagged versions, newest first, with their files, and runs nothing of its own")
  func repository() throws {
    let place = try Workplace(["x/plugin.lua": "return 1\n", "x/init.lua": "return 'one'\n", "x/bin/run": "#!/bin/sh\n"])
    try git(
      """
      cd x && git init -q && chmod +x bin/run && touch .gitkeep && mkdir sub .lander sub/.lander && touch .lander/x sub/.lander/x
      git add -A && git commit -qm 1 && git tag v1.0.0 && git tag other
      echo "return 'two'" > init.lua && git commit -qam 2 && git tag -a 1.2.0 -m two && git tag v1.10.0-rc.1
      echo "return 'three'" > init.lua && git commit -qam 3
      for hook in post-checkout post-upload-pack reference-transaction; do printf '#!/bin/sh\\ntouch ../ran\\n' > .git/hooks/$hook; done
      chmod +x .git/hooks/* && git config uploadpack.packObjectsHook 'touch ../ran; exec' && git config core.fsmonitor 'touch ../ran'
      """, in: place.path)
    let sources = PluginRepositories(folder: place.path)
    let offers = try sources.offers(of: "x")
    #expect(offers.compactMap(\.version?.description) == ["1.10.0-rc.1", "1.2.0", "1.0.0"])
    let tree = try sources.tree(of: "file://\(place.path)/x", offers[2])
    #expect(tree.files.map(\.path) == [".gitkeep", "bin/run", "init.lua", "plugin.lua"] && tree.text("init.lua") == "return 'one'\n")
    #expect(tree.files.map(\.isExecutable) == [false, true, false, false])
    // The plugin is found by its commit alone, as deploy.lock records it.
    let commit = PluginOffer(version: PluginVersion("1.2.0"), commit: offers[1].commit)
    #expect(try sources.tree(of: "x", commit).text("init.lua") == "return 'two'\n")
    #expect(!FileManager.default.fileExists(atPath: place.path + "/ran"))
  }

  @Test("links, submodules, transports that run programs and sources that are none are refused, each in a sentence")
  func hostile() throws {
    let place = try Workplace(["x/init.lua": "return 1\n", "y/a": "a\n", "file": "x\n", "folder/a.lua": "x\n"])
    try git(
      """
      cd x && git init -q && ln -s /etc/passwd secret && git add -A && git commit -qm 1 && git tag v1.0.0 && cd ..
      cd y && git init -q && git add -A && git commit -qm 1
      git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub && git commit -qm 2
      ln -s /etc/passwd ../folder/link
      """, in: place.path)
    let sources = PluginRepositories(folder: place.path)
    func taken(_ source: String) -> String { said { _ = try sources.tree(of: source, try sources.offers(of: source)[0]) } }
    #expect(taken("x") == "secret of x is a link, and a plugin holds files only")
    #expect(taken("y") == "sub of y is a submodule, and a plugin holds files only")
    #expect(taken("folder").hasSuffix("folder/link is a link, and a plugin holds files only"))
    #expect(taken("file") == "file is a file, and a folder or a git repository was expected")
    #expect(taken("none").contains("there is no folder"))
    #expect(taken("ext::touch \(place.path)/ran").contains("git cannot read"))
    #expect(taken("file://\(place.path)/none").contains("git cannot read"))
    #expect(!FileManager.default.fileExists(atPath: place.path + "/ran"))
  }
}
