package import DeployModel

/// The disk space that a release needs in addition to the existing releases: for its files, and for the data that is sent during staging.
package struct StagingRoom: Sendable, Hashable {
  package let bytes: Int
  package let inodes: Int

  /// - Parameters:
  ///   - whole: the number of bytes of all files of the release.
  ///   - sending: the number of bytes of the files that are sent, at most `whole`.
  ///   - items: the number of files, folders and links.
  package init(whole: Int, sending: Int, items: Int) {
    // 4 KiB for each item, because file systems round up to blocks, and 8 MiB for lists, jobs and receipts.
    bytes = whole.plus(sending).plus(items.plus(100).times(4096)).plus(8 << 20)
    inodes = items.plus(100)
  }

  /// Returns what a path on a host lacks, or nil if there is enough space.
  package func lack(freeBytes: Int, freeInodes: Int, at path: String) -> Failure? {
    if freeBytes < bytes {
      return Failure(
        .noSpace, "the release needs \(mega(bytes)) at \(path), \(mega(freeBytes)) are free",
        fix: "make room there (df -h \(path)), or keep fewer releases (keep = …)")
    }
    if freeInodes < inodes {
      return Failure(
        .noSpace, "the release needs \(inodes) inodes at \(path), \(freeInodes) are free",
        fix: "remove small files there (df -i \(path)), or keep fewer releases (keep = …)")
    }
    return nil
  }

  private func mega(_ bytes: Int) -> String {
    "\(bytes / 1_048_576 + (bytes % 1_048_576 == 0 ? 0 : 1)) MiB"
  }
}
