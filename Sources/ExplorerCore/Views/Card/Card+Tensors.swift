import KSRModel
import KSRNumerics
import Workspace

extension Card {
  /// What is left out of training, and the shape of every tensor with its norm.
  static func shapes(_ session: Session) -> [Line] {
    let split = session.model.provenance.split
    let kept =
      switch split.leaveOut {
      case .validAndTest: "last item for testing, the one before for validation"
      case .validOnly: "last item for validation"
      case .testOnly: "last item for testing"
      }
    let users = split.heldOutUsers.isEmpty ? "" : "; users held out: "
    var lines = [
      Line(label: "split", text: kept + users + split.heldOutUsers.joined(separator: ", "))
    ]
    let parameters = session.network.parameters
    for (place, entry) in parameters.entries.enumerated() {
      let values = parameters[keyPath: entry.path]
      let norm = dotProduct(values[...], values[...]).squareRoot()
      let shape = entry.shape.map(String.init).joined(separator: "\u{D7}")
      lines.append(
        Line(
          label: place == 0 ? "tensors" : "",
          text: "\(entry.name) \(shape), norm \(Glyphs.unicode.decimal(norm))"))
    }
    return lines
  }
}
