local http_check = require "http_check"

describe("http_check", function()
  it("asks the host until it answers", function(t)
    local host = t:host { name = "web1", vars = { port = 8080 } }
    host:answers("http://localhost:8080/ready", { false, false, 200 })

    t:run(http_check { url = "http://localhost:{port}/ready", every = "1s" }, host)

    t:expect(host.checks).equals(3)
  end)

  it("fails with the last answer when the time is over", function(t)
    local host = t:host { name = "web1" }
    host:answers("http://localhost/", { false })

    t:expect(function() t:run(http_check { url = "http://localhost/", timeout = "5s" }, host) end).fails "waited 5 s"
  end)

  it("names the option that is wrong", function(t)
    t:expect(function() http_check { url = "localhost" } end)
      .fails 'http_check: option "url" must be a URL such as "http://localhost:8080/ready", got "localhost"'
  end)
end)
