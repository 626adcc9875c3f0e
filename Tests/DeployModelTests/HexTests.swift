import DeployModel
import Testing

@Suite("Digits and words")
struct HexTests {
  @Test("a byte has two digits, a number sixteen, and a text's fingerprint is that of FNV-1a")
  func digits() {
    #expect(Hex.text([0, 9, 0xAB, 0xFF]) == "0009abff" && Hex.text([0xAB], upper: true) == "AB" && Hex.text(1) == "0000000000000001")
    #expect(Fingerprint(of: []).number == 0xcbf2_9ce4_8422_2325)
    #expect(Hex.text(Fingerprint(of: "foobar".utf8).number) == "85944171f73967e8")
  }
}
