import DeployCore
import DeployModel

/// A revision that somebody typed instead of the recipe's own: a folder, an archive, `git:REF` or `bundle:DIGEST`.
struct RevisionChoice: Sendable {
  let text: String
  let files: any ProjectFiles

  init(_ text: String, _ files: any ProjectFiles) {
    self.text = text
    self.files = files
  }

  /// Returns what is known to be wrong with the revision even before it is packed, or nil if nothing is.
  func missing(in project: String) -> Problem? {
    // This text is typically the result of an unset shell variable.
    if text == "git:" {
      return Problem("it names no branch, tag or commit", subject: "--revision git:", fix: "write --revision git:main, or leave it out")
    }
    if text == "bundle:" {
      return Problem("it names no bundle", subject: "--revision bundle:", fix: "write the beginning of a digest: lander bundle list")
    }
    let path = files.absolute(text)
    guard !text.hasPrefix("git:"), !text.hasPrefix("bundle:"), !files.exists(path) else { return nil }
    let near = NearMatch.of(files.name(of: path), among: files.names(in: files.parent(of: path)))
    let fix =
      near.map { "did you mean \"\($0)\"?" }
      ?? (files.exists(project + "/.git")
        ? "a branch, tag or commit is written git:\(text); a bundle of lander bundle list bundle:DIGEST"
        : "name a folder or an archive, or a bundle of lander bundle list: bundle:DIGEST")
    return Problem("there is no \(path)", subject: "--revision", fix: fix)
  }

  /// Returns why a commit cannot be packed in the same way as the recipe's own revision, or nil if it can. A recipe's revisions all have
  /// the same layout, no matter where the files come from.
  func unlike(_ recipe: Recipe) -> Problem? {
    guard text.hasPrefix("git:"), text != "git:", let revision = recipe.revision else { return nil }
    let ref = text.dropFirst(4)
    if let build = revision.build {
      return Problem(
        "a commit is packed as it is, and the bundle of recipe \"\(recipe.name)\" is made by `\(build)`",
        place: revision.place, subject: "--revision",
        fix: "build it in a checkout: git worktree add ../\(ref) \(ref) && lander -C ../\(ref) deploy")
    }
    if case .path(let from) = revision.source, from.hasPrefix("/") {
      return Problem(
        "a commit has no \(from), which is what recipe \"\(recipe.name)\" packs", place: revision.place, subject: "--revision",
        fix: "write from relative to the project")
    }
    return nil
  }

  /// Returns the revision to pack, with the settings of the recipe's own revision.
  func revision(of recipe: Recipe) -> Revision {
    let ignore = recipe.revision?.ignore ?? []
    guard text.hasPrefix("git:") else { return Revision(source: .path(files.absolute(text)), ignore: ignore) }
    let (repository, folder): (String, String?) =
      switch recipe.revision?.source {
      case .git(_, let repository)?: (repository, recipe.revision?.folder)
      case .path(let from)? where from != ".": (".", from)
      default: (".", nil)
      }
    return Revision(source: .git(ref: String(text.dropFirst(4)), repository: repository), ignore: ignore, folder: folder)
  }
}
