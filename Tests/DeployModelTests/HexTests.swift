import DeployModel
import Testing

@Suite("Digits and words")
struct HexTests {
  @Test("a byte has two digits, a number sixteen, and a string's fingerprint is that of FNV-1a")
  func digits() {
    #expect(Hex.text([0, 9, 0xAB, 0xFF]) == "0009abff" && Hex.text([0xAB], upper: true) == "AB" && Hex.text(1) == "0000000000000001")
    #expect(Fingerprint(of: []).number == 0xcbf2_9ce4_8422_2325)
    #expect(Hex.text(Fingerprint(of: "foobar".utf8).number) == "85944171f73967e8")
  }

  @Test("a word for a shell is quoted byte by byte, so that no accent hides a quote")
  func words() {
    #expect("a-Z0./:_%,=+@".shellWord == "a-Z0./:_%,=+@" && "".shellWord == "''" && "a b".shellWord == "'a b'")
    #expect("it's".shellQuoted == #"'it'\''s'"#)
    #expect(Array("'\u{301}".shellQuoted.utf8) == Array(#"''\''"#.utf8) + Array("\u{301}'".utf8))
  }
}
