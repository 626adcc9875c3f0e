import Foundation
import Testing

@Suite("Things in the state folder that a read would wait for")
struct StatePipeTests {
  @Test("a pipe in the place of a file of the state folder keeps no command waiting")
  func pipes() throws {
    let place = try Workplace.project(hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"echo started\" end },")
    let first = try place.lander("deploy")
    #expect(first.code == 0, "\(first.everything)")
    var kinds: Set<String> = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: place.path + "/.lander").sorted() {
      let file = place.path + "/.lander/" + path
      var status = stat()
      // One file of each folder is enough.
      guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        !path.contains("/") || kinds.insert((path as NSString).deletingLastPathComponent).inserted
      else { continue }
      #expect(rename(file, place.path + "/kept") == 0 && mkfifo(file, 0o600) == 0)
      for words in [["status"], ["logs", "last"], ["bundle", "verify"], ["deploy", "--force"]] {
        let start = ContinuousClock.now
        let run = try place.run(words)
        // A read of a pipe would wait for ever; on a busy machine, a command may take half a minute.
        #expect(ContinuousClock.now - start < .seconds(60), "\(path): \(words)")
        #expect(run.code < 128 && run.code != 1, "\(path): \(words): \(run.everything)")
      }
      unlink(file)
      rename(place.path + "/kept", file)
    }
    #expect(kinds.count >= 3, "\(kinds)")
    let last = try place.lander("deploy", "--force")
    #expect(last.code == 0, "\(last.everything)")
  }
}
