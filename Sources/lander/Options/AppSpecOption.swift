import ArgumentParser

/// The options that describe a bundle with an appspec file, which is deployed without a `deploy.lua`.
struct AppSpecOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use this bundle and its appspec file instead of a deploy.lua. Give a folder, an archive, or the appspec file in a folder.",
      valueName: "dir|file"))
  var appspec: String?

  @Option(help: ArgumentHelp("With --appspec: the hosts, separated by commas, such as web1,deploy@web2:2222.", valueName: "hosts"))
  var hosts: String?

  @Option(help: ArgumentHelp("With --appspec: the user who logs in to the hosts.", valueName: "user"))
  var user: String?

  @Option(
    help: ArgumentHelp(
      "With --appspec: the application's name, which scripts can read. The application is in /srv/NAME. Default: the bundle's name.",
      valueName: "name"))
  var applicationName: String?

  @Option(
    help: ArgumentHelp(
      "With --appspec: the deployment group's name, which scripts can read. On a host, each group has its own files.", valueName: "name"))
  var deploymentGroupName: String?

  func validate() throws {
    for (option, name) in [("application-name", applicationName), ("deployment-group-name", deploymentGroupName)] {
      guard let name else { continue }
      guard name.first.map({ $0 != "." && $0 != "-" }) == true, name.unicodeScalars.allSatisfy(Self.isPlain) else {
        throw ValidationError("--\(option) \(name): it is made of letters, digits and . _ -")
      }
    }
  }

  /// Returns whether the name of an application or a group is allowed to contain this character.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
    default: false
    }
  }
}
