import DeployModel
import DeployStore
import Foundation
import PlanDrafts
import Testing

@Suite("The spool of output")
struct SpoolTests {
  let folder: TemporaryFolder
  let journal: SQLiteJournal
  init() throws {
    folder = try TemporaryFolder()
    journal = try SQLiteJournal(in: folder.state())
  }

  private func put(_ text: String, at offset: Int, intent: Int = 1, place: Place = .host(3), stream: OutputChunk.Stream = .stdout) async {
    await journal.spool(OutputChunk(intent: intent, place: place, stream: stream, offset: offset, bytes: Array(text.utf8)), of: "d-1")
  }

  private func read(_ intent: Int = 1, place: Place = .host(3), stream: OutputChunk.Stream = .stdout) throws -> String {
    String(decoding: try journal.output.output(of: "d-1", place: place, intent: intent, stream: stream), as: UTF8.self)
  }

  @Test("its files are for their owner only")
  func modes() async throws {
    await put("x", at: 0)
    #expect(try folder.mode(of: "state/spool/d-1/host-3/1.out") == 0o600)
    #expect(try folder.mode(of: "state/spool/d-1/host-3") == 0o700)
    #expect(try folder.mode(of: "state/journal.sqlite") == 0o600)
  }

  @Test("chunks that come again after a resume change nothing")
  func again() async throws {
    await put("hello ", at: 0)
    await put("world", at: 6)
    await put("hello ", at: 0)
    #expect(try read() == "hello world")
    #expect(
      String(decoding: try journal.output.output(of: "d-1", place: .host(3), intent: 1, stream: .stdout, from: 6), as: UTF8.self) == "world"
    )
  }

  @Test("every stream is listed with its size, the engine machine first")
  func list() async throws {
    await put("abc", at: 0, intent: 12)
    await put("e", at: 0, intent: 12, stream: .stderr)
    await put("x", at: 0, intent: 2, place: .host(10))
    await put("here", at: 0, intent: 1, place: .engine)
    let streams = journal.output.streams(of: "d-1")
    #expect(streams.map(\.place) == [.engine, .host(3), .host(3), .host(10)])
    #expect(streams.map(\.bytes) == [4, 1, 3, 1])
    #expect(streams[1].stream == .stderr)
    #expect(try read(99) == "")
    #expect(journal.output.streams(of: "../..").isEmpty)
  }

  @Test("a name that would leave the folder writes nothing")
  func escape() async throws {
    await journal.spool(OutputChunk(intent: 1, place: .engine, stream: .stdout, offset: 0, bytes: [65]), of: "../../evil")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/evil"))
  }
}
