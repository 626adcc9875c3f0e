import Foundation
import Testing

@Suite("lander init --editor") struct EditorFileTests {
  @Test("it writes the stub and settings that name it, which are left alone if they are there")
  func written() throws {
    let place = try Workplace.project()
    let run = try place.lander("init", "--editor")
    #expect(run.code == 0, "\(run.everything)")
    let settings = try JSONSerialization.jsonObject(with: Data(place.text(".luarc.json").utf8)) as? [String: Any]
    #expect(settings?["workspace.library"] as? [String] == [".luals"], "\(settings ?? [:])")
    let stub = try place.text(".luals/lander.lua")
    #expect(stub.hasPrefix("---@meta\n") && stub.contains("function recipe(name) end") && stub.contains("\njson = {}\n"))
    try place.write("{ \"mine\": true }\n", to: ".luarc.json")
    try place.write("old\n", to: ".luals/lander.lua")
    #expect(try place.lander("init", "--editor").code == 0)
    #expect(try place.text(".luarc.json") == "{ \"mine\": true }\n" && place.text(".luals/lander.lua") == stub)
  }
}
