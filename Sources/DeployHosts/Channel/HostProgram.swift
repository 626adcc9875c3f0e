import Crypto
import DeployModel

/// The functions of `Program/*.sh`, in parts. A host gets each part at most once for each channel, and only parts that the channel
/// needs.
struct HostProgram: Sendable {
  /// A part of the host program: several of its files.
  struct Part: Sendable {
    /// The text that the host evaluates.
    let text: [UInt8]
    /// The functions that the part defines.
    let functions: Set<ExactText>
  }
  /// What a channel's shell and its keeper have got so far.
  struct Lessons: Sendable {
    /// The number of parts that the shell has.
    var parts = 0
    /// The number of parts that the channel's keeper has; nil: the channel has no keeper.
    var keeper: Int?
    /// Whether the host can decompress data.
    var unpacks = false
    /// Whether the bell was heard on the channel's stderr. If so, its stderr comes here, and the bell does not get into an answer.
    var hearsBell = false
    /// Whether the keeper rings at the end of each job.
    var rings = false
  }

  /// The parts, each of which needs the earlier ones: first the loop and jobs, then the functions of a deployment, then the rest.
  let parts: [Part]
  /// The text of all parts.
  var whole: [UInt8] { parts.flatMap { $0.text } }
  /// The compressed text of the first parts, by the number of parts.
  private let packed: [Int: [UInt8]]

  init() {
    let files = [
      [PackageResources.base_sh, PackageResources.jobs_sh, PackageResources.keeper_sh, PackageResources.streams_sh],
      [PackageResources.releases_sh, PackageResources.truth_sh, PackageResources.inbox_sh, PackageResources.survey_sh],
      [
        PackageResources.repair_sh, PackageResources.files_sh, PackageResources.queue_sh, PackageResources.parking_sh,
        PackageResources.marks_sh, PackageResources.remove_sh,
      ],
    ]
    let parts = files.map { Part(Array($0.joined())) }
    self.parts = parts
    var packed: [Int: [UInt8]] = [:]
    for count in 1...parts.count { packed[count] = Gzip.packed(parts.prefix(count).flatMap { $0.text }) }
    self.packed = packed
  }

  /// The number of parts that a request for this function needs.
  func parts(for function: String) -> Int { (parts.firstIndex { $0.functions.contains(ExactText(function)) } ?? parts.count - 1) + 1 }

  /// Returns the line that gives a new channel the first parts, and the bytes that follow the line. The line's status is not 0 if
  /// the shell could not take the parts, for example because its `gzip` does not work.
  func beginning(_ count: Int, nonce: String, compressed: Bool) -> (line: String, text: [UInt8]) {
    let plain = parts.prefix(count).flatMap { $0.text }
    let text = compressed ? packed[count] ?? plain : plain
    // `set +a`: variables that are set from here on do not get into the environment of child processes.
    let words = "set +a; unset l_nonce LANDER_JOB; l_nonce=\(nonce); command -v l_do >/dev/null 2>&1"
    return ("\(HostProgram.take(text, into: "l_program", unpacking: text != plain)); eval \"$l_program\"; \(words)", text)
  }

  /// Returns the bytes to send before a request. They give the channel's shell the called function, and its keeper the function
  /// that a job calls.
  /// - Parameter inside: the function that a job calls; nil: the job's command comes from a recipe.
  func preface(_ lessons: inout Lessons, for function: String, inside: String?) -> [UInt8] {
    var bytes: [UInt8] = []
    let needed = max(parts(for: function), inside.map(parts(for:)) ?? 0)
    if lessons.parts < needed {
      for part in parts[lessons.parts..<needed] {
        let text = lessons.unpacks ? Gzip.packed(part.text) ?? part.text : part.text
        let take = HostProgram.take(text, into: "l_more", unpacking: text != part.text)
        bytes += Array("\(take); l_program=$l_program$LF$l_more; eval \"$l_more\"\n".utf8) + text
      }
      lessons.parts = needed
    }
    // The keeper starts jobs. Starting it costs the host two programs, so a channel gets a keeper with its first job.
    if HostProgram.keepers.contains(function), lessons.keeper.map({ $0 < (inside.map(parts(for:)) ?? 0) }) ?? true {
      bytes += Array((lessons.hearsBell ? "l_attend rings\n" : "l_attend\n").utf8)
      lessons.keeper = lessons.parts
      lessons.rings = lessons.hearsBell
    }
    return bytes
  }
  /// The functions that send orders to the channel's keeper.
  private static let keepers = ["l_job", "l_ask"]

  /// The loop of every channel: it reads a line and runs it. `sh -s` would read ahead and consume payload. The loop is in an
  /// argument, so it contains nothing secret.
  static let loop = #"while IFS= read -r l; do eval "$l"; done"#
  /// The bell: a line on stderr. A keeper writes it at the end of a job, and each channel once at its beginning. It only means that
  /// it is time to look at jobs.
  static let bell = Array("\nlander: a job ended\n".utf8)
  /// The shell words that ring the bell.
  static let ring = #"printf '\n%s\n' 'lander: a job ended' >&2"#
  /// Returns the line that ends the answer to a request, with the status of the command before it. Any shell can run the line.
  static func mark(_ nonce: String, _ number: Int) -> String { "printf '\\n%s =%s %s\\n' \(nonce) \(number) $?" }
  /// Returns the line that reads a text from the channel into a variable.
  static func take(_ bytes: [UInt8], into name: String, unpacking: Bool = false) -> String {
    "\(name)=$(dd bs=\(bytes.count) count=1 iflag=fullblock 2>/dev/null\(unpacking ? " | GZIP= gzip -dc" : ""))"
  }
}

extension HostProgram.Part {
  /// Joins the files without comment lines, empty lines and leading blanks, which saves a third of the bytes on every channel. No
  /// file has a multi-line string in which these would matter.
  init(_ files: [UInt8]) {
    var short: [UInt8] = []
    short.reserveCapacity(files.count)
    var names: Set<ExactText> = []
    for line in files.split(separator: 10) {
      let rest = line.drop { $0 == UInt8(ascii: " ") }
      if rest.isEmpty || rest.first == UInt8(ascii: "#") { continue }
      short += rest
      short.append(10)
      if let end = line.firstIndex(of: UInt8(ascii: "(")), line.starts(with: "l_".utf8), line[end...].starts(with: "() ".utf8) {
        names.insert(ExactText(String(decoding: line[..<end], as: UTF8.self)))
      }
    }
    text = short
    functions = names
  }
}

extension Hex {
  /// Returns sixteen random bytes as hexadecimal digits: a name that nobody can guess.
  static func word() -> String {
    var generator = SystemRandomNumberGenerator()
    return text((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
  static func digest(_ bytes: some Sequence<UInt8>) -> String { text(SHA256.hash(data: Array(bytes))) }
}
