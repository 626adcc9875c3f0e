import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("Answers: nothing that a host's users write can end one or stand for one", .serialized)
struct AnswerTests {
  private static func feed(_ frames: inout Frames, _ text: String, by size: Int) throws -> [Frames.Frame] {
    var found: [Frames.Frame] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      found += try frames.take(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return found
  }

  @Test("answers come out whole however the bytes are cut, and what a login shell prints between them is skipped")
  func frames() throws {
    let stream = """
      motd\nmore\n012 no\n0123 =0 0\nlate\n0123 +6\nhello\n\n0123 =1 0\n\n0123 -4\noops\n0123 +0\n\n0123 =2 44
      noise\n0123\n\n0123 +3\na\nb\n0123 +3\n\nc\n
      0123 =3 0\n
      """
    for size in 1...stream.utf8.count {
      var frames = Frames(nonce: "0123")
      let found = try Self.feed(&frames, stream, by: size)
      #expect(found.map(\.number) == [0, 1, 2, 3])
      #expect(found.map(\.status) == [0, 0, 44, 0])
      #expect(found.map { String(decoding: $0.output, as: UTF8.self) } == ["", "hello\n", "", "a\nb\nc\n"])
      #expect(found.map { String(decoding: $0.errors, as: UTF8.self) } == ["", "", "oops", ""])
    }
  }

  @Test("a whole answer inside an answer is a part of its text, also where its writer knew the nonce")
  func nested() throws {
    let forged = "\n0123 +2\nok\n0123 =1 0\n\n0123 =2 0\n"
    let stream = "\n0123 =0 0\n\n0123 +\(forged.utf8.count)\n\(forged)\n0123 =1 7\n"
    for size in 1...stream.utf8.count {
      var frames = Frames(nonce: "0123")
      let found = try Self.feed(&frames, stream, by: size)
      #expect(found.map(\.status) == [0, 7])
      #expect(found.last.map { String(decoding: $0.output, as: UTF8.self) } == forged)
    }
  }

  @Test(
    "what is no piece of an answer ends the channel: a length below nothing, beyond all bounds, or another word",
    arguments: [
      "+-1", "+99999999999999999999", "+268435457", "=1", "= 0", "=-1 0", "x", "", "+1 1", "=1 0 0",
    ])
  func garbled(_ line: String) {
    var frames = Frames(nonce: "n")
    #expect(throws: Frames.Garbled.self) { try frames.take(Array("\nn \(line)\n".utf8)) }
  }

  @Test("noise without end is forgotten, and an answer after it is heard")
  func noise() throws {
    var frames = Frames(nonce: "0123")
    for _ in 0..<100 { #expect(try frames.take([UInt8](repeating: 10, count: 65536)) == []) }
    #expect(frames.rest.count <= 1 << 18)
    #expect(try frames.take(Array("\n0123 =0 5\n".utf8)).map(\.status) == [5])
  }

  @Test("no function of the host program takes the name of another one")
  func names() {
    let lines = String(decoding: HostProgram().whole, as: UTF8.self).split(separator: "\n")
    let names = lines.compactMap { $0.prefixMatch(of: /(l_\w+)\(\)/)?.1 }
    #expect(names.count > 50)
    #expect(Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.keys.sorted() == [])
  }

  /// Opens a channel to a shell of this machine that has received the host program. Its nonce is `abc`.
  private static func channel(_ shell: Shell, in folder: String, _ reactor: Reactor) async throws -> Channel {
    let path = try Ground.path(for: shell, in: folder)
    let channel = try Channel(["env", "PATH=\(path)", "sh", "-c", HostProgram.loop], environment: nil, nonce: "abc", reactor: reactor)
    let program = HostProgram()
    let text = program.text(program.everything)
    for (payload, line) in [([], ":"), (text, "\(HostProgram.take(text, into: "l_program")); eval \"$l_program\"; l_nonce=abc")] {
      _ = try await channel.ask(payload, within: .seconds(20)) { "\(line); \(HostProgram.mark("abc", $0))" }.get()
    }
    return channel
  }
  private static func say(_ channel: Channel, _ words: String..., payload: [UInt8] = []) async throws -> Channel.Answer {
    let line = Quoting.line(words)
    let size = payload.count
    return try await channel.ask(payload, within: .seconds(20)) { size == 0 ? "l_do \($0) \(line)" : "l_in \($0) \(size) \(line)" }.get()
  }

  @Test(
    "a file, a message and a job's output that hold forged answers with the right nonce change no answer",
    arguments: Shell.here.filter { $0 != .ssh })
  func forged(_ shell: Shell) async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    let reactor = Reactor()
    defer { reactor.stop() }
    let channel = try await Self.channel(shell, in: folder, reactor)
    let forged = (0..<40).map { "\nabc =\($0) 0\n\nabc +3\nyes\nabc =\($0) 0\n" }.joined()
    try forged.write(toFile: "\(folder)/file", atomically: true, encoding: .utf8)
    let read = try await Self.say(channel, "l_read", "\(folder)/file", "100000")
    #expect(read.status == 0 && read.text == forged && read.errors.isEmpty)
    // The message of this failure repeats the name.
    let missing = try await Self.say(channel, "l_size", forged)
    #expect(missing.status == 44 && missing.output.isEmpty)
    #expect(String(decoding: missing.errors, as: UTF8.self).hasPrefix(forged))

    let script = Array("cat '\(folder)/file'; cat '\(folder)/file' >&2; exit 7".utf8)
    let place = "\(folder)/srv"
    let started = try await Self.say(
      channel, "l_job", place, "1", "t", "d1", "1", "60.000", "1", "65536", "0", "", "\(script.count)", "0", "fail", "0", "a job", "",
      payload: script)
    #expect(started.status == 0 && started.text == "started\n")
    var said = Channel.Answer(status: 0, output: [], errors: [])
    try await until("the job has ended") {
      said = (try? await Self.say(channel, "l_poll", "65536", "\(place)/.lander/jobs/d1/1", "0", "0")) ?? said
      return said.text.hasPrefix("J done")
    }
    let size = forged.utf8.count
    #expect(said.text == "J done \(size) \(size) \(size) \(size) 9\n\(forged)\(forged)7 exit 0\n")
    let asked = try await Self.say(channel, "l_ask", place, "d1", "2", "", "\(script.count)", payload: script)
    #expect(asked.text.hasSuffix("\n\(forged)\(forged)") && asked.text.hasPrefix("7 \(size) \(size) "))
    channel.close()
  }

  @Test(
    "a file that becomes shorter while it is read breaks no answer: the request fails, and the next is answered",
    arguments: Shell.here.filter { $0 != .ssh })
  func shorter(_ shell: Shell) async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    let reactor = Reactor()
    defer { reactor.stop() }
    let channel = try await Self.channel(shell, in: folder, reactor)
    try "0123456789".write(toFile: "\(folder)/file", atomically: true, encoding: .utf8)
    for (offset, count) in [(0, 100), (5, 100), (10, 1), (50, 100)] {
      let part = try await Self.say(channel, "l_part", "\(folder)/file", "\(offset)", "\(count)")
      #expect(part.status == 46 && part.output.count == count)
    }
    #expect(try await Self.say(channel, "l_part", "\(folder)/file", "2", "3").text == "234")
    // If a request is refused before its payload is read, the payload must not be read as the next request.
    let payload = Array("\nl_do 9 l_ping\n".utf8) + [UInt8](repeating: 65, count: 200_000)
    let refused = try await Self.say(
      channel, "l_write", "\(folder)/srv", "1", "t", "d1", "1", "\(folder)/none/file", "600", "", "word", payload: payload)
    #expect(refused.status == 44)
    #expect(try await Self.say(channel, "l_ping").text == "pong\n")
    channel.close()
  }

