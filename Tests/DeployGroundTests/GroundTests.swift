import DeployGround
import Foundation
import Glibc
import Testing

@Suite("What rooms do to this machine")
struct GroundTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "lander-ground-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  @Test("a lock is one holder's until it is released or the last reference is gone, and looking at it does not take it")
  func lock() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/lock"
    #expect(!FileLock.isHeld(path))
    var first = try FileLock(path)
    #expect(first != nil && FileLock.isHeld(path) && FileLock.isHeld(path))
    #expect(try FileLock(path) == nil)
    first?.release()
    #expect(!FileLock.isHeld(path))
    let second = try FileLock(path)
    #expect(second != nil)
    first = nil
    #expect(FileLock.isHeld(path), "the first holder gives back what it no longer has")
    #expect(throws: SystemError(ENOENT)) { try FileLock(folder + "/none/lock") }
    withExtendedLifetime(second) {}
  }

  @Test("names of a folder come in the order of their bytes, and a missing folder says why")
  func names() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["b", "é", "B", ".a"] { try Data().write(to: URL(filePath: "\(folder)/\(name)")) }
    #expect(try FolderNames.read(folder).map { String(decoding: $0, as: UTF8.self) } == [".a", "B", "b", "é"])
    #expect(throws: SystemError(ENOENT)) { try FolderNames.read(folder + "/none") }
    #expect(FolderNames.processes.contains(getpid()))
  }

  @Test("a program gets its words, its environment and its streams, and its end is told as a shell counts it")
  func spawn() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let pipe = try Spawn.pipe()
    let id = try Spawn.start(
      ["sh", "-c", "printf '%s' \"$A\" >&0; kill -9 $$"], program: "/bin/sh", environment: ["A=b c"], streams: [pipe.writing])
    close(pipe.writing)
    var bytes = [UInt8](repeating: 0, count: 10)
    let count = read(pipe.reading, &bytes, bytes.count)
    close(pipe.reading)
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "b c")
    #expect(ProcessEnd(status) == .signalled(9) && ProcessEnd(status).shellStatus == 137 && ProcessEnd(3 << 8) == .exited(3))
    #expect(throws: SystemError(ENOENT)) { try Spawn.start(["lander-has-no-such-program"], environment: [], streams: [0]) }
  }

  @Test("curl reads back what is quoted for it")
  func curl() { #expect("a\"b\\c\n\t".curlQuoted == #""a\"b\\c\n\t""#) }

  @Test("names of a tar file up to 100 bytes stand in its header, longer ones in an entry before it")
  func tar() {
    let short = [UInt8](repeating: 0x61, count: 100)
    #expect(TarBlocks.head(.file, name: short, mode: 0o644, size: 3).count == TarBlocks.size)
    #expect(TarBlocks.head(.link, name: short, mode: 0o777, target: short + [0x62]).count == 3 * TarBlocks.size)
    #expect(TarBlocks.head(.folder, name: short + short, mode: 0o755, target: []).count == 3 * TarBlocks.size)
    #expect(TarBlocks.padding(0) == 0 && TarBlocks.padding(1) == 511 && TarBlocks.padding(512) == 0 && TarBlocks.end.count == 1024)
  }
}
