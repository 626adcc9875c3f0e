import Foundation
import Testing

/// Which plugins may run: their signatures, the policy of the machine, and the search path of a company.
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

  @Test("deploy.lock records who signed a plugin, and a version that another one signed is taken only if somebody accepts it")
  func recorded() throws {
    let place = try place(policy: "{ \"policy\": 1, \"signed\": true, \"allowed_signers\": \"allowed_signers\" }")
    let policy = ["LANDER_POLICY": place.path + "/machine/policy.json"]
    try shell("printf 'mallory %s\\n' \"$(cut -d' ' -f1,2 machine/other.pub)\" >> machine/allowed_signers", in: place.path)
    let unsigned = try place.lander("plugin", "add", "made", environment: policy)
    #expect(unsigned.code == 3 && unsigned.err.contains("plugin chat 1.0.0 is not signed"), "\(unsigned)")
    #expect(try place.lander("plugin", "sign", "made", "--key", "machine/key").code == 0)
    #expect(try place.lander("plugin", "add", "made", environment: policy).code == 0)
    func lock() throws -> String { try String(contentsOfFile: place.path + "/deploy.lock", encoding: .utf8) }
    #expect(try lock().contains("\"signer\": \"kim@example.com\",\n"))
    // A machine without a policy has no list of signers, and keeps the signers that deploy.lock records.
    #expect(try place.lander("plugin", "update").code == 0)
    #expect(try lock().contains("kim@example.com"))

    try place.write("return function(host) host:run \"bin/other\" end\n", to: "made/init.lua")
    let unknown = try place.lander("plugin", "update")
    #expect(unknown.code == 3 && unknown.err.contains("not signed by anybody whom this machine's policy knows"), "\(unknown)")
    #expect(try place.lander("plugin", "sign", "made", "--key", "machine/other").code == 0)
    let other = try place.lander("plugin", "update", environment: policy)
    #expect(other.code == 3, "\(other)")
    expectText(
      other.err,
      """
      chat 1.0.0 is signed by mallory, and deploy.lock recorded kim@example.com
        → ask kim@example.com; --accept takes it

      """)
    #expect(try lock().contains("kim@example.com"), "nothing was written")
    #expect(try place.lander("plugin", "update", "--accept", environment: policy).code == 0)
    #expect(try lock().contains("\"signer\": \"mallory\",\n"))
    try place.write(lock().replacing("mallory", with: "kim@example.com"), to: "deploy.lock")
    let edited = try place.lander("check", environment: policy)
    #expect(edited.code == 2 && edited.err.contains("is signed by mallory, and deploy.lock recorded kim@example.com"), "\(edited)")
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
      plugin "chat" has "host.run", but the policy \(path) does not allow it
        → remove the grant, or ask the policy's owner to allow it

      """)
    #expect(run.code == 3)
    chmod(path, 0o666)
    let loose = try place.lander("check", environment: ["LANDER_POLICY": path])
    #expect(loose.code != 0 && loose.err.contains("can be written by users"), "\(loose)")
    chmod(path, 0o600)
    chmod(place.path + "/machine", 0o777)
    let open = try place.lander("check", environment: ["LANDER_POLICY": path])
    #expect(open.code != 0 && open.err.contains("which others can write"), "\(open)")
    let missing = try place.lander("check", environment: ["LANDER_POLICY": path + ".x"])
    #expect(missing.code != 0 && missing.err.contains("there is no policy"), "\(missing)")
  }

  @Test("a policy is asked before a parked deployment runs its plugins again, here or in another checkout")
  func pinned() throws {
    let place = try place(policy: "{ \"policy\": 1, \"signed\": true, \"allowed_signers\": \"allowed_signers\" }")
    let policy = ["LANDER_POLICY": place.path + "/machine/policy.json"]
    func text(_ plugin: String, _ hook: String) -> String {
      """
      \(plugin)
      local asks = strategy "asks" (function(rollout)
        local first, rest = rollout.targets:split(1)
        rollout:wave(first)
        rollout:approve { name = "go" }
        rollout:wave(rest)
      end)
      local function here(name) return host(name) { transport = "local", root = "\(place.path)/" .. name } end
      group "here" { hosts = { here "h1", here "h2" } }
      recipe "web" { path = "/srv/web", revision = bundle "dist", targets = group "here", strategy = asks, \(hook) }
      """
    }
    let plugin = "local chat = require \"chat\"\nallow \"chat\" { \"host.run\" }"
    try place.write(text(plugin, "on = { AfterInstall = chat }"), to: "deploy.lua")
    try place.write("return function(host) host:run \"touch ran\" end\n", to: "made/init.lua")
    #expect(try place.lander("plugin", "add", "made").code == 0)
    let parked = try place.lander("deploy", "--json")
    #expect(parked.code == 13, "\(parked)")
    let id = String(try #require(parked.out.firstMatch(of: /[0-9]{8}-[0-9]{6}-[a-z0-9]{4}/)).output)
    for word in ["approve", "resume", "cancel"] {
      let run = try place.lander(word, id, environment: policy)
      #expect(run.code == 3 && run.err.contains("plugin chat 1.0.0 is not signed"), "\(word): \(run)")
    }
    // Another checkout, whose project does not require the plugin.
    try shell("mv deploy.lock .lander machine/", in: place.path)
    try place.write(text("", ""), to: "deploy.lua")
    let elsewhere = try place.lander("approve", id, environment: policy)
    #expect(elsewhere.code == 3 && elsewhere.err.contains("is not on this machine, so lander cannot check who signed it"), "\(elsewhere)")
    #expect(!FileManager.default.fileExists(atPath: place.path + "/h2/srv/web/current"))
    #expect(try place.lander("approve", id).code == 0, "without a policy it is resumed")
  }

  @Test(
    "a server that a policy allows covers what a plugin asks of it",
    arguments: [
      ("http:api.example.com", true), ("http:*", true), ("http:*/GET", true), ("http:api.example.com:443/GET", true),
      ("http:api.example.com/POST", false), ("http:api.example.com:8443", false), ("http:example.com", false),
    ])
  func servers(_ allowed: String, _ isGood: Bool) throws {
    let place = try place(policy: "{ \"policy\": 1, \"capabilities\": { \"*\": [\"host.run\", \"\(allowed)\"] } }")
    for file in ["deploy.lua", "made/plugin.lua"] {
      let text = Self.files[file, default: ""].replacing("\"host.run\"", with: "\"host.run\", \"http:api.example.com:443/GET\"")
      try place.write(text, to: file)
    }
    #expect(try place.lander("plugin", "add", "made").code == 0)
    let run = try place.lander("check", environment: ["LANDER_POLICY": place.path + "/machine/policy.json"])
    #expect((run.code == 0) == isGood, "\(run)")
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
    // The project's own plugin comes first.
    try place.write("return { name = \"chat\", version = \"3.0.0\", api = 1 }\n", to: "plugins/chat/plugin.lua")
    try place.write("return function() end\n", to: "plugins/chat/init.lua")
    #expect(try place.lander("docs", "chat", environment: ["LANDER_PATH": path]).out.hasPrefix("chat 3.0.0\n"))
    for file in ["company/recipes/house.lua", "company/recipes"] {
      try shell("chmod go+w \(file)", in: place.path)
      let loose = try place.lander("check", environment: ["LANDER_PATH": path])
      #expect(loose.code == 2 && loose.err.contains(file) && loose.err.contains("written by users other than"), "\(loose)")
      try shell("chmod go-w \(file)", in: place.path)
    }
    #expect(try place.lander("check", environment: ["LANDER_PATH": path]).code == 0)
    // A link to a folder that every user can write.
    try shell(
      "mkdir -m 777 shared && mv company/recipes/house.lua shared/ && ln -s ../../shared/house.lua company/recipes/house.lua",
      in: place.path)
    let linked = try place.lander("check", environment: ["LANDER_PATH": path])
    #expect(linked.code == 2 && linked.err.contains("which others can write"), "\(linked)")
    chmod(path, 0o777)
    let loose = try place.lander("check", environment: ["LANDER_PATH": path + ":relative"])
    #expect(loose.code == 2 && loose.err.contains("can be written by users") && loose.err.contains("not an absolute path"), "\(loose)")
  }
}
