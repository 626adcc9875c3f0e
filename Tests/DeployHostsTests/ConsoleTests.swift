import DeployModel
import Testing

@testable import DeployHosts

@Suite("A shell for a person")
struct ConsoleTests {
  @Test("over ssh it has a terminal, may ask for a password, and begins in the release, whatever its path is called")
  func ssh() throws {
    var host = Host(number: 0, name: "web1")
    (host.user, host.port) = ("deploy", 2222)
    let words = try Hosts.console(of: host, in: "/srv/a 'b'/current", or: "/srv/a 'b'")
    #expect(words.first == "ssh" && words.contains("-t") && !words.contains("-T") && !words.contains("BatchMode=yes"))
    #expect(words.contains("2222") && words.contains("deploy") && words[words.count - 2] == "web1" && words[words.count - 3] == "--")
    for (word, next) in zip(words, words.dropFirst()) where word == "-o" { #expect(next.contains("="), "\(words)") }
    #expect(
      words.last?.hasPrefix("cd '/srv/a '\\''b'\\''/current' 2>/dev/null || cd '/srv/a '\\''b'\\''' || exit 1; exec ") == true, "\(words)")
  }

  @Test("a host that a recipe's own argv reaches is refused with what to type")
  func own() {
    var host = Host(number: 0, name: "box")
    host.argv = ["docker", "exec", "-i", "box", "sh"]
    #expect(throws: Failure.self) { try Hosts.console(of: host, in: "/srv/current", or: "/srv") }
  }
}
