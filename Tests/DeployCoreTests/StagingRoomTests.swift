import DeployCore
import DeployModel
import Testing

@Suite("Room for a release")
struct StagingRoomTests {
  @Test("counts files, what is sent, a block for each item and a margin")
  func sum() {
    let room = StagingRoom(whole: 1000, sending: 10, items: 3)
    #expect(room.bytes == 1010 + 103 * 4096 + 8_388_608)
    #expect(room.inodes == 103)
    #expect(room.lack(freeBytes: room.bytes, freeInodes: 103, at: "/srv/app") == nil)
  }

  @Test("says what is missing where, and refuses what no disk can hold without a trap")
  func lack() {
    let room = StagingRoom(whole: 1_000_000, sending: 1_000_000, items: 10)
    #expect(
      room.lack(freeBytes: 2 << 20, freeInodes: 1000, at: "/srv/app")?.message == "the release needs 11 MiB at /srv/app, 2 MiB are free")
    #expect(room.lack(freeBytes: .max, freeInodes: 5, at: "/srv/app")?.message == "the release needs 110 inodes at /srv/app, 5 are free")
    #expect(StagingRoom(whole: .max, sending: .max, items: 1).lack(freeBytes: .max - 1, freeInodes: 1000, at: "/")?.kind == .noSpace)
  }
}
