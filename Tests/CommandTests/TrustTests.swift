import Foundation
import Testing

/// Whose code runs: signatures of plugins, the policy of the machine, and the search path of a company.
@Suite("Trust in plugins")
struct TrustTests {
  private func shell(_ text: String, in folder: String) throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-ec", "cd '\(folder)'\n\(text)"]
    shell.standardOutput = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0, "\(text)")
  }

  private static let files = [
    "deploy.lua": """
    local chat = require "chat"
    allow "chat" { "host.run" }
    recipe "web" { path = "/srv/web", revision = bundle "dist", targets = { "web1" }, on = { AfterInstall = chat } }
    """,
    "dist/index.html": "hello",
    "made/plugin.lua": "return { name = \"chat\", version = \"1.0.0\", api = 1, capabilities = { \"host.run\" } }\n",
    "made/init.lua": "return function(host) host:run \"bin/hello\" end\n",
  ]

  private func place(policy: String) throws -> Workplace {
    let place = try Workplace(Self.files)
    try place.write(policy, to: "machine/policy.json")
    try shell(
      """
      ssh-keygen -q -t ed25519 -N '' -C kim -f machine/key && ssh-keygen -q -t ed25519 -N '' -C mallory -f machine/other
      printf 'kim@example.com %s\\n' "$(cut -d' ' -f1,2 machine/key.pub)" > machine/allowed_signers
      """, in: place.path)
    return place
  }

  @Test("a policy that demands signatures takes a plugin that one of its signers signed, and no other")
  func signed() throws {
    let place = try place(policy: "{ \"policy\": 1, \"signed\": true, \"allowed_signers\": \"allowed_signers\" }")
    let policy = ["LANDER_POLICY": place.path + "/machine/policy.json"]
    #expect(try place.lander("plugin", "add", "made").code == 0)
    let unsigned = try place.lander("check", environment: policy)
    #expect(unsigned.code != 0 && unsigned.err.contains("plugin chat 1.0.0 is not signed"), "\(unsigned)")

    #expect(try place.lander("plugin", "sign", "made", "--key", "machine/other").code == 0)
    #expect(try place.lander("plugin", "update", "--accept").code == 0)
    let foreign = try place.lander("check", environment: policy)
    #expect(foreign.code != 0 && foreign.err.contains("is signed by a key that"), "\(foreign)")

    #expect(try place.lander("plugin", "sign", "made", "--key", "machine/key").code == 0)
    #expect(try place.lander("plugin", "update", "--accept").code == 0)
    let good = try place.lander("check", environment: policy)
    #expect(good.code == 0, "\(good)")
    #expect(try place.lander("plugin", "verify", environment: policy).out.contains("chat is signed by kim@example.com."))

    try place.write("return function(host) host:run \"bin/other\" end\n", to: "made/init.lua")
    #expect(try place.lander("plugin", "update", "--accept").code == 0)
    let altered = try place.lander("check", environment: policy)
    #expect(altered.code != 0 && altered.err.contains("does not fit its files"), "\(altered)")
  }

  @Test("a policy caps capabilities whatever the project grants, and one that others can write is refused")
  func capped() throws {
    let place = try place(policy: "{ \"policy\": 1, \"capabilities\": { \"*\": [\"host.read\"] } }")
    let path = place.path + "/machine/policy.json"
    #expect(try place.lander("plugin", "add", "made").code == 0)
    #expect(try place.lander("check").code == 0)
    let run = try place.lander("check", environment: ["LANDER_POLICY": path])
    expectText(
      run.err,
      """
      plugin "chat" has "host.run", and the policy \(path) does not allow it
        → take the grant away, or have whoever keeps the policy add it

      """)
    #expect(run.code == 3)
    chmod(path, 0o666)
    let loose = try place.lander("check", environment: ["LANDER_POLICY": path])
    #expect(loose.code != 0 && loose.err.contains("can be written by others"), "\(loose)")
    let missing = try place.lander("check", environment: ["LANDER_POLICY": path + ".x"])
    #expect(missing.code != 0 && missing.err.contains("there is no policy"), "\(missing)")
  }

  @Test("plugins and recipes of a company are found by LANDER_PATH, after the project's own and before those of Lander")
  func company() throws {
    let place = try Workplace(
      Self.files.merging([
        "deploy.lua": """
        recipe "web" { base = require("recipes.house").web, path = "/srv/web", revision = bundle "dist", targets = { "web1" } }
        """
      ]) { $1 })
    try place.write("return { web = recipe { on = { AfterInstall = require \"chat\" } } }\n", to: "company/recipes/house.lua")
    try place.write(Self.files["made/plugin.lua"] ?? "", to: "company/plugins/chat/plugin.lua")
    try place.write(Self.files["made/init.lua"] ?? "", to: "company/plugins/chat/init.lua")
    let without = try place.lander("check")
    #expect(without.code == 2 && without.err.contains("there is no recipe \"recipes.house\""), "\(without)")
    let path = place.path + "/company"
    let found = try place.lander("check", environment: ["LANDER_PATH": path])
    #expect(found.code == 0, "\(found)")
    let docs = try place.lander("docs", "chat", environment: ["LANDER_PATH": path])
    #expect(docs.code == 0 && docs.out.hasPrefix("chat 1.0.0\n") && docs.out.contains("Asks for: host.run"), "\(docs)")
    // The project's own comes first.
    try place.write("return { name = \"chat\", version = \"3.0.0\", api = 1 }\n", to: "plugins/chat/plugin.lua")
    try place.write("return function() end\n", to: "plugins/chat/init.lua")
    #expect(try place.lander("docs", "chat", environment: ["LANDER_PATH": path]).out.hasPrefix("chat 3.0.0\n"))
    chmod(path, 0o777)
    let loose = try place.lander("check", environment: ["LANDER_PATH": path + ":relative"])
    #expect(loose.code == 2 && loose.err.contains("can be written by others") && loose.err.contains("no absolute path"), "\(loose)")
  }
}
