/// Texts of `deploy.lua` for tests, with hosts on this machine below the workplace's own folder.
enum Recipes {
  /// - Parameters:
  ///   - hosts: how many local hosts the group `test` has.
  ///   - body: more fields of the recipe.
  static func local(_ place: String, hosts: Int = 2, body: String = "", more: String = "") -> String {
    let list = (1...hosts).map {
      "host \"h\($0)\" { transport = \"local\", root = \"\(place)/hosts/h\($0)\" }"
    }.joined(separator: ", ")
    return """
      group "test" { hosts = { \(list) } }
      \(more)
      recipe "app" {
        api = 1,
        revision = bundle { from = "app" },
        targets = group "test",
        path = "/srv/app",
        \(body)
      }

      """
  }
}

extension Workplace {
  /// A project with an `app` folder of two files and local hosts.
  static func project(
    hosts: Int = 2, body: String = "", more: String = "", files: [String: String] = [:]
  ) throws -> Workplace {
    let place = try Workplace(
      ["app/version": "1\n", "app/index.html": "<p>hello</p>\n"].merging(files) { $1 })
    try place.write(
      Recipes.local(place.path, hosts: hosts, body: body, more: more), to: "deploy.lua")
    return place
  }

  /// What `current` on a host leads to.
  func current(_ host: String, _ file: String) throws -> String {
    try text("hosts/\(host)/srv/app/current/\(file)")
  }
}
