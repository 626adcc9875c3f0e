import DeployDesk
import DeployModel
import FoundationEssentials

/// Reads this machine's policy from the file in `LANDER_POLICY`, or from `/etc/lander/policy.json`.
enum PolicyFile {
  /// The path of the policy, or nil if this machine has no policy.
  static var path: String? {
    if let named = Folder.variable("LANDER_POLICY"), !named.isEmpty { return Folder.absolute(named) }
    let usual = "/etc/lander/policy.json"
    return Folder.exists(usual) ? usual : nil
  }

  /// - Returns: the policy and its path, or nil if this machine has no policy.
  /// - Throws: if the policy is missing, cannot be trusted, or is invalid. In this case, nothing runs.
  static func read() throws(Problems) -> (policy: Policy, path: String)? {
    guard let path else { return nil }
    do throws(Problem) {
      guard let text = try Folder.text(at: path, most: 1 << 20) else {
        throw Problem("there is no policy \(path), which LANDER_POLICY names", fix: "put it there, or unset LANDER_POLICY")
      }
      if let reason = OwnFile.doubt(path) { throw reason }
      if let flaw = JSONFlaw.first(in: Array(text.withoutByteOrderMark.utf8)) {
        throw Problem("the policy \(path) is not JSON: line \(flaw.line): \(flaw.words)", fix: "correct it: until then, nothing runs")
      }
      for name in JSONNames.repeated(in: Array(text.utf8)) {
        throw Problem("the policy \(path) has \"\(name)\" twice", fix: "keep one of them")
      }
      guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.withoutByteOrderMark.utf8)) else {
        throw Problem("the policy \(path) is not JSON", fix: "jq . \(path) shows where")
      }
      var policy = try Policy(value, path: path)
      policy.allowedSigners = policy.allowedSigners.map { Folder.absolute($0, in: Folder.parent(of: path)) }
      return (policy, path)
    } catch { throw Problems(error, exit: .refused) }
  }

  /// - Throws: a problem for each capability that a plugin has but the policy does not allow.
  static func check(_ plugins: [RequiredPlugin]) throws(Problems) {
    guard let (policy, path) = try read() else { return }
    let problems = policy.problems(of: plugins, path: path)
    guard problems.isEmpty else { throw Problems(problems, exit: .refused) }
  }
}
