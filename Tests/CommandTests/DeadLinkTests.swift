import Foundation
import Testing

@Suite("Links that lead nowhere, and files in the place of folders") struct DeadLinkTests {
  @Test("a state folder that is a dead link or a loop is named by every command that needs it", arguments: ["nowhere", ".lander"])
  func state(_ target: String) throws {
    let place = try Workplace.project()
    try FileManager.default.createSymbolicLink(atPath: place.path + "/.lander", withDestinationPath: target)
    for words in [["deploy"], ["history"], ["status"], ["doctor"]] {
      let run = try place.run(words)
      #expect(run.code != 0 && run.everything.contains("/.lander is a link that leads nowhere"), "\(words): \(run.everything)")
    }
  }

  @Test("a device or a file is no state folder, and nothing is advised that would change it")
  func devices() throws {
    let place = try Workplace.project()
    for (path, words) in [("/dev/null", "the state folder /dev/null is no folder"), ("deploy.lua", "deploy.lua: Not a directory")] {
      let run = try place.lander("deploy", "--state", path)
      #expect(run.code != 0 && run.err.contains(words) && !run.err.contains("chmod"), "\(run.err)")
    }
  }

  @Test("a deploy.lua that is a dead link, and a file after -C, are called what they are")
  func projects() throws {
    let place = try Workplace()
    try FileManager.default.createSymbolicLink(atPath: place.path + "/deploy.lua", withDestinationPath: "nowhere.lua")
    let link = try place.lander("check")
    #expect(link.code == 2 && link.err.contains("/deploy.lua is a link that leads nowhere"), "\(link.err)")
    try place.write("x", to: "file")
    let file = try place.lander("-C", "file", "status")
    #expect(file.code == 2 && file.err.contains("/file is a file, and a folder was expected"), "\(file.err)")
  }
}
