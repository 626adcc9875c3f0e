import ArgumentParser
import DeployAppSpec
import DeployModel
import DeployReport
import DeployStore
import Foundation

/// Checks a bundle with an appspec file in the same way as a deployment. The bundle is a folder or an archive.
struct BundleCheck {
  private let typed: String
  private let path: HostPath
  /// The path of the appspec file in the bundle, or nil for `appspec.yml` or `appspec.yaml`.
  private let appSpecFile: String?

  init(_ typed: String, at path: HostPath, appSpecFile: String?) {
    self.typed = typed
    self.path = path
    self.appSpecFile = appSpecFile
  }

  /// - Returns: the appspec file's path in the bundle, and all findings.
  /// - Throws: if there is no bundle, or no appspec file in it.
  func findings() async throws -> (name: String, findings: [Finding]) {
    guard FileManager.default.fileExists(atPath: path.text) else { throw ValidationError("there is no folder or file \(typed)") }
    return try await Folder.isDirectory(path.text) ? reviewFolder(path) : reviewArchive(path)
  }

  private func reviewFolder(_ root: HostPath) async throws -> (name: String, findings: [Finding]) {
    let names = appSpecFile.map { [$0] } ?? ["appspec.yml", "appspec.yaml"]
    guard let name = names.first(where: { FileManager.default.fileExists(atPath: root.appending($0).text) }) else {
      throw ValidationError("\(typed) has no \(names.joined(separator: " or ")); name another file with --appspec-filename")
    }
    return (name, try await review(root, name))
  }

  /// Reviews an archive. It is packed into a temporary folder, as a deployment would pack it.
  private func reviewArchive(_ file: HostPath) async throws -> (name: String, findings: [Finding]) {
    let state = FileManager.default.temporaryDirectory.appendingPathComponent("lander-check-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: state) }
    EarlyEnd.also { try? FileManager.default.removeItem(at: state) }
    let store = try DirectoryBundleStore(in: StateDirectory(state.path))
    var revision = Revision(source: .path(file.text))
    revision.linksLeave = true
    let built = try await store.build(revision, in: "/") { program throws(Failure) in
      throw Failure(.invalid, "an archive is read without running \(program.argv[0])")
    }
    let packed = try await AppSpecBundle(built.manifest, AppSpecOptions(file: appSpecFile ?? "appspec.yml"), in: store)
    guard let name = packed.file else { throw Problems(packed.problems) }
    // A finding has a file's path in the bundle. A warning about the packing has the file's path in the archive. The archive can have one
    // more folder around the bundle.
    let odd = built.warnings.filter { warning in
      !packed.findings.contains { finding in
        finding.file == warning.subject || finding.file.map { warning.subject?.hasSuffix("/" + $0) ?? false } ?? false
      }
    }
    return (name, packed.findings + odd.map { Finding(.warning, "archive", $0.message, line: nil, file: $0.subject, better: $0.fix) })
  }

  private func review(_ root: HostPath, _ name: String) async throws -> [Finding] {
    let data = try AppSpecFile.bytes(root, name)
    guard let text = String(validating: data, as: UTF8.self) else {
      return [Finding(.error, "appspec-yaml", "the file is not UTF-8", line: nil, better: "save it as UTF-8")]
    }
    do {
      let listing = try await LocalAppSpecHost { _ in }.run(BundleTree.listing(of: root))
      let tree = try BundleTree(root: root, listed: listing)
      var scripts: [ExactText: BundleContents.Script] = [:]
      for script in AppSpecReading(of: text).spec.hooks.flatMap(\.scripts) {
        scripts[ExactText(script.location)] = Self.script(root.appending(String(script.location.drop { $0 == "/" })).text)
      }
      return BundleReview(BundleContents(appSpecFile: name, appSpecText: text, tree: tree, scripts: scripts)).findings
    } catch let problem as SpecProblem {
      return [Finding(.error, problem.category.rawValue, problem.message, line: problem.line, better: problem.fix)]
    }
  }

  private static func script(_ path: String) -> BundleContents.Script {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return BundleContents.Script(kind: .missing) }
    guard !isFolder.boolValue else { return BundleContents.Script(kind: .folder) }
    let bytes = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: BundleReview.scriptLimit)
    return BundleContents.Script(
      kind: .file(isExecutable: FileManager.default.isExecutableFile(atPath: path)), text: String(decoding: bytes ?? Data(), as: UTF8.self))
  }
}
