import Crypto
import DeployModel

/// The code that a host gets once for each channel: the functions of `Program/*.sh` that the channel needs.
struct HostProgram: Sendable {
  typealias Selection = HostFunctions.Selection

  /// What a channel's shell has received so far.
  struct Lessons: Sendable {
    /// The functions that the shell has.
    var known: Selection = []
    /// Those functions for the host program's own jobs that the shell has as text, so that it can pass them on to keepers.
    var own: Selection = []
    /// The functions that the channel's keeper has, or nil if there is no keeper.
    var keeper: Selection?
    /// Whether the host can decompress data.
    var unpacks = false
    /// Whether the bell was heard on the channel's stderr. If it was, the host's stderr reaches this process, and the bell cannot get into
    /// an answer.
    var hearsBell = false
    /// Whether the keeper rings the bell at the end of each job.
    var rings = false
  }
  /// What requests need: functions in the channel's shell, and functions that the host program's own jobs call.
  struct Needs: Sendable, Hashable {
    var known: Selection = []
    var own: Selection = []

    mutating func add(_ other: Needs) {
      known.formUnion(other.known)
      own.formUnion(other.own)
    }
  }

  let functions = HostFunctions.shared
  /// The text of all functions.
  var whole: [UInt8] { functions.text(of: functions.all) }
  /// Texts that have already been compressed. Most hosts get the same text.
  private let packed = Guarded<[Needs: [UInt8]]>([:])
  private let copies = Guarded<[Needs: ProgramCopy]>([:])
  /// The functions that every keeper has.
  private let keeping: Selection
  /// The functions that channels get in one bundle, because requests for them usually follow one another. One bundle is for commands, and
  /// one is for deployments.
  private let bundles: [Needs]

  init() {
    let plain = ["l_do", "l_in", "l_plain", "l_job", "l_poll", "l_attend"]
    let deploying = [
      "l_ping", "l_survey", "l_lock", "l_running", "l_renew", "l_unlock", "l_begin", "l_put", "l_show", "l_activate", "l_has", "l_recipe",
      "l_record",
      "l_prune",
    ]
    let lines = functions.lines
    keeping = functions.needed(by: ["l_plain", "l_serve"]).union(lines)
    let own = functions.needed(by: ["l_stage"]).subtracting(keeping)
    bundles = [
      Needs(known: functions.needed(by: plain).union(lines)), Needs(known: functions.needed(by: plain + deploying).union(lines), own: own),
    ]
  }

  /// What a request needs for these functions. The request calls the first of them.
  /// - Parameter inside: the functions that a job of the host program calls, or empty for a recipe's job.
  func needs(of names: [String], inside: [String] = []) -> Needs {
    Needs(known: functions.needed(by: names), own: functions.needed(by: inside).subtracting(keeping))
  }
  /// The text of the functions and of everything that they need, without what every keeper already has.
  func text(of names: [String]) -> [UInt8] { functions.text(of: functions.needed(by: names).subtracting(keeping)) }
  /// What a new channel gets for these needs: the first bundle that covers them, or else both bundles and everything else that is needed.
  func opening(_ needs: Needs) -> Needs {
    for bundle in bundles where needs.known.isSubset(of: bundle.known) && needs.own.isSubset(of: bundle.own) { return bundle }
    var all = needs
    for bundle in bundles.prefix(needs.known.isDisjoint(with: beyond) ? 1 : 2) { all.add(bundle) }
    return all
  }
  /// The functions that only deployments need.
  private var beyond: Selection { bundles[1].known.subtracting(bundles[0].known) }
  /// All functions. This is for tests.
  var everything: Needs { Needs(known: functions.all, own: functions.all.subtracting(keeping)) }

  /// The text for a new channel. It also puts the functions that the keeper will need into variables. `l_both` has the functions that both
  /// the shell and the keeper have, and `l_keeping` has those that only the keeper has. `l_common` and `l_own` are the same for the
  /// functions that the host program's own jobs call.
  func text(_ needs: Needs) -> [UInt8] {
    let (known, own) = (needs.known, needs.own)
    var text: [UInt8] = []
    for (name, part) in [
      ("l_both", keeping.intersection(known)), ("l_keeping", keeping.subtracting(known)), ("l_common", own.intersection(known)),
      ("l_own", own.subtracting(known)),
    ] { text += HostProgram.variable(name, functions.text(of: part)) }
    return text + Array("eval \"$l_both$l_common\"\n".utf8) + functions.text(of: known.subtracting(keeping).subtracting(own))
  }
  private static func variable(_ name: String, _ text: [UInt8]) -> [UInt8] {
    var bytes = Array("\(name)='".utf8)
    for byte in text { if byte == UInt8(ascii: "'") { bytes += Array("'\\''".utf8) } else { bytes.append(byte) } }
    return bytes + Array("'\n".utf8)
  }

