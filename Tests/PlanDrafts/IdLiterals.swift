package import DeployModel

// Tests may write ids as literals. Sources may not, because an id of the wrong kind would then compile.
extension Deployment.ID: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) { self.init(text) }
}

extension Release.ID: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) { self.init(text) }
}

extension Train.ID: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) { self.init(text) }
}
