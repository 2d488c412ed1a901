import AtomicFiles

/// Why a checkpoint could not be read or written, as a sentence for the person who named the file.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of thing is wrong.
  package enum Reason: Sendable, Equatable {
    /// The file cannot be opened or read.
    case unreadable
    /// The file cannot be written.
    case unwritable
    /// The file ends before the eight bytes that give the header's length.
    case headerTooSmall
    /// The header is longer than the format allows.
    case headerTooLarge
    /// The header reaches beyond the end of the file.
    case headerBeyondFile
    /// The header is not UTF-8.
    case headerNotUTF8
    /// The header is not JSON of the format's form.
    case headerMalformed
    /// Tensors overlap, leave a hole, or end before they begin.
    case tensorOffsets
    /// A shape has more elements than can be counted.
    case sizeOverflow
    /// A tensor of small elements does not end on a whole byte.
    case partialByte
    /// A tensor's bytes are more or fewer than its shape needs.
    case tensorSize
    /// The file goes on after its last tensor, or ends before.
    case fileSize
    case noSuchTensor
    /// A tensor's elements are of another type than asked for.
    case elementType
    /// An element has a value it cannot have.
    case elementValue
    /// The tensors or the metadata are not those of a model.
    case contents
    /// The file is not a zip archive as PyTorch writes it.
    case archive
    /// The objects in a PyTorch file cannot be read, or hold others than plain data.
    case pickle
  }

  package let file: String
  package let tensor: String?
  /// What kind of thing is wrong.
  package let reason: Reason
  /// What was found and what was expected, without file and tensor; fit for a terminal.
  package let detail: String

  /// An error about a file or one of its tensors.
  package init(_ reason: Reason, file: String, tensor: String? = nil, _ detail: String) {
    self.reason = reason
    self.file = file
    self.tensor = tensor
    self.detail = detail
  }

  /// The sentence to show.
  public var description: String {
    let place = printable(file, limit: 1000) + (tensor.map { ": tensor \(quoted($0))" } ?? "")
    return "\(place): \(detail)."
  }
}

extension Sequence where Element == Int {
  /// A shape as it is printed: `[41, 6]`.
  var shapeText: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}
