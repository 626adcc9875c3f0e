import DeployModel
import Testing

@Suite("JSON and base64 in recipes") struct JSONWordTests {
  private func said(_ expression: String, before: String = "") throws -> String {
    try #require(try Rig(recipe("\(before)\nlog.info('%s', \(expression))")).begin(.validateService).log.first?.text, "\(expression)")
  }
  private func refused(_ expression: String) throws -> String {
    try #require(try Rig(recipe("local x = \(expression)")).begin(.validateService).result?.error?.failure.message, "\(expression)")
  }

  @Test("every kind of value is read as RFC 8259 says, and written back with its names in order")
  func rounds() throws {
    for (text, again) in [
      (#"{"b": [1, -2.5, 1e3, true, false, null], "a": {}}"#, #"{"a":{},"b":[1,-2.5,1000.0,true,false,null]}"#),
      ("[]", "[]"), (" [ [] , {} ] ", "[[],{}]"),
      (#""\u00e9\ud83d\ude00\n\/""#, "\"é😀\\n/\""), ("9007199254740993", "9007199254740993"),
      ("0.1", "0.1"), ("-0", "0"), (#"{"a":1}"#, #"{"a":1}"#),
    ] {
      #expect(try said("json.encode(json.decode [==[\(text)]==])") == again.replacing("1000.0", with: "1000"), "\(text)")
    }
    #expect(try said("json.encode { list = json.list {}, object = {}, deep = { { 1 } } }") == #"{"deep":[[1]],"list":[],"object":{}}"#)
    #expect(try said("tostring(json.decode('null') == json.null)") == "true")
  }

  @Test("what is no JSON is refused with the line, the byte and the reason")
  func flaws() throws {
    for (text, reason) in [
      ("", "no value begins"), ("{", "double quotes"), ("[1,]", "no value begins"), ("[1 2]", "a comma or ]"), ("01", "begin with 0"),
      ("1 2", "something follows"), (#"{"a":1,"a":2}"#, "twice"), (#""\x""#, "no escape"), (#""\ud800""#, "stands alone"),
      ("nul", "nul is no value"), ("'a'", "no value begins"), ("\"a\nb\"", "control character"), ("+1", "no value begins"),
      (String(repeating: "[", count: 200), "more than 100 deep"), ("\"abc", "not closed"),
    ] {
      let message = try refused("json.decode [==[\n\(text)]==]")
      #expect(
        message.contains("json.decode: line ") && message.contains("this is no JSON") && message.contains(reason), "\(text): \(message)")
    }
    #expect(try refused("json.decode(5)").contains("takes a string, got 5"))
    #expect(try refused("json.encode { [2] = 1, x = 2 }").contains("names of JSON are strings"))
    for value in ["{ 'a', 'b', name = 'c' }", "{ [1] = 1, [3] = 3 }", "{ x = { 1, [2.5] = 2 } }"] {
      #expect(try refused("json.encode \(value)").contains("a table is a list or has names, not both"), "\(value)")
    }
    #expect(try refused(#"json.encode "\xff""#).contains("bytes that are no UTF-8"))
    #expect(try refused(#"yaml.encode { a = "\xff" }"#).contains("bytes that are no UTF-8"))
    #expect(try refused("json.encode(0/0)").contains("no such number"))
    #expect(try refused("(function() local t = {} t.t = t return json.encode(t) end)()").contains("circle"))
    #expect(try refused("json.encode(secret 'X')").contains("a secret cannot become text"))
  }

  @Test("a million signs of JSON are read within one step of a recipe")
  func long() throws {
    #expect(try said("#json.decode('[' .. string.rep('1234567,', 99999) .. '1]')") == "100000")
  }

  @Test("base64 gives bytes as RFC 4648 says, and refuses what is none")
  func base64() throws {
    for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")] {
      #expect(try said("base64.encode '\(plain)' .. '|'") == coded + "|")
      #expect(try said("base64.decode '\(coded)' .. '|'") == plain + "|")
    }
    #expect(try said("base64.decode 'Zm9v\\nYmE'") == "fooba", "without its last signs too")
    #expect(try refused("base64.decode 'Zm9*'").contains("not a character of base64"))
    #expect(try refused("base64.decode 'Z'").contains("incomplete"))
  }
}
