import DeployHosts
import DeployModel

/// Makes the command line that shows the surprising parts of a recipe's bundle.
enum AppSpecHint {
  static func check(of recipe: Recipe) -> String {
    var words = ["lander", "appspec", "check"]
    guard case .path(let path)? = recipe.revision?.source, let options = recipe.appspec else {
      return words.joined(separator: " ") + " on the unpacked bundle"
    }
    words.append(path)
    if !["appspec.yml", "appspec.yaml"].contains(options.file) { words += ["--appspec-filename", options.file] }
    return words.map(Quoting.word).joined(separator: " ")
  }
}
