package import DeployModel

extension PluginTree {
  /// The SHA-256 of the plugin's files, in the order of their paths. For each file, it covers whether the file is executable, its size, its
  /// path and its bytes.
  package var digest: Digest {
    var hash = Sha256()
    canonical { hash.update($0) }
    return hash.digest
  }
}
