package import DeployModel

extension PluginTree {
  /// The SHA-256 of its files: for each whether it is executable, its size, its path and its bytes, in the order of the paths.
  package var digest: Digest {
    var hash = Sha256()
    canonical { hash.update($0) }
    return hash.digest
  }
}
