import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployReport

@Suite("Text that people and machines read")
struct TextTests {
  @Test("a host's name is taken out of causes as a word, not as letters")
  func words() {
    #expect("`lander: stage` was cancelled on a".replacing(word: "a", with: "HOST") == "`lander: stage` was cancelled on HOST")
    #expect("web-1: web-10 a/web-1/b".replacing(word: "web-1", with: "HOST") == "HOST: web-10 a/HOST/b")
  }

  @Test("a problem with a place and a subject names both")
  func subjects() {
    let problem = Problem("is a named pipe", place: SourcePlace(file: "deploy.lua", line: 5), subject: "u/pipe")
    #expect(problem.lines() == ["deploy.lua:5: u/pipe: is a named pipe"])
  }

  @Test(
    "control characters, overrides and CI commands of a host's output are disarmed",
    arguments: [
      ("\u{1B}[2Jboo", "^[[2Jboo"), ("a\u{7}b", "a^Gb"),
      ("::error file=x::boo", ": :error file=x::boo"),
      ("  ::set-output", "  : :set-output"),
      ("\u{A0}\u{3000}::stop-commands::x", "\u{A0}\u{3000}: :stop-commands::x"),
      ("x ##[error]boo", "x # #[error]boo"), ("##vso[task.complete]", "# #vso[task.complete]"),
      ("a\u{202E}b", "a<U+202E>b"),
      ("std::vector", "std::vector"), ("tab\there", "tab  here"), ("ünï 漢", "ünï 漢"),
      ("\u{9B}2J", "<U+9B>2J"), ("a\u{200B}b\u{2060}c\u{61C}d", "a<U+200B>b<U+2060>c<U+61C>d"),
      ("x\u{E0041}\u{E007F}", "x<U+E0041><U+E007F>"),
      ("#\u{200B}#[error]", "#<U+200B>#[error]"), ("\u{2066}a\u{2069}", "<U+2066>a<U+2069>"),
    ])
  func safe(_ text: String, _ expected: String) { #expect(SafeText.line(text) == expected) }

  @Test("a line of many megabytes is made harmless in time that grows with its length")
  func long() {
    var text = String(repeating: "0123456789abcdef # ## é漢\t", count: 100_000)
    text += "\u{1B}[31m##[error]\r" + String(repeating: "x", count: 1_000_000) + "##vso[a]\u{202E}\r\r\n\r\nend\r"
    let start = ContinuousClock.now
    let lines = SafeText.lines(text)
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(lines.count == 3 && lines[0].hasSuffix("x# #vso[a]<U+202E>") && lines[1].isEmpty && lines[2] == "end")
    #expect(lines[0].utf8.count == 1_000_000 + "# #vso[a]<U+202E>".utf8.count)
    #expect(SafeText.lines("\r") == [" "] && SafeText.lines("a\n\n") == ["a", ""] && SafeText.lines("") == [])
    #expect(SafeText.line("####[x ###vso[") == "### #[x ## #vso[")
  }

  @Test("a progress bar that overwrites itself shows its last state")
  func carriageReturns() {
    #expect(SafeText.lines("10%\r50%\r100%\ndone\r\n") == ["100%", "done"])
  }

  @Test("colours of a host's output are left out, and any other sequence is shown for what it is")
  func colours() {
    #expect(SafeText.lines("\u{1B}[1;31mred\u{1B}[0m \u{1B}[38:5:9mé漢\u{1B}[m\n") == ["red é漢"])
    #expect(SafeText.lines("\u{1B}[2Ja\u{1B}[31;\u{1B}[?25h\u{1B}[>1mb\u{1B}[") == ["^[[2Ja^[[31;^[[?25h^[[>1mb^[["])
    #expect(SafeText.lines("\u{1B}[0m:\u{1B}[0m:error::x") == [": :error::x"])
    #expect(SafeText.line("a\u{1B}[31mb") == "a^[[31mb")
  }

  @Test("no line of JSON holds what a CI system obeys, and it reads back as the same text")
  func commandsInJSON() throws {
    for text in [
      "##vso[task.setvariable variable=x]y", "##[error]x", "a ##[group]", "::error file=x::boo", ":::set-output", "##teamcity[x]",
      "#\u{200B}",
      "\u{E0041}\u{202E}\u{61C}", "std::vector",
    ] {
      let line = JSON.text(.record(of: [("text", .text(text))]))
      #expect(!line.contains("##") && !line.contains("#[") && !line.contains("::"), "\(line)")
      #expect(line.unicodeScalars.allSatisfy { !SafeText.isHidden($0) })
      let back = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
      #expect(back?["text"] == text)
    }
  }

  @Test("JSON escapes whatever would break a line")
  func json() {
    let text: Value = "q\"\\\n\u{1}\u{2028}\u{1B}"
    let value = JSON.record([
      ("a", text), ("b", .list([1, .null, true, .number(0.5), .number(.infinity)])), ("c", nil),
    ])
    #expect(JSON.text(value) == #"{"a":"q\"\\\n\u0001\u2028\u001b","b":[1,null,true,0.5,null]}"#)
  }

  @Test(
    "moments are printed as the calendar has them",
    arguments: [
      (0, 0, "1970-01-01 00:00:00"), (951_782_400_000, 0, "2000-02-29 00:00:00"),
      (1_795_260_645_000, 0, "2026-11-21 11:30:45"),
      (1_795_260_645_000, 3600, "2026-11-21 12:30:45"), (-1000, 0, "1969-12-31 23:59:59"),
      (4_102_444_799_999, 0, "2099-12-31 23:59:59"),
    ])
  func moments(_ milliseconds: Int, _ zone: Int, _ text: String) {
    #expect(When(Timestamp(milliseconds: milliseconds), zone: zone).full == text)
  }

  @Test("machines get UTC with milliseconds")
  func iso() {
    #expect(When.iso(Timestamp(milliseconds: 1_795_260_645_007)) == "2026-11-21T11:30:45.007Z")
  }

  @Test(
    "bytes are rounded as people say them",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (60_123_456, "60.1 MB"), (999_600, "1 MB"),
      (1_250_000_000, "1.3 GB"), (123_456_789, "123 MB"),
    ])
  func bytes(_ count: Int, _ text: String) { #expect(count.inBytes == text) }

  @Test("what is in a table lines up, whatever the width of its letters")
  func table() {
    let lines = Table(["HOST", "STATE"], rows: [["漢字", "x"], ["a", ""]]).lines(on: Surface())
    #expect(lines == ["HOST  STATE", "漢字  x", "a"])
  }

  @Test(
    "letters, emoji, flags and marks take as many columns as a terminal gives them",
    arguments: [
      ("é", 1), ("e\u{301}", 1), ("漢", 2), ("한", 2), ("ｱ", 1), ("！", 2), ("✅", 2), ("⚡", 2), ("🇩🇪", 2), ("❤\u{FE0F}", 2),
      ("1\u{FE0F}\u{20E3}", 2),
      ("👩\u{200D}👩\u{200D}👧", 2), ("✓✗•◦↺→…", 7), ("█░", 2), ("\u{1B}[31m✅\u{1B}[0m", 2), ("\r\n", 1),
    ])
  func columns(_ text: String, _ count: Int) { #expect(text.columns == count, "\(text)") }

  @Test("a cut line keeps its colours closed and its width")
  func clipping() {
    let surface = Surface(colour: true)
    #expect("abcdef".clipped(to: 4) == "abc…")
    #expect(surface.paint("abcdef", .bad).clipped(to: 4) == "\u{1B}[31mabc…\u{1B}[0m")
    #expect("漢字漢字".clipped(to: 5).columns == 5)
  }

  @Test(
    "colour follows the conventions",
    arguments: [
      (["NO_COLOR": "1", "CLICOLOR_FORCE": "1", "TERM": "xterm"], true, false),
      (["TERM": "xterm"], true, true),
      (["TERM": "dumb"], true, false),
      (["TERM": "xterm"], false, false), (["CLICOLOR_FORCE": "1"], false, true),
      (["FORCE_COLOR": "0", "TERM": "xterm"], false, false),
      (["NO_COLOR": "", "TERM": "xterm"], true, true),
    ])
  func colour(_ environment: [String: String], _ terminal: Bool, _ expected: Bool) {
    #expect(
      Surface(isTerminal: terminal, columns: nil, rows: nil, zone: 0) { environment[$0] }.colour
        == expected)
  }

  @Test("problems say where, what and what to do, in the order of the file, each once")
  func problems() {
    let one = Problem(
      "unknown field \"hots\"", place: SourcePlace(file: "deploy.lua", line: 31),
      fix: "did you mean \"hosts\"?")
    let two = Problem("unknown global \"gruop\"", place: SourcePlace(file: "deploy.lua", line: 4))
    #expect(
      Problems([one, two, one]).lines() == [
        "deploy.lua:4: unknown global \"gruop\"", "deploy.lua:31: unknown field \"hots\"",
        "  → did you mean \"hosts\"?", "",
        "2 problems; nothing was started.",
      ])
  }

