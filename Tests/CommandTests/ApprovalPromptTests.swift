import Foundation
import Testing

@testable import lander

@Suite("A deployment on a terminal asks at an approval", .serialized)
struct ApprovalPromptTests {
  private static let body = """
    strategy = asks {},
    on = { ApplicationStart = function(host) host:run "true" end },
    """
  private static let asks = """
    local asks = strategy "asks" (function(rollout)
      local first, rest = rollout.targets:split(1)
      rollout:wave(first)
      rollout:approve { name = "go", message = "Look at h1", timeout = "1h" }
      rollout:wave(rest)
    end)
    """

  private func place() throws -> Workplace {
    try Workplace.project(hosts: 2, body: Self.body, more: Self.asks)
  }

  /// Starts a deployment on a pseudo-terminal, which receives as input what the test writes to the file `keys`.
  private func deploy(_ place: Workplace, _ more: [String] = [], _ environment: [String: String] = [:]) throws -> Workplace.Running {
    let shell = "rm -f keys; mkfifo keys; exec 3<>keys; exec script -qfec \"stty cols 80 rows 24; $*\" /dev/null <&3"
    return try place.start(["deploy"] + more, ["TERM": "xterm"].merging(environment) { $1 }, through: ["sh", "-c", shell, "sh"])
  }

  private func type(_ text: String, in place: Workplace) throws {
    let file = open(place.path + "/keys", O_WRONLY)
    try #require(file >= 0)
    _ = Array(text.utf8).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    close(file)
  }

  @Test(
    "yes brings the release to the others, no takes it back; what is no answer is asked again", arguments: [("yes", Int32(0)), ("n", 16)])
  func answers(_ word: String, _ code: Int32) throws {
    let place = try place()
    let running = try deploy(place)
    try wait(for: "Approve \"go\" as ", in: running.out)
    #expect(running.said(running.out).contains("Look at h1") && running.said(running.out).contains("then it fails"))
    try type("maybe\r", in: place)
    try wait(for: "yes, no or later: Approve \"go\"", in: running.out)
    // Backspace deletes the last character.
    try type(word + "x\u{7F}\r", in: place)
    #expect(running.wait() == code, "\(running.everything)")
    let end = running.said(running.out)
    #expect(end.contains(code == 0 ? "approved by " : "rejected by "), "\(end)")
    #expect(place.exists("hosts/h2/srv/app/current") == (code == 0))
  }

  @Test("an answer from elsewhere ends the question, and later leaves it to others", arguments: [false, true])
  func elsewhere(_ later: Bool) throws {
    let place = try place()
    let running = try deploy(place, later ? ["--output", "plain"] : [])
    try wait(for: "Approve \"go\" as ", in: running.out)
    if later {
      try type("later\r", in: place)
      try wait(for: "Left for later", in: running.out)
    }
    let id = try #require(place.word(after: "lander approve ", in: running.said(running.out)))
    #expect(try place.lander("approve", id, "1", "--actor", "kim").code == 0)
    #expect(running.wait() == 0, "\(running.everything)")
    #expect(running.said(running.out).contains("approved by kim via "), "\(running.everything)")
  }

  @Test("nobody is asked in CI, though it has a terminal")
  func ci() throws {
    let place = try place()
    let running = try deploy(place, ["--wait=1s"], ["CI": "true"])
    #expect(running.wait() == 22, "\(running.everything)")
    #expect(!running.everything.contains("[yes/no/later]"))
  }

  @Test("keys are taken as a person means them")
  func keys() throws {
    var typed = ""
    #expect(ApprovalPrompt.line(Array("ye".utf8), &typed) == nil && typed == "ye")
    #expect(ApprovalPrompt.line([0x15] + Array("no\u{7F}o\n".utf8), &typed) == "no" && typed == "")
    for odd in ["y\u{E9}\n", "\u{43D}\u{435} yes\n", "\0yes\n", "\u{1B}yes\n", "yes" + String(repeating: " ", count: 80) + "no\n"] {
      let line = try #require(ApprovalPrompt.line(Array(odd.utf8), &typed))
      #expect(line.contains("?"), "\(line)")
    }
  }
}
