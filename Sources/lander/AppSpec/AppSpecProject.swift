import ArgumentParser
import DeployLua
import DeployModel

/// A deployment of a bundle with an appspec file, typed without a `deploy.lua`.
struct AppSpecOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Deploy this bundle by its appspec file, without a deploy.lua: a folder, an archive, or the appspec file in a folder.",
      valueName: "dir|file"))
  var appspec: String?

  @Option(help: ArgumentHelp("The hosts of --appspec, with commas between: web1,deploy@web2:2222.", valueName: "hosts"))
  var hosts: String?

  @Option(help: ArgumentHelp("The login user on the hosts of --appspec.", valueName: "user"))
  var user: String?

  /// The project that was typed; nil where `--appspec` was not given.
  /// - Throws: what is wrong with the words, before anything is read.
  func project() throws -> LoadedProject? {
    guard let appspec else {
      if hosts != nil || user != nil {
        throw Problems(
          Problem("--hosts and --user go with --appspec", fix: "name the bundle: --appspec DIR; hosts of a deploy.lua are in its groups"))
      }
      return nil
    }
    guard let hosts, !hosts.isEmpty else {
      throw Problems(Problem("--appspec needs hosts", fix: "lander deploy --appspec \(appspec) --hosts web1,web2"))
    }
    let given = Folder.absolute(appspec)
    guard Folder.exists(given) else { throw Problems(Problem("there is no bundle at \(appspec)", subject: "--appspec")) }
    var (bundle, file) = (given, "appspec.yml")
    if Folder.isDirectory(given) {
      if !Folder.exists(given + "/appspec.yml"), Folder.exists(given + "/appspec.yaml") { file = "appspec.yaml" }
    } else if given.hasSuffix(".yml") || given.hasSuffix(".yaml") {
      (bundle, file) = (Folder.parent(of: given), Folder.name(of: given))
    }
    let text = Self.source(bundle: bundle, file: file, hosts: hosts.split(separator: ",").map(String.init), user: user)
    let loaded = try LuaProject.load(main: SourceFile(path: "deploy.lua", text: text), read: Wiring.reader(of: Folder.current))
    return LoadedProject(folder: Folder.current, project: loaded.project)
  }

  /// The `deploy.lua` that says the same.
  static func source(bundle: String, file: String, hosts: [String], user: String?) -> String {
    var name = Folder.name(of: bundle)
    for end in [".zip", ".tar.gz", ".tgz", ".tar"] where name.hasSuffix(end) { name.removeLast(end.count) }
    name = String(String.UnicodeScalarView(name.unicodeScalars.map { isPlain($0) ? $0 : "-" }))
    if name.first.map({ $0.isASCII && ($0.isLetter || $0.isNumber) }) != true { name = "app" + name }
    let list = hosts.map { quoted($0) }.joined(separator: ", ")
    let login = user.map { ", user = \(quoted($0))" } ?? ""
    return """
      local appspec = require "recipes.appspec"

      group "hosts" { hosts = { \(list) }\(login) }

      recipe \(quoted(name)) {
        base = appspec { bundle = \(quoted(bundle)), file = \(quoted(file)) },
        targets = group "hosts",
      }

      """
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
    default: false
    }
  }

  /// A text in Lua, whatever is in it.
  private static func quoted(_ text: String) -> String {
    "\"" + text.utf8.map { byte in
      switch byte {
      case 0x20...0x7E where byte != 0x22 && byte != 0x5C: String(UnicodeScalar(byte))
      default: "\\" + String(String(Int(byte) + 1000).dropFirst())
      }
    }.joined() + "\""
  }
}