  @Test("on a terminal no row of a table is wider than the window while its words let it; elsewhere each row is one line")
  func narrowTable() {
    let rows = [
      ["20261126-055829-buin", "2026-11-26 05:58:29", "rollback of app", "lab", "6e50ee647b3f", "3 hosts", "root@vm", "succeeded"],
      ["20261126-055824-j2ve", "2026-11-26 05:58:24", "app", "lab", "", "1 host", "root@vm", "failed"],
    ]
    let table = Table(["DEPLOYMENT", "BEGAN", "WHAT", "GROUP", "REVISION", "HOSTS", "BY", "ENDED"], rows: rows)
    #expect(
      table.lines(on: Surface(width: 80, terminal: true)) == [
        "DEPLOYMENT            BEGAN  WHAT  GROUP  REVISION  HOSTS  BY  ENDED",
        "20261126-055829-buin  2026-11-26 05:58:29  rollback of app  lab  6e50ee647b3f",
        "                      3 hosts  root@vm  succeeded",
        "20261126-055824-j2ve  2026-11-26 05:58:24  app  lab  1 host  root@vm  failed",
      ])
    #expect(table.lines(on: Surface(width: 80)).count == 3)
    let long = Table(
      [],
      rows: [
        ["path", "/srv/app", "deploy.lua:7"], ["targets", Array(repeating: "web", count: 40).joined(separator: " "), "deploy.lua:6"],
      ])
    let lines = long.lines(on: Surface(width: 60, terminal: true), indent: 2)
    #expect(lines.allSatisfy { $0.columns <= 60 }, "\(lines)")
    #expect(lines[0] == "  path     /srv/app  deploy.lua:7" && lines.count == 5, "one long value moves no other row: \(lines)")
    let wide = Table([], rows: [["a", String(repeating: "x", count: 90)]]).lines(on: Surface(width: 40, terminal: true))
    #expect(wide == ["a  " + String(repeating: "x", count: 90)], "what cannot be broken is not broken")
  }

  @Test("after the process was stopped and continues, the frame is drawn below what others wrote")
  func continued() {
    var live = LiveReport(on: Surface(terminal: true))
    for entry in Stories.failing.prefix(8) { _ = live.take(entry, of: "x") }
    _ = live.tick(Stories.start + .seconds(9))
    #expect(live.tick(Stories.start + .seconds(11)).contains("A\u{1B}[J"), "it goes up to draw in its own place")
    live.resumed()
    let frame = live.tick(Stories.start + .seconds(11))
    #expect(!frame.isEmpty && frame.hasPrefix("\u{1B}[?2026h\u{1B}[J"), "\(frame)")
  }
}
