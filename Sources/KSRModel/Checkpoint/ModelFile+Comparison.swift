import AtomicFiles

extension ModelFile {
  /// What a file has in the place of an expected tensor.
  enum Found {
    case nothing
    case fitting
    /// A tensor with another type or shape, in words.
    case other(String)
  }

  /// What is missing, unexpected and mismatched among a file's tensors, all together.
  ///
  /// - Parameters:
  ///   - names: the names of all tensors of the file.
  ///   - found: what the file has under the name of an expected tensor.
  /// - Returns: nil where the tensors are those expected.
  static func problems(
    expected: [Expected], names: [String], found: (Expected) -> Found
  ) -> String? {
    var missing: [String] = []
    var mismatched: [String] = []
    for tensor in expected {
      switch found(tensor) {
      case .nothing: if !tensor.isOptional { missing.append(tensor.name) }
      case .fitting: break
      case .other(let text):
        mismatched.append("\(tensor.name) is \(text), expected \(tensor.description)")
      }
    }
    let known = Set(expected.map(\.name))
    let unexpected = names.filter { !known.contains($0) }.map { quoted($0) }
    let problems = [("missing", missing), ("unexpected", unexpected), ("mismatched", mismatched)]
      .filter { !$0.1.isEmpty }.map { "\($0.0): \(listed($0.1))" }
    return problems.isEmpty ? nil : problems.joined(separator: "; ")
  }
}
