import DeployModel
import Testing

@testable import DeployDesk

@Suite("Secrets that recipes name")
struct SecretNamesTests {
  @Test(
    "the names of secrets are found in texts, however they are written",
    arguments: [
      (#"local a = secret "A""#, ["A"]), ("secret('DB.URL-2')", ["DB.URL-2"]), ("x=secret (\n  \"A\")", ["A"]),
      (#"secret"A"secret"B""#, ["A", "B"]),
      (#"secret_of "A""#, []), (#"mysecret "A""#, []), (#"t.secret "A""#, ["A"]), (#"secret """#, []), (#"secret "A B""#, []),
      (#"secret "\#(String(repeating: "n", count: 201))""#, []), (#"secret "A"#, []), ("secret", []), ("", []),
      (#"a - b; secret "A""#, ["A"]),
    ])
  func names(_ text: String, _ names: [String]) {
    #expect(SecretNames(in: [SourceFile(path: "deploy.lua", text: text)]).used == names)
  }

  @Test("a name in a comment is an example, unless it is used as well")
  func comments() {
    let text = "-- such as secret \"A\"\nx = 1 -- secret \"B\"\nlocal b = secret \"B\"\n--[[ secret \"C\" ]]\n"
    let names = SecretNames(in: [SourceFile(path: "deploy.lua", text: text)])
    #expect(names.used == ["B"])
    #expect(names.examples == ["A", "C"])
  }
}
