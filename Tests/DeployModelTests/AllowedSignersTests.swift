import DeployModel
import Testing

/// Tests which keys may sign, compared with the rules of ssh-keygen(1).
struct AllowedSignersTests {
  private static let key = "AAAAC3NzaC1lZDI1NTE5AAAAIJ7sP0v5u1rJ3mCk2c0rQm3rXw0n6a4m8Yb2v5c1d9eF"

  private func lines(_ text: String) -> [AllowedSigners.Line] { AllowedSigners([SourceFile(path: "allowed_signers", text: text)]).lines }

  @Test("a line counts if its key begins as its type does, and no certificate authority signs for itself")
  func keys() {
    #expect(lines("kim@x ssh-ed25519 \(Self.key) laptop").map(\.patterns) == [["kim@x"]])
    #expect(lines("kim@x namespaces=\"lander-approval\" ssh-ed25519 \(Self.key)").count == 1)
    for line in [
      "kim@x ssh-ed25519 AAAAgarbage", "kim@x ssh-rsa \(Self.key)", "kim@x cert-authority ssh-ed25519 \(Self.key)", "kim@x ssh-ed25519",
      "# kim@x ssh-ed25519 \(Self.key)", "kim@x namespaces=\"git\" ssh-ed25519 \(Self.key)",
    ] { #expect(lines(line).isEmpty, "\(line)") }
  }

  @Test("a line that ssh-keygen refuses counts for nobody")
  func refused() {
    for options in [
      "valid-before=\"tomorrow\"", "valid-before=\"20261301\"", "valid-before=\"20261232\"", "valid-before=20990101", "foo",
      "namespaces=git",
      "valid-after=\"x\",valid-before=\"20990101\"", "valid-before=\"209901011\"", "namespaces=\"!lander*,*\"", "namespaces=\"!*\"",
      "valid-before=\"209901012500\"", "namespaces=\"\"", "valid-before=\"20990101\" valid-after=\"20200101\"", "namespaces=\"lander\"",
    ] { #expect(lines("kim@x \(options) ssh-ed25519 \(Self.key)").isEmpty, "\(options)") }
    for options in [
      "namespaces=\"git,lander-*\"", "namespaces=\"!git,*\"", "NAMESPACES=\"lander-approva?\"", "valid-before=\"20990101235960Z\"",
      "namespaces=\"lander-approval\",valid-after=\"20200101\"",
    ] { #expect(lines("kim@x \(options) ssh-ed25519 \(Self.key)").count == 1, "\(options)") }
    #expect(lines("\"kim@x,ann@x\" ssh-ed25519 \(Self.key)").first?.patterns == ["kim@x", "ann@x"])
  }

  @Test("a key whose time is over, or has not come, does not hold; a day more or less is left to the zone of the machine")
  func times() throws {
    let noon = Timestamp(milliseconds: Civil.days(2026, 11, 28) * 86_400_000 + 43_200_000)
    func holds(_ options: String) throws -> Bool {
      try #require(lines("kim@x \(options) ssh-ed25519 \(Self.key)").first).holds(at: noon)
    }
    #expect(try holds("valid-after=\"20260101\",valid-before=\"20271231\""))
    #expect(try holds("valid-before=\"202611280900Z\"") && holds("valid-after=\"20261129\""))
    #expect(try !holds("valid-before=\"20200101\"") && !holds("valid-after=\"20990101\""))
  }
}
