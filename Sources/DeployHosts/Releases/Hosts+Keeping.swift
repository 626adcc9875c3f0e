package import DeployModel
import FoundationEssentials

/// Reads releases that a host keeps. This takes no lock and writes nothing on the host.
extension Hosts {
  /// Returns the manifest of a release, as the host recorded it. No file of the release is read. The caller has to check the manifest's
  /// digest.
  /// - Throws: kind `missing` if the host does not keep the release, or `corrupt` if a file of the release is missing, has a different
  ///   size, or is not a regular file.
  package func manifest(of release: Release.ID, on host: DeployModel.Host, at path: String) async throws(Failure) -> Manifest {
    let link = try link(to: host)
    let answer = try await link.demand("l_show", [path, "manifests/\(release)"])
    guard let end = answer.output.firstIndex(of: 10),
      let kept = try? JSONDecoder().decode(KeptRelease.self, from: Data(answer.output[(end + 1)...]))
    else { throw Failure(.corrupt, "the manifest of release \(release) on the host cannot be read") }
    let found = try await listing(of: release, path, link)
    for item in kept.manifest.items where item.kind == .file {
      // Reading something that is not a regular file might never end.
      guard let entry = found.entries[Array(item.path.utf8)], entry.mode & 0o170000 == 0o100000, entry.size == item.size else {
        throw Failure(.corrupt, "\(item.path) in release \(release) is not as it was delivered", fix: "lander verify names what differs")
      }
    }
    return kept.manifest
  }

  /// Returns parts of files of a release, in the requested order. All parts are requested together, so there is only one round trip to the
  /// host. The caller has to check the parts against the manifest.
  /// - Throws: kind `corrupt` if a file is gone, too short, or cannot be read.
  package func read(
    _ parts: [BundlePart], of release: Release.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) -> [[UInt8]] {
    let link = try link(to: host)
    let answers = await withTaskGroup(of: (Int, Result<[UInt8], Failure>).self) { group in
      for (number, part) in parts.enumerated() {
        let words = ["\(path)/releases/\(release)/\(part.path)", "\(part.offset)", "\(part.count)"]
        group.addTask {
          do throws(Failure) { return (number, .success(try await link.demand("l_part", words).output)) } catch {
            return (number, .failure(error))
          }
        }
      }
      var answers = parts.map { _ in Result<[UInt8], Failure>.success([]) }
      for await (number, answer) in group { answers[number] = answer }
      return answers
    }
    var contents: [[UInt8]] = []
    for answer in answers { contents.append(try answer.get()) }
    return contents
  }
}