  /// The line that gives a new channel what it needs, and the bytes that follow the line. The line's status is not 0 if the shell could not
  /// read these bytes, for example because its `gzip` does not work.
  /// - Parameter copy: the copy that the host makes of the text, or nil if it makes none.
  func beginning(_ needs: Needs, nonce: String, compressed: Bool, copy: ProgramCopy? = nil) -> (line: String, text: [UInt8]) {
    let plain = text(needs)
    let text = compressed ? packed(plain, for: needs) : plain
    // If there is no dd, the shell would take the bytes for commands.
    let needed = "command -v dd >/dev/null 2>&1 || { echo '\(HostProgram.noDD)' >&2; exit 3; }; "
    let take = HostProgram.take(text, into: "l_more", unpacking: text != plain)
    let then = copy.map { "{ \($0.keep) l_more=; }" } ?? "l_more="
    return ("\(needed)\(take); eval \"$l_more\"; \(HostProgram.start(nonce)) && \(then)", text)
  }
  /// The words after the host program's own lines. They fail if the functions are not there.
  static func start(_ nonce: String) -> String {
    // Variables that are set from here on do not go into the environment of any child.
    "set +a; unset l_nonce LANDER_JOB; l_nonce=\(nonce); command -v l_do >/dev/null 2>&1"
  }
  /// The copy of this text that a host keeps in the home folder of its login user.
  func copy(of needs: Needs) -> ProgramCopy {
    if let known = copies.with({ $0[needs] }) { return known }
    let copy = ProgramCopy(of: text(needs))
    copies.with { $0[needs] = copy }
    return copy
  }
  private func packed(_ plain: [UInt8], for needs: Needs) -> [UInt8] {
    if let known = packed.with({ $0[needs] }) { return known }
    let text = Gzip.packed(plain) ?? plain
    packed.with { $0[needs] = text }
    return text
  }

  /// The bytes to send before a request. They give the channel's shell the functions that it lacks, and its keeper the functions that a job
  /// calls.
  func preface(_ lessons: inout Lessons, for function: String, needs: Needs) -> [UInt8] {
    var bytes: [UInt8] = []
    var lacking = functions.text(of: needs.known.subtracting(lessons.known))
    lessons.known.formUnion(needs.known)
    if !needs.own.isSubset(of: lessons.own) {
      lessons.own.formUnion(needs.own)
      lacking += HostProgram.variable("l_common", []) + HostProgram.variable("l_own", functions.text(of: lessons.own))
    }
    if (1...HostProgram.inline).contains(lacking.count) {
      bytes += Array("eval \(Quoting.line([String(decoding: lacking, as: UTF8.self)]))\n".utf8)
    } else if !lacking.isEmpty {
      let text = lessons.unpacks && lacking.count > HostProgram.few ? Gzip.packed(lacking) ?? lacking : lacking
      bytes += Array("\(HostProgram.take(text, into: "l_more", unpacking: text != lacking)); eval \"$l_more\"; l_more=\n".utf8) + text
    }
    // A keeper starts jobs. A channel has a keeper from its first job on, because a host has to run two programs to start a keeper.
    if HostProgram.keepers.contains(function), lessons.keeper.map({ !needs.own.isSubset(of: $0) }) ?? true {
      bytes += Array((lessons.hearsBell ? "l_attend rings\n" : "l_attend\n").utf8)
      lessons.keeper = lessons.own
      lessons.rings = lessons.hearsBell
    }
    return bytes
  }
  /// A text of at most this number of bytes is a part of the line. The shell reads a line byte by byte, but needs no program for that.
  private static let inline = 1024
  /// A text of at most this number of bytes is sent uncompressed, so that the host does not have to run a program.
  private static let few = 4096
  /// The functions that give commands to the channel's keeper.
  private static let keepers = ["l_job", "l_ask"]

  /// The loop of every channel, which reads a line and runs it. `sh -s` would read ahead and consume the payload. The loop is in an
  /// argument, so it contains nothing secret.
  static let loop = #"while IFS= read -r l; do eval "$l"; done"#
  /// The bell, which is a line on stderr. A keeper writes it at the end of a job, and each channel writes it once when it begins. The bell
  /// only says that it is time to look at jobs.
  static let bell = Array("\nlander: a job ended\n".utf8)
  /// The shell words that ring the bell.
  static let ring = #"printf '\n%s\n' 'lander: a job ended' >&2"#
  /// What a shell says if it has no program to read bytes with.
  static let noDD = "there is no dd on this host"
  /// Returns the line that ends the answer to a request, with the status of the command before it. Any shell can run the line.
  /// - Parameter status: the shell words for the status.
  static func mark(_ nonce: String, _ number: Int, status: String = "$?") -> String {
    "printf '\\n%s =%s %s\\n' \(nonce) \(number) \(status)"
  }
  /// Returns the line that reads a text from the channel into a variable.
  static func take(_ bytes: [UInt8], into name: String, unpacking: Bool = false) -> String {
    "\(name)=$(dd bs=\(bytes.count) count=1 iflag=fullblock 2>/dev/null\(unpacking ? " | GZIP= gzip -dc" : ""))"
  }
}

extension HostFunctions {
  /// The functions of this version, read once.
  static let shared = HostFunctions([
    PackageResources.base_sh, PackageResources.jobs_sh, PackageResources.ends_sh, PackageResources.keeper_sh, PackageResources.streams_sh,
    PackageResources.releases_sh, PackageResources.packs_sh, PackageResources.patches_sh, PackageResources.truth_sh,
    PackageResources.inbox_sh, PackageResources.survey_sh, PackageResources.repair_sh, PackageResources.files_sh, PackageResources.queue_sh,
    PackageResources.parking_sh,
    PackageResources.marks_sh, PackageResources.remove_sh,
  ])
}

extension Hex {
  /// Returns sixteen random bytes as hexadecimal digits, for names that nobody can guess.
  static func word() -> String {
    var generator = SystemRandomNumberGenerator()
    return text((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
  static func digest(_ bytes: some Sequence<UInt8>) -> String { text(SHA256.hash(data: Array(bytes))) }
}
