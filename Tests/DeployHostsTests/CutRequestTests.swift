import Foundation
import Testing

@testable import DeployHosts

@Suite("Requests that break off: an engine that dies while it sends leaves a part of one in the channel", .serialized)
struct CutRequestTests {
  /// A request with a payload. The file `effect` exists after the request was carried out.
  struct Request: CustomTestStringConvertible, Sendable {
    var function: String
    var arguments: [String]
    var payload: String
    var effect: String
    var testDescription: String { function }

    static let all = [
      Request(
        function: "l_job",
        arguments: ["d1", "7", "60.000", "1", "65536", "0", "", "", "0", "fail", "0", "a job", ""],
        payload: "echo ran >>/$/ledger", effect: "ledger"),
      Request(function: "l_ask", arguments: ["d1", "7", ""], payload: "echo ran >>/$/ledger", effect: "ledger"),
      Request(
        function: "l_write", arguments: ["d1", "8", "/$/shop.conf", "644", "", "unguessable"],
        payload: "a = 1\nb = 2\n", effect: "shop.conf"),
      Request(
        function: "l_record", arguments: ["release1", "d1", "sources1"], payload: #"{"release": 1}"#, effect: "srv/.lander/receipt"),
    ]

    /// A job whose script is the last argument of the request's line.
    static let inline = Request(
      function: "l_job",
      arguments: [
        "d1", "7", "60.000", "1", "65536", "0", "", "", "0", "fail", "0", "a job", "", "echo ran >>/$/ledger\necho 'it is' said",
      ],
      payload: "", effect: "ledger")

    /// Returns the bytes of the request for the channel of a host with this folder.
    func bytes(in folder: String) -> (line: [UInt8], payload: [UInt8]) {
      let place = { (text: String) in text.replacingOccurrences(of: "/$", with: folder) }
      let payload = Array(place(payload).utf8)
      var words = [function, "\(folder)/srv", "1", "token"] + arguments.map(place)
      if function == "l_job" { words[11] = "\(payload.count)" }
      // A question has no fence and no token.
      if function == "l_ask" { words = [function, words[1]] + arguments + ["\(payload.count)"] }
      if payload.isEmpty { return (Array("l_do 1 \(Quoting.line(words))\n".utf8), []) }
      return (Array("l_in 1 \(payload.count) \(Quoting.line(words))\n".utf8), payload)
    }
  }

  @Test(
    "a request is carried out whole or not at all, wherever it is cut", arguments: Shell.here.filter { $0 != .ssh }, Request.all)
  func cut(_ shell: Shell, _ request: Request) throws { try cut(shell, request, attended: false) }

  @Test(
    "a job whose script is in the request itself runs whole or not at all, wherever the request is cut",
    arguments: Shell.here.filter { $0 != .ssh })
  func inline(_ shell: Shell) throws {
    for attended in [false, true] { try cut(shell, .inline, attended: attended) }
  }

  private func cut(_ shell: Shell, _ request: Request, attended: Bool) throws {
    let folder = Ground.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let program = HostProgram()
    try Data(program.text(program.everything)).write(to: URL(filePath: folder + "/program"))
    let path = try Ground.path(for: shell, in: folder)
    let start = Array(
      "l_nonce=n l_program=$(cat '\(folder)/program'); eval \"$l_program\"\n\(attended ? "l_attend\n" : "")".utf8)
    let (line, payload) = request.bytes(in: folder)
    /// Returns the output of a shell that receives this many bytes of the request and then the end of input.
    func send(_ count: Int) throws -> String {
      try Data(start + (line + payload).prefix(count)).write(to: URL(filePath: folder + "/input"))
      return Ground.sh("PATH='\(path)' sh -c '\(HostProgram.loop)' <'\(folder)/input' 2>&1")
    }
    let effect = "\(folder)/\(request.effect)"

    let cuts = payload.isEmpty ? Array(0..<line.count) : [0, 1, line.count / 2, line.count - 1]
    for count in cuts + (line.count..<line.count + payload.count) {
      let said = try send(count)
      #expect(count < line.count || said.contains("broke off"), "\(count) bytes: \(said)")
      #expect(!FileManager.default.fileExists(atPath: effect))
      #expect(Ground.sh("find '\(folder)' -path '*/jobs/d1/*' -o -name '.lander.*' 2>/dev/null") == "", "\(count) bytes left something")
    }
    let said = try send(line.count + payload.count)
    let deadline = ContinuousClock.now + .seconds(20)
    while !FileManager.default.fileExists(atPath: effect), ContinuousClock.now < deadline { usleep(20000) }
    #expect(FileManager.default.fileExists(atPath: effect), "whole: \(said)")
  }
}
