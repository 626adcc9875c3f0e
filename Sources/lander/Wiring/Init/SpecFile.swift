/// Makes the text of a first test of a recipe.
struct SpecFile {
  var application: String

  var text: String {
    """
    -- What a deployment of \(application) does. lander test runs this without a host.

    describe("\(application)", function()
      it("reaches every host", function(t)
        local run = t:deploy("\(application)", { hosts = 4 })
        t:expect(run.status):equals "succeeded"
        t:expect(run.hosts.host4.release):equals "new"
      end)

      it("goes back if a host cannot take the release, and touches none of those after it", function(t)
        local run = t:deploy("\(application)", { hosts = 4, fails = { host2 = "Install" } })
        t:expect(run.exit):equals(10)
        t:expect(run.hosts.host1.release):equals "earlier"
        t:expect(run.hosts.host3.status):equals "waiting"
      end)
    end)

    """
  }
}
