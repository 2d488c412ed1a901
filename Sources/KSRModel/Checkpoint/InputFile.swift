import Glibc

/// A regular file open for reading, closed when it is let go.
///
/// Contents are copied into memory and never mapped: a file that changes after its checks would
/// change what was checked.
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

/// What the system says about its last error.
func systemMessage() -> String { String(cString: strerror(errno)) }
