import DeployDesk
import DeployHosts
import DeployLua
import DeployModel

extension AppSpecOption {
  /// Returns the project that the options describe, or nil if `--appspec` was not given.
  /// - Throws: an error that says what is wrong with the options. It is thrown before anything is read.
  func project(_ choices: AppSpecChoices? = nil) throws -> LoadedProject? {
    guard let appspec else {
      let given = [
        hosts.map { _ in "--hosts" }, user.map { _ in "--user" }, applicationName.map { _ in "--application-name" },
        deploymentGroupName.map { _ in "--deployment-group-name" },
      ]
      if let alone = (given.compactMap { $0 } + (choices?.given ?? [])).first {
        throw Problems(
          Problem("\(alone) needs --appspec", fix: "name the bundle with --appspec DIR; without a bundle, deploy.lua sets this"))
      }
      return nil
    }
    guard let hosts, !hosts.isEmpty else {
      throw Problems(Problem("--appspec needs hosts", fix: "add --hosts web1,web2"))
    }
    let given = Folder.absolute(appspec)
    guard Folder.exists(given) else { throw Problems(Problem("there is no bundle at \(appspec)", subject: "--appspec")) }
    var (bundle, file) = (given, choices?.appspecFilename ?? "appspec.yml")
    if Folder.isDirectory(given) {
      if choices?.appspecFilename == nil, !Folder.exists(given + "/appspec.yml"), Folder.exists(given + "/appspec.yaml") {
        file = "appspec.yaml"
      }
    } else if given.hasSuffix(".yml") || given.hasSuffix(".yaml") {
      (bundle, file) = (Folder.parent(of: given), Folder.name(of: given))
    }
    let names = hosts.split(separator: ",").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    let list = names.map { Self.quoted(String($0)) }.joined(separator: ", ")
    let login = user.map { ", user = \(Self.quoted($0))" } ?? ""
    let name = applicationName ?? Self.name(of: bundle)
    let text = source(name, bundle, file, hosts: "{ \(list) }\(login)", batch: choices?.batch ?? "1", choices)
    var project: Project
    do {
      let main = SourceFile(path: "deploy.lua", text: text)
      project = try LuaProject.load(main: main, reviews: false, read: Wiring.reader(of: Folder.current)).project
    } catch { throw Self.typed(error) }
    project.withoutPlaces()
    // Hosts record these sources. So options that can differ between two calls are left out, and the other hosts need not change if a host
    // is added.
    for index in project.sources.indices where project.sources[index].path == "deploy.lua" {
      project.sources[index].text = source(name, "bundle", file, hosts: "{ \"host\" }", batch: "1", choices)
    }
    return LoadedProject(folder: Folder.current, project: project, typed: typed(appspec, hosts))
  }

  /// Attributes problems in the generated `deploy.lua` to the options from which it was made, because its lines are in no file.
  private static func typed(_ problems: Problems) -> Problems {
    let options = [3: "--hosts", 6: "--appspec", 8: "--batch"]
    return Problems(
      problems.list.map { problem in
        guard let place = problem.place, place.file == "deploy.lua" else { return problem }
        return Problem(problem.message, subject: problem.subject ?? options[place.line], fix: problem.fix)
      }, exit: problems.exit)
  }

  /// Returns the options for another command on this project.
  private func typed(_ appspec: String, _ hosts: String) -> String {
    var words = ["--appspec", appspec, "--hosts", hosts]
    if let user { words += ["--user", user] }
    if let applicationName { words += ["--application-name", applicationName] }
    if let deploymentGroupName { words += ["--deployment-group-name", deploymentGroupName] }
    return words.map(Quoting.word).joined(separator: " ")
  }

  /// Returns the `deploy.lua` that is equivalent to the options. By default, one host changes at a time, as with CodeDeploy.
  private func source(
    _ name: String, _ bundle: String, _ file: String, hosts: String, batch: String, _ choices: AppSpecChoices?
  ) -> String {
    var options = ["bundle = \(Self.quoted(bundle))", "file = \(Self.quoted(file))"]
    if let behavior = choices?.fileExistsBehavior { options.append("file_exists = \(Self.quoted(behavior.lowercased()))") }
    if choices?.ignoreStopFailures == true { options.append("ignore_stop_failures = true") }
    if choices?.refuseForeignLinks == true { options.append("foreign_links = \"refuse\"") }
    if choices?.sudo == true { options.append("user = \"root\"") }
    if choices?.noRestore == true { options.append("restore = false") }
    let group = Self.quoted(deploymentGroupName ?? "hosts")
    return """
      local appspec = require "recipes.appspec"

      group \(group) { hosts = \(hosts) }

      recipe \(Self.quoted(name)) {
        base = appspec { \(options.joined(separator: ", ")) },
        targets = group \(group),
        stages = { stage.upload, stage.rollout { strategy = rolling { batch = \(Int(batch) == nil ? Self.quoted(batch) : batch) } } },
      }

      """
  }

  /// Makes an application's name from the name of its bundle.
  private static func name(of bundle: String) -> String {
    var name = Folder.name(of: bundle)
    for end in [".zip", ".tar.gz", ".tgz", ".tar"] where name.hasSuffix(end) { name.removeLast(end.count) }
    name = String(String.UnicodeScalarView(name.unicodeScalars.map { isPlain($0) ? $0 : "-" }))
    return name.first.map { $0.isASCII && ($0.isLetter || $0.isNumber) } == true ? name : "app" + name
  }

  /// Returns any text as a Lua string.
  private static func quoted(_ text: String) -> String {
    "\""
      + text.utf8.map { byte in
        switch byte {
        case 0x20...0x7E where byte != 0x22 && byte != 0x5C: String(UnicodeScalar(byte))
        default: "\\" + String(String(Int(byte) + 1000).dropFirst())
        }
      }.joined() + "\""
  }
}

extension Project {
  /// Removes all places, because a generated project has no lines.
  fileprivate mutating func withoutPlaces() {
    for index in groups.indices { groups[index].place = nil }
    for index in recipes.indices {
      recipes[index].place = nil
      recipes[index].revision?.place = nil
      recipes[index].configuration?.place = nil
    }
  }
}
