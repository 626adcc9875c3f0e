import DeployModel
import Testing

@Suite("YAML, URLs and digests in recipes") struct YAMLWordTests {
  private func said(_ expression: String, before: String = "", files: [String: String] = [:]) throws -> String {
    let code = recipe("\(before)\nlog.info('%s', \(expression))")
    return try #require(try Rig(code, files: files).begin(.validateService).log.first?.text, "\(expression)")
  }
  private func refused(_ expression: String) throws -> String {
    let error = try #require(try Rig(recipe("local x = \(expression)")).begin(.validateService).result?.error, "\(expression)")
    return error.failure.message + (error.failure.fix.map { "; \($0)" } ?? "")
  }
  private func read(_ yaml: String) throws -> String { try said("json.encode(yaml.decode [==[\n\(yaml)]==])") }

  @Test("YAML is read by the core schema of YAML 1.2, with anchors, aliases and merged maps")
  func reads() throws {
    for (text, json) in [
      ("a: 1\nb: [x, 'y', \"z\"]\n", #"{"a":1,"b":["x","y","z"]}"#),
      ("- 1\n- -2\n- 1.5\n- 1e3\n- 0x1f\n- 0o17\n- +3\n", "[1,-2,1.5,1000,31,15,3]".replacing("1000", with: "1000.0")),
      ("- true\n- False\n- ~\n-\n- null\n", "[true,false,null,null,null]"),
      (
        "- '1'\n- \"true\"\n- !!str 5\n- 1.2.3\n- '1:30'\n- 8080:80\n- 2026-01-31\n- - x\n- a b\n",
        #"["1","true","5","1.2.3","1:30","8080:80","2026-01-31",["x"],"a b"]"#
      ),
      ("a: &x {p: 1}\nb: *x\nc:\n  <<: *x\n  q: 2\n", #"{"a":{"p":1},"b":{"p":1},"c":{"p":1,"q":2}}"#),
      ("base: &b {p: 1, q: 1}\nown:\n  <<: [*b, {r: 3, p: 9}]\n  q: 2\n", #"{"base":{"p":1,"q":1},"own":{"p":1,"q":2,"r":3}}"#),
      ("a: {}\nb: []\n", #"{"a":{},"b":[]}"#), ("on: push\n80: web\n", #"{"80":"web","on":"push"}"#), ("", "null"), ("# only\n", "null"),
      ("a: |\n  one\n  two\nb: >\n  one\n  two\n", #"{"a":"one\ntwo\n","b":"one two\n"}"#), ("é: \"\\u00e9\\t\"\n", #"{"é":"é\t"}"#),
      ("{\"json\": [1, null]}", #"{"json":[1,null]}"#), ("9007199254740993", "9007199254740993"),
      ("[00:11:22:33:44:55, 05:30, 0:1]", #"["00:11:22:33:44:55","05:30","0:1"]"#), ("-9223372036854775808", "-9223372036854775808"),
    ] {
      #expect(try read(text) == json.replacing("1000.0", with: "1000"), "\(text)")
    }
  }

  @Test("what is no YAML, or means different things to different readers, is refused with its line and the next step")
  func flaws() throws {
    for (text, reason) in [
      (
        "a: 1\nb: no\n",
        "line 2: this is no YAML that can be read: no is false in YAML 1.1 and a string in YAML 1.2; write false, or quotes"
      ),
      ("on: Yes\n", "Yes is true in YAML 1.1"), ("mode: 0644\n", "0644 is an octal number in YAML 1.1"), ("mode: 0644\n", "write 0o644"),
      ("a: .inf\n", ".inf is a number that JSON does not have"), ("a: 1\na: 2\n", "the key a is given twice"),
      ("a: 1\n---\nb: 2\n", "a second document begins here; keep one document"), ("a: [1\n", "line 2: "), ("a: *nothing\n", "line 1: "),
      ("? [a]\n: 1\n", "a key is a list or a map"), ("a:\n  <<: 5\n", "<< merges maps only"), ("\tb: 1\n", "line 1: "),
      (String(repeating: "[", count: 200) + String(repeating: "]", count: 200), "nested more than 100 deep"),
      (String(repeating: "[", count: 5000), "line "), (String(repeating: "- ", count: 5000), "line "),
      ("a: 1e999\n", "too large for a number"), ("a: 0xffffffffffffffff\n", "too large for a number"),
      ("a: 12345678901234567890\n", "12345678901234567890 is too large for a number"),
      ("a: -.Inf\n", "-.Inf is a number that JSON does not have"), ("a: 22:22\n", "22:22 is a number in YAML 1.1 and a string in YAML 1.2"),
      ("a: 1_000\n", "1_000 is a number in YAML 1.1"), ("a: 0b11\n", "0b11 is a number in YAML 1.1"), ("a: 00\n", "write 0, or"),
      ("a: 089\n", "write 89, or quotes"), ("a: -0644\n", "write -420, or quotes"), ("a: !!int '3'\n", "the tag !!int gives a value"),
      ("a: !x {b: 1}\n", "the tag !x gives"), ("a: !!set [b]\n", "line 1: this is no YAML that can be read: the tag !!set"),
    ] {
      let message = try refused("yaml.decode [==[\n\(text)]==]")
      #expect(message.contains("yaml.decode: line ") && message.contains(reason), "\(text.prefix(40)): \(message)")
    }
    #expect(try refused("yaml.decode(5)").contains("yaml.decode takes a string, got 5"))
    #expect(try refused(#"yaml.decode "\xff""#).contains("no UTF-8"))
    #expect(try refused("yaml.decode(string.rep('a', 2000000))").contains("may have 1 MB"))
    #expect(try refused("yaml.encode(0/0)").contains("yaml.encode: JSON has no such number"))
  }

  @Test("aliases that would grow to millions of values end the reading at 100,000")
  func laughs() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(names)]\n"
    }
    #expect(try refused("yaml.decode [==[\n\(text)]==]").contains("more than 100000 values"))
  }

  @Test("keys and merges that repeat aliases of aliases are refused before they cost time")
  func repeatedKeys() throws {
    func levels(_ first: String, _ next: (String) -> String) -> String {
      (1...9).reduce("k0: &k0 \(first)\n") { text, level in
        text + "k\(level): &k\(level) " + next(Array(repeating: "*k\(level - 1)", count: 10).joined(separator: ", ")) + "\n"
      }
    }
    let lists = levels("[x]") { "[\($0)]" }
    let keys = [
      "? *k9\n: 1", "*k9 : 1", "[*k9]: 1", "a: {[*k9]:1}", "- - ? *k9", "a: [b, ? *k9 : 1]", "a: {\n  ? [*k9] : 1}", "{a: *k9} : 1",
    ]
    for key in keys {
      #expect(try refused("yaml.decode [==[\n\(lists)\(key)\n]==]").contains("a key is a list, a map or an alias"), "\(key)")
    }
    let maps = levels("{k: v}") { "{<<: [\($0)]}" }
    #expect(try refused("yaml.decode [==[\n\(maps)]==]").contains("more than 100000 values"))
    #expect(try refused("yaml.decode('\(String(repeating: "? ", count: 200))x')").contains("a key is a list"))
    let wide = (0..<15_000).map { "k\($0): 1" }.joined(separator: ", ")
    #expect(try said("yaml.decode([==[\na: &a {\(wide)}\nb: &b {\(wide)}\nc: {<<: [*a, *b]}]==]).c.k14999") == "1")
    let harmless = "a: &a 1\nb: [*a, 'x']\nc: \"a*b: [c]: d\"\ne: what? *maybe\nf: {g: *a}\n# [::1]:80\n"
    #expect(try read(harmless) == #"{"a":1,"b":[1,"x"],"c":"a*b: [c]: d","e":"what? *maybe","f":{"g":1}}"#)
  }

  @Test("a loop of readings ends at the limit of a step's processor time or instructions")
  func endless() throws {
    let message = try refused("(function() local t = 'a: [' .. string.rep('1, ', 20000) .. '1]' while true do yaml.decode(t) end end)()")
    #expect(message.contains("computed for too long"))
  }

  @Test("values are written in blocks, with quotes where a reader of YAML 1.1 or 1.2 could take a string for something else")
  func writes() throws {
    let value = #"{ port = 80, ratio = 0.5, on = true, none = json.null, empty = json.list {}, map = {}, list = { "a", { b = 1 } } }"#
    let expected = "empty: []\nlist:\n- a\n- b: 1\nmap: {}\nnone: null\n\"on\": true\nport: 80\nratio: 0.5\n"
    #expect(try said("yaml.encode \(value)") == expected)
    let hard = [
      "no", "1", "0644", "1:30", "2026-01-31", "~", "", " a", "a: b", "- x", "#c", "*x", "a\nb\n", "tab\there", "é", "y", "1e3", "null",
      "22:22", "1_0", "\u{85}", "a\u{2028}b", "a\u{feff}", "\u{80}", "\u{ffff}", "\u{7f}",
    ]
    for text in hard {
      let coded = text.replacing("\n", with: "\\n").replacing("\t", with: "\\t")
      #expect(try said("yaml.decode(yaml.encode { v = '\(coded)' }).v") == text, "\(text)")
      #expect(try said("yaml.decode(yaml.encode { ['\(coded)'] = 1 })['\(coded)']") == "1", "\(text)")
    }
    #expect(
      try said("yaml.encode { host = 'web1.example.com', path = '/srv/a_b', say = 'no' }")
        == "host: web1.example.com\npath: /srv/a_b\nsay: \"no\"\n")
    #expect(try said("yaml.encode 'x'") == "x\n")
    #expect(try refused("yaml.encode { [string.rep('a', 2000)] = 1 }").contains("yaml.encode: YAML has no name of more than 1,000"))
    #expect(try refused("yaml.encode { v = '\u{feff}a' }").contains("begins with a byte order mark"))
  }

  @Test("read_yaml gives a file of the project, and its flaw with the file's line")
  func files() throws {
    let before = #"local y = read_yaml "a.yml""#
    let code = "\(before)\nrecipe \"shop\" { path = \"/srv/shop\", on = { ValidateService = function(host) log.info('%s', y.web[2]) end } }"
    #expect(try Rig(code, files: ["a.yml": "web: [a, b]\n"]).begin(.validateService).log.first?.text == "b")
    #expect(
      problems(code, files: ["a.yml": "web:\n  x: no\n"]) == [
        "a.yml:2: read_yaml: this is no YAML that can be read: no is false in YAML 1.1 and a string in YAML 1.2; "
          + "write false, or quotes: \"no\""
      ])
  }

  @Test("sha256 gives the digests of FIPS 180-4, of bytes that are no text too")
  func digests() throws {
    #expect(try said("sha256 'abc'") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try said("sha256 ''") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(try said(#"sha256 "\xff\x00""#) == "ea5dbf9596d187e9500f23e9a680109475341cf4e81f7e043f7d97152c10772f")
    #expect(try refused("sha256(5)").contains("takes a string, got 5"))
    #expect(try refused(#"sha256(string.rep("\xff", 70000))"#).contains("more than 64 kB has to be UTF-8"))
  }

  @Test("parts of URLs are coded as RFC 3986 says, and read back")
  func urls() throws {
    #expect(try said(#"url.encode "a b/ü~-._%""#) == "a%20b%2F%C3%BC~-._%25")
    #expect(try said(#"url.decode "a%20b%2F%c3%bc+""#) == "a b/ü+")
    #expect(try said(#"url.query { b = { 1, 2 }, a = "x y", c = true }"#) == "a=x%20y&b=1&b=2&c=true")
    #expect(
      try said("url.query { t = 1234567890.123456, b = 0.1, i = 12345678901234567 }") == "b=0.1&i=12345678901234567&t=1234567890.123456")
    let whole = "https://kim:p%40ss@Shop.example.com:8443/a%20b?x=1&y=a+b&x=2&z#top"
    #expect(
      try said("json.encode(url.parse '\(whole)')")
        == #"{"fragment":"top","host":"shop.example.com","password":"p@ss","path":"/a%20b","port":8443,"#
        + #""query":{"x":["1","2"],"y":"a b","z":""},"scheme":"https","user":"kim"}"#)
    #expect(try said("json.encode(url.parse 'postgres://[::1]/db')") == #"{"host":"[::1]","path":"/db","scheme":"postgres"}"#)
    #expect(try said("json.encode(url.parse 'mailto:a@b')") == #"{"path":"a@b","scheme":"mailto"}"#)
    for (code, reason) in [
      ("url.decode '%4'", "something other than two hexadecimal digits; a % itself is %25"), ("url.parse 'x y:'", "no blank"),
      ("url.encode(1)", "got 1"),
      ("url.parse '/path'", "begins with no scheme"), ("url.parse 'http://a:99999/'", "99999 is no port"),
      ("url.parse 'http://a:/'", "it has a : and no port"), ("url.parse 'http://a@b@c/'", "its user has a character"),
      ("url.parse 'http://a%4@c/'", "its user has a % without two digits"), ("url.parse 'http://a:%x@c/'", "its user has a %"),
      ("url.query 'a'", "takes a table"), ("url.query { a = { x = 1 } }", "a takes a list"),
      ("url.parse 'http://h\\\\@evil/'", "no backslash"),
      ("url.query { a = json.list }", "takes a string, a number"), ("url.query { a = secret 'X' }", "a secret cannot become text"),
      ("url.parse 'http://a/?x=%'", "its query has a %"),
    ] {
      let message = try refused(code)
      #expect(message.contains(reason), "\(code): \(message)")
    }
  }

  @Test("digests and YAML are no questions to the engine: nothing of them is in the journal, and a budget lasts over them")
  func noQuestions() throws {
    let rig = try Rig(recipe("local a = sha256('x') .. yaml.encode { a = 1 } host:run 'true'"))
    guard case .asked(.perform(_, .run, _)) = try rig.begin(.validateService).next else {
      Issue.record("the first question of the hook is its command")
      return
    }
  }
}
