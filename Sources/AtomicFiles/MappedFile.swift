import Glibc

/// The bytes of a file, mapped into memory while the value lives.
///
/// What cannot be mapped (a pipe) is read to its end instead.
struct MappedFile: ~Copyable {
  let bytes: UnsafeBufferPointer<UInt8>
  private let mapped: Bool

  init(_ path: String) throws(DataError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DataError.system(file: path, "cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw DataError.system(file: path, "cannot be read")
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      throw DataError(file: path, found: "a folder", expected: "a file")
    case S_IFREG where status.st_size > 0:
      let size = Int(status.st_size)
      guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
        start != MAP_FAILED
      else { throw DataError.system(file: path, "cannot be mapped into memory") }
      madvise(start, size, MADV_SEQUENTIAL)
      bytes = UnsafeBufferPointer(
        start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: size)
      mapped = true
    default:
      bytes = UnsafeBufferPointer(try Self.readAll(descriptor, path))
      mapped = false
    }
  }

  deinit {
    if mapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }

  private static func readAll(
    _ descriptor: Int32, _ path: String
  ) throws(DataError) -> UnsafeMutableBufferPointer<UInt8> {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw DataError.system(file: path, "cannot be read")
      }
      content.append(contentsOf: chunk[..<count])
    }
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: content.count)
    _ = copy.initialize(from: content)
    return copy
  }
}

extension String {
  /// The text of a file that a person wrote.
  ///
  /// - Parameter expected: what errors say about one that is larger than `limit` bytes.
  init(contentsOf path: String, limit: Int, expected: String) throws(DataError) {
    let file = try MappedFile(path)
    guard file.bytes.count <= limit else {
      throw DataError(file: path, found: "\(file.bytes.count) bytes", expected: expected)
    }
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
      throw DataError(file: path, found: "bytes that are not UTF-8", expected: "UTF-8")
    }
    self = text
  }
}
