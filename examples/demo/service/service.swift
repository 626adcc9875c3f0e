// The demo's service and its visitor, in one small program that needs nothing but the system.
//
//   shop serve PORT            answers /, and /health, from the folder it is started in
//   shop visit PORT...         asks the hosts in turn, as a load balancer would, until it gets SIGTERM; then prints what it saw
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A file of the release, without its last line break; nil where there is none.
func content(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 65_536)
  let count = fread(&bytes, 1, bytes.count, file)
  let text = String(decoding: bytes[..<count], as: UTF8.self)
  return text.hasSuffix("\n") ? String(text.dropLast()) : text
}

func say(_ text: String) {
  fputs(text + "\n", stdout)
  fflush(stdout)
}

func address(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  return address
}

/// Reads until the other side has said all, at most one second and 64 KiB.
func read(from connection: Int32, until mark: String?) -> String {
  var limit = timeval(tv_sec: 1, tv_usec: 0)
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  var all: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 4096)
  while all.count < 65_536 {
    let count = recv(connection, &piece, piece.count, 0)
    if count <= 0 { break }
    all += piece[..<count]
    if all.count >= 4, let mark, all.suffix(4).elementsEqual(mark.utf8) { break }
  }
  return String(decoding: all, as: UTF8.self)
}

func write(_ text: String, to connection: Int32) {
  let bytes = Array(text.utf8)
  _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
}

// MARK: serve

/// What the shop answers: its page, and whether it is well. It is well when the page it sells from is there.
func answer(_ path: String, revision: String) -> (status: String, body: String) {
  guard let menu = content("menu.txt") else { return ("500 Internal Server Error", "revision \(revision): menu.txt is missing\n") }
  switch path {
  case "/health": return ("200 OK", "revision \(revision) is well\n")
  case "/": return ("200 OK", "revision \(revision)\n\(menu)\n")
  default: return ("404 Not Found", "nothing here\n")
  }
}

func serve(port: UInt16) -> Int32 {
  let revision = content("REVISION")?.split(separator: "\n").first.map(String.init) ?? "unknown"
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var yes: Int32 = 1
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
  var place = address(port)
  let bound = withUnsafePointer(to: &place) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
  guard bound == 0, listen(listener, 64) == 0 else {
    say("port \(port): \(String(cString: strerror(errno)))")
    return 1
  }
  say("revision \(revision) listens on port \(port)")
  while true {
    let connection = accept(listener, nil, nil)
    if connection < 0 { continue }
    let words = read(from: connection, until: "\r\n\r\n").split(separator: " ")
    let (status, body) = answer(words.count > 1 ? String(words[1]) : "", revision: revision)
    write("HTTP/1.0 \(status)\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", to: connection)
    close(connection)
  }
}

// MARK: visit

/// One request to one host: the first line of its page, or nil where it gave no good answer.
func ask(_ port: UInt16) -> String? {
  let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(connection) }
  var place = address(port)
  let connected = withUnsafePointer(to: &place) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
  guard connected == 0 else { return nil }
  write("GET / HTTP/1.0\r\n\r\n", to: connection)
  let reply = read(from: connection, until: nil)
  guard reply.hasPrefix("HTTP/1.0 200") else { return nil }
  // Lines by bytes: to a String, CR and LF together are one character.
  let lines = reply.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  guard let end = lines.firstIndex(where: { $0.elementsEqual("\r".utf8) }), end + 1 < lines.count else { return nil }
  return String(lines[end + 1])
}

nonisolated(unsafe) var isOver: sig_atomic_t = 0

func visit(ports: [UInt16]) -> Int32 {
  signal(SIGTERM) { _ in isOver = 1 }
  var seen: [(page: String, count: Int)] = []
  var asked = 0
  var unanswered = 0
  while isOver == 0 {
    let first = asked % ports.count
    asked += 1
    // The next host is asked when one is just being switched; a visitor is let down only when none answers.
    var page: String?
    for offset in ports.indices where page == nil { page = ask(ports[(first + offset) % ports.count]) }
    if let page {
      if let index = seen.firstIndex(where: { $0.page == page }) { seen[index].count += 1 } else { seen.append((page, 1)) }
    } else {
      unanswered += 1
    }
    usleep(10_000)
  }
  let pages = seen.map { "\($0.count) by \($0.page)" }.joined(separator: ", ")
  say("\(asked) requests were sent meanwhile: \(pages.isEmpty ? "" : pages + ", ")\(unanswered) unanswered")
  return unanswered == 0 ? 0 : 1
}

signal(SIGPIPE, SIG_IGN)
let ports = CommandLine.arguments.dropFirst(2).compactMap { UInt16($0) }
switch CommandLine.arguments.dropFirst().first {
case "serve" where ports.count == 1: exit(serve(port: ports[0]))
case "visit" where !ports.isEmpty: exit(visit(ports: ports))
default:
  fputs("usage: shop serve PORT | shop visit PORT...\n", stderr)
  exit(2)
}
