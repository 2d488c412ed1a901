import Glibc
import Synchronization

private let temporaryFiles = Atomic<Int>(0)

/// A file on its way: a reader sees the old one until the new one is finished, never a part.
///
/// The bytes go to a new file beside the target, are flushed to the disk, and take the target's
/// name; a target that is a symbolic link stays one, and a replaced file keeps its permissions.
/// When any of this fails, or nobody calls ``finish()``, the old file is untouched and nothing is left
/// beside it.
package final class AtomicFile {
  private let path: String
  private let target: String
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// Begins a file.
  package init(_ path: String) throws(DataError) {
    let target = Paths.resolved(path) ?? path
    var status = stat()
    let exists = stat(target, &status) == 0
    guard !exists || status.st_mode & S_IFMT == S_IFREG else {
      throw DataError(file: path, found: "cannot be written: it is not a regular file")
    }
    (self.path, self.target) = (path, target)
    (temporary, descriptor) = try create(in: Paths.parent(target), for: path)
    if exists { fchmod(descriptor, status.st_mode & 0o7777) }
  }

  /// Throws if a file cannot be begun, before hours are spent on what it would hold.
  package static func check(_ path: String) throws(DataError) { _ = try AtomicFile(path) }

  deinit {
    close(descriptor)
    if !isFinished { unlink(temporary) }
  }

  /// Adds bytes at the end.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let result = write(descriptor, rest.baseAddress, rest.count)
      if result > 0 {
        written += result
      } else if result == 0 || errno != EINTR {
        throw DataError.system(file: path, "cannot be written")
      }
    }
  }

  /// Adds a text as UTF-8.
  package func append(_ text: String) throws(DataError) {
    let result: Result<Void, DataError> = Array(text.utf8).withUnsafeBytes { bytes in
      do throws(DataError) { return .success(try append(bytes)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Puts the file in its place.
  package func finish() throws(DataError) {
    guard fsync(descriptor) == 0 else {
      throw DataError.system(file: path, "cannot be flushed to the disk")
    }
    guard rename(temporary, target) == 0 else {
      throw DataError.system(file: path, "cannot be put in place")
    }
    isFinished = true
    // The name itself reaches the disk with its folder; a file system that cannot do this has
    // already written the file as well as it can.
    let folder = open(Paths.parent(target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }
}

/// Writes a file whole or not at all, as an ``AtomicFile``.
package func writeAtomically(
  _ bytes: UnsafeRawBufferPointer, to path: String
) throws(DataError) {
  let file = try AtomicFile(path)
  try file.append(bytes)
  try file.finish()
}

/// Writes an array of bytes as ``writeAtomically(_:to:)-(UnsafeRawBufferPointer,_)`` does.
package func writeAtomically(_ bytes: [UInt8], to path: String) throws(DataError) {
  let result: Result<Void, DataError> = bytes.withUnsafeBytes { bytes in
    do throws(DataError) {
      return .success(try writeAtomically(bytes, to: path))
    } catch {
      return .failure(error)
    }
  }
  try result.get()
}

/// Writes a text as UTF-8, as ``writeAtomically(_:to:)-(UnsafeRawBufferPointer,_)`` does.
package func writeAtomically(_ text: String, to path: String) throws(DataError) {
  try writeAtomically(Array(text.utf8), to: path)
}

private func create(
  in folder: String, for path: String
) throws(DataError) -> (path: String, descriptor: Int32) {
  while true {
    let number = temporaryFiles.add(1, ordering: .relaxed).newValue
    // Not made from the target's name, which may be as long as names can be.
    let temporary = "\(folder)/.partial-\(getpid())-\(number)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor >= 0 { return (temporary, descriptor) }
    if errno != EEXIST && errno != EINTR {
      throw DataError.system(file: path, "cannot be written in its folder")
    }
  }
}
