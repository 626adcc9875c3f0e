import DeployModel
import Glibc

/// Packs a folder: the content of every file goes into the store, and every name into the tree.
struct FolderPacking {
  let root: String
  let rules: IgnoreRules
  let intake: ContentIntake

  func pack(into tree: inout Tree) {
    walk(root, [], into: &tree)
  }

  /// Packs the contents of a folder.
  /// - Returns: false if a limit makes it useless to continue.
  @discardableResult
  private func walk(_ folder: String, _ parts: [[UInt8]], into tree: inout Tree) -> Bool {
    let names: [[UInt8]]
    do throws(Failure) {
      names = try Disk.names(in: folder)
    } catch {
      tree.refuse(parts.isEmpty ? folder : shown(parts), error.message, fix: error.fix)
      return true
    }
    for name in names {
      let path = parts + [name]
      guard let text = String(validating: name, as: UTF8.self) else {
        _ = tree.path(Array(path.joined(separator: [UInt8(ascii: "/")])))
        continue
      }
      let file = "\(folder)/\(text)"
      guard let status = Disk.status(file) else { continue }
      guard !rules.leavesOut(path[...], isFolder: status.kind == .directory) else {
        tree.leftOut = true
        continue
      }
      guard let relative = tree.path(Array(path.joined(separator: [UInt8(ascii: "/")]))) else { continue }
      guard take(file, relative, status, into: &tree) else { return false }
      if status.kind == .directory, !walk(file, path, into: &tree) { return false }
    }
    return true
  }

  private func shown(_ parts: [[UInt8]]) -> String { Tree.shown(Array(parts.joined(separator: [UInt8(ascii: "/")]))) }

  private func take(_ file: String, _ path: String, _ status: FileStatus, into tree: inout Tree) -> Bool {
    do throws(Failure) {
      switch status.kind {
      case .directory:
        return tree.add(Manifest.Item(path: path, kind: .directory, mode: status.mode))
      case .link:
        let target = try Disk.linkTarget(file)
        guard let text = String(validating: target, as: UTF8.self) else {
          tree.refuse(path, "is a link to a name that is not UTF-8")
          return true
        }
        return tree.add(Manifest.Item(path: path, kind: .link, mode: 0o777, target: text))
      case .file:
        guard tree.hasRoom(for: path, size: status.size) else { return tree.bytes <= tree.limits.bytes }
        let open = try OpenFile(file, O_RDONLY | O_NOFOLLOW)
        let kept = try intake.keep(open, limit: tree.limits.file)
        tree.look(at: path, kept.start)
        return tree.add(Manifest.Item(path: path, kind: .file, mode: status.mode, size: kept.size, digest: kept.digest))
      case .other(let what):
        tree.refuse(path, "is \(what), which a bundle cannot carry", fix: "leave it out: `ignore` in the recipe, or `.landerignore`")
        return true
      }
    } catch {
      tree.refuse(path, error.message, fix: error.kind == .notPermitted ? "chmod u+r '\(file)', or leave it out" : error.fix)
      return error.kind != .noSpace
    }
  }
}
