import AtomicFiles
import Glibc
import KSRNumerics

/// Why a checkpoint could not be read or written, as a sentence for the person who named the file.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of thing is wrong.
  package enum Reason: Sendable, Equatable {
    /// The file cannot be opened or read.
    case unreadable
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

/// A regular file open for reading, closed when it is let go.
///
/// Contents are copied into memory, so that a file that changes after its checks changes nothing.
/// Only the tensors of a large model are mapped: copying them would take longer than all else, and
/// twice the memory. Our own writers put another file in its place and leave the mapped one as it is.
final class InputFile {
  let size: Int
  private let descriptor: Int32
  private let path: String

  init(path: String) throws(CheckpointError) {
    // Without O_NONBLOCK a named pipe would wait for a writer before we could refuse it.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    self.path = path
    guard descriptor >= 0 else {
      throw CheckpointError(.unreadable, file: path, "cannot be opened: \(systemMessage())")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let message = systemMessage()
      close(descriptor)
      throw CheckpointError(.unreadable, file: path, "cannot be examined: \(message)")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"
      close(descriptor)
      throw CheckpointError(.unreadable, file: path, "it is \(kind), expected a file")
    }
    size = Int(status.st_size)
    // A file may claim any size on a disk; memory that is not there would end the program.
    let memory = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(
      by: sysconf(Int32(_SC_PAGESIZE)))
    guard memory.overflow || memory.partialValue <= 0 || size <= memory.partialValue / 2 else {
      close(descriptor)
      throw CheckpointError(
        .unreadable, file: path,
        "it has \(size) bytes, more than half of this machine's memory (\(memory.partialValue))")
    }
  }

  deinit { close(descriptor) }

  /// From how many bytes on contents are mapped.
  static let mappedSize = 64 << 20

  /// The rest of the file, of which `position` bytes were read.
  func rest(from position: Int) throws(CheckpointError) -> FileBytes {
    if size >= Self.mappedSize,
      let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    {
      return FileBytes(mapped: start, size: size, from: position)
    }
    return FileBytes(try read(size - position))
  }

  /// The first bytes, of a file that nothing was read of.
  func beginning(_ count: Int) throws(CheckpointError) -> [UInt8] { try read(min(count, size)) }

  /// The next `count` bytes.
  func read(_ count: Int) throws(CheckpointError) -> [UInt8] {
    var failure: String?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let part = Glibc.read(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
        if part > 0 {
          filled += part
        } else if part == 0 {
          failure = "the file became shorter while it was read"
          return
        } else if errno != EINTR {
          failure = "cannot be read: \(systemMessage())"
          return
        }
      }
    }
    if let failure { throw CheckpointError(.unreadable, file: path, failure) }
    return bytes
  }
}

/// Bytes of a file that do not change: mapped, or in memory.
final class FileBytes: @unchecked Sendable {
  let all: UnsafeRawBufferPointer
  /// The whole pages that are mapped; nil where none are.
  private let mapped: UnsafeMutableRawBufferPointer?

  init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    copy.copyBytes(from: bytes)
    (all, mapped) = (UnsafeRawBufferPointer(copy), nil)
  }

  fileprivate init(mapped start: UnsafeMutableRawPointer, size: Int, from position: Int) {
    let whole = UnsafeMutableRawBufferPointer(start: start, count: size)
    all = UnsafeRawBufferPointer(rebasing: whole[position...])
    mapped = whole
  }

  deinit {
    if let mapped { munmap(mapped.baseAddress, mapped.count) } else { all.deallocate() }
  }

  /// Single-precision numbers as they lie here; nil where they are not mapped or lie crooked.
  func lend(_ range: Range<Int>) -> LentFloats? {
    guard mapped != nil, let start = all.baseAddress,
      UInt(bitPattern: start + range.lowerBound) % UInt(MemoryLayout<Float>.alignment) == 0
    else { return nil }
    let count = range.count / MemoryLayout<Float>.stride
    return LentFloats(
      (start + range.lowerBound).bindMemory(to: Float.self, capacity: count), count: count,
      owner: self
    ) { [unowned self] numbers in
      let begin = range.lowerBound + numbers.lowerBound * MemoryLayout<Float>.stride
      giveBack(begin..<begin + numbers.count * MemoryLayout<Float>.stride)
    }
  }

  /// Says that these bytes are not needed for now; of a mapped file the memory is given back.
  private func giveBack(_ range: Range<Int>) {
    guard let mapped, let start = mapped.baseAddress, let first = all.baseAddress else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let offset = first - UnsafeRawPointer(start)
    let begin = (offset + range.lowerBound + page - 1) / page * page
    let end = (offset + range.upperBound) / page * page
    if begin < end { madvise(start + begin, end - begin, MADV_DONTNEED) }
  }
}

/// What the system says about its last error.
func systemMessage() -> String { String(cString: strerror(errno)) }
