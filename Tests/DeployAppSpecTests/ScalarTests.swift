import DeployAppSpec
import Testing

@Suite("Plain scalars of an appspec file")
struct ScalarTests {
  @Test(
    "a plain scalar means what it means to the agent's YAML 1.1 reader",
    arguments: [
      ("0644", .int(420)), ("0755", .int(493)), ("644", .int(644)), ("08", .text("08")), ("0o644", .text("0o644")), ("1_000", .int(1000)),
      ("1,000", .int(1000)), ("0x1f", .int(31)), ("0b101", .int(5)), ("-12", .int(-12)), ("+3", .int(3)), ("0", .int(0)), ("00", .int(0)),
      ("0.0", .number(0)), ("0.00", .number(0)), (".5", .number(0.5)), ("1.", .number(1)), ("5.9", .number(5.9)), ("1.5e+3", .number(1500)),
      ("1e3", .text("1e3")), (".", .text(".")), ("1.2.3", .text("1.2.3")),
      ("1:30", .int(5400)), ("1:02:03", .int(3723)), ("1:75", .text("1:75")),
      ("yes", .bool(true)), ("On", .bool(true)), ("off", .bool(false)), ("FALSE", .bool(false)), ("y", .text("y")), ("n", .text("n")),
      ("", .null), ("~", .null), ("NULL", .null), ("nil", .text("nil")), (":word", .symbol("word")), (".inf", .number(.infinity)),
      ("30s", .text("30s")), ("/etc/x", .text("/etc/x")), ("2026-01-31", .date("2026-01-31")), ("2026-13-01", .text("2026-13-01")),
      ("-", .text("-")), ("0x", .text("0x")), ("1_", .text("1_")), ("-.5", .number(-0.5)),
    ] as [(String, SpecScalar)])
  func plain(text: String, meaning: SpecScalar) {
    #expect(SpecScalar(plain: text) == meaning)
  }

  @Test("numbers, booleans and nothing print as the agent prints them")
  func printed() {
    #expect(SpecScalar(plain: "0644").printed == "420")
    #expect(SpecScalar(plain: "5.0").printed == "5.0")
    #expect(SpecScalar(plain: "yes").printed == "true")
    #expect(SpecScalar(plain: "~").printed == "")
  }
}