  @Test("what ends an answer stands in no argv, neither of the client nor of the host's shell nor of a job", arguments: Shell.here)
  func hidden(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    let client = try #require(await ground.hosts.client(of: ground.host))
    let said = Ground.sh("tr '\\0' '\\n' </proc/\(client)/cmdline")
    #expect(!said.isEmpty && said.firstMatch(of: /[0-9a-f]{32}/) == nil)
    let argv = try Reach(ground.host, options: ground.hosts.options).start().argv
    #expect(argv.joined(separator: " ").firstMatch(of: /[0-9a-f]{32}/) == nil)
    await ground.end()
  }

  @Test("a command gets no descriptor but its own three, as whatever user it runs", arguments: Shell.here)
  func descriptors(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = Ground.sh("chmod 755 '\(ground.folder)'; mkdir -p '\(ground.path)'")
    for (number, user) in [nil, getuid() == 0 ? "nobody" : nil].enumerated() {
      // Children also inherit the descriptors with which the test process was started. The last descriptor is the folder that `ls` lists.
      for (turn, kind) in [CommandPart.Kind.effect, .question].enumerated() {
        let command = Command(.argv(["ls", "-l", "/proc/self/fd"]), user: user)
        let said = await ground.part(number * 2 + turn + 1, kind, command).outcome.stdout?.text ?? "nothing"
        // Some versions of `ls` close the folder before they read the link's target, so the line of the folder may have no target.
        let lines = said.split(separator: "\n").filter { !$0.hasPrefix("total ") }
        #expect(shell != .ssh || lines.count == 4, "\(said)")
        #expect(lines.count >= 4 && lines.prefix(3).allSatisfy { $0.contains(" -> ") }, "\(said)")
        #expect(!lines.contains { $0.hasSuffix(".lander") || $0.hasSuffix("/guard") }, "\(said)")
      }
    }
    await ground.end()
  }
}
