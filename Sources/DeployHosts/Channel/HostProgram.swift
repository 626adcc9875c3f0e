import Crypto
import DeployModel

/// The text that a host gets once for each channel: the functions of `Program/*.sh`, in parts. A channel gets the parts that it needs.
struct HostProgram: Sendable {
  /// Some of the program's files.
  struct Part: Sendable {
    /// The text that a host evaluates.
    let text: [UInt8]
    /// The functions that the part defines.
    let functions: Set<ExactText>
  }
  /// The parts that a channel's shell already knows.
  struct Lessons: Sendable {
    /// The number of parts that the shell has.
    var parts = 0
    /// The number of parts that the channel's keeper has; nil: there is no keeper.
    var keeper: Int?
    /// Whether the host can decompress data.
    var unpacks = false
    /// Whether the bell was heard on the channel's stderr, so that it does not fall into an answer.
    var hearsBell = false
    /// Whether the keeper rings at the end of each job.
    var rings = false
  }

  /// The parts, each based on the earlier ones: the loop with jobs; the functions of a deployment; the rest.
  let parts: [Part]
  /// The text of all parts.
  var whole: [UInt8] { parts.flatMap { $0.text } }
  /// The first parts, compressed, by their number.
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

  /// The line that gives a new channel the first parts, and the bytes that follow the line. The line's status is not 0 if the shell could
  /// not take them, for example because its `gzip` does not work.
  func beginning(_ count: Int, nonce: String, compressed: Bool) -> (line: String, text: [UInt8]) {
    let plain = parts.prefix(count).flatMap { $0.text }
    let text = compressed ? packed[count] ?? plain : plain
    // Variables that are set from here on go to no child's environment.
    let words = "set +a; unset l_nonce LANDER_JOB; l_nonce=\(nonce); command -v l_do >/dev/null 2>&1"
    return ("\(HostProgram.take(text, into: "l_program", unpacking: text != plain)); eval \"$l_program\"; \(words)", text)
  }

  /// The bytes before a request that give the channel's shell the function, and its keeper the function that a job calls.
  /// - Parameter inside: nil: the job's command is a recipe's.
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
    // A keeper starts jobs; to start it costs a host two programs. A channel has one from its first job on.
    if HostProgram.keepers.contains(function), lessons.keeper.map({ $0 < (inside.map(parts(for:)) ?? 0) }) ?? true {
      bytes += Array((lessons.hearsBell ? "l_attend rings\n" : "l_attend\n").utf8)
      lessons.keeper = lessons.parts
      lessons.rings = lessons.hearsBell
    }
    return bytes
  }
  /// The functions that give orders to the channel's keeper.
  private static let keepers = ["l_job", "l_ask"]

  /// The loop of every channel: it reads a line and runs it. `sh -s` would read ahead and consume payload. The loop is in argv, so it
  /// contains nothing secret.
  static let loop = #"while IFS= read -r l; do eval "$l"; done"#
  /// The bell: a keeper writes it on stderr at the end of a job, and each channel at its beginning. It only means that it is time to look.
  static let bell = Array("\nlander: a job ended\n".utf8)
  /// The shell words that ring the bell.
  static let ring = #"printf '\n%s\n' 'lander: a job ended' >&2"#
  /// The line that ends the answer to a request, with the status of the command before it. It shows that any shell has come so far.
  static func mark(_ nonce: String, _ number: Int) -> String { "printf '\\n%s =%s %s\\n' \(nonce) \(number) $?" }
  /// The line that takes a text from the channel into a variable.
  static func take(_ bytes: [UInt8], into name: String, unpacking: Bool = false) -> String {
    "\(name)=$(dd bs=\(bytes.count) count=1 iflag=fullblock 2>/dev/null\(unpacking ? " | GZIP= gzip -dc" : ""))"
  }
}

extension HostProgram.Part {
  /// The files without comment lines, empty lines and leading blanks, which saves every channel a third of the bytes. No file has a
  /// multi-line text in which these would matter.
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
  /// Sixteen random bytes as text: a name that nobody can guess.
  static func word() -> String {
    var generator = SystemRandomNumberGenerator()
    return text((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
  static func digest(_ bytes: some Sequence<UInt8>) -> String { text(SHA256.hash(data: Array(bytes))) }
}
