import Glibc
import Synchronization

private let temporaryFiles = Atomic<Int>(0)

/// Writes a file so that a reader sees the old one or the new one, never a part.
///
/// The bytes go to a new file beside the target, are flushed to the disk, and take the target's
/// name; a target that is a symbolic link stays one, and a replaced file keeps its permissions.
/// When any of this fails, the old file is untouched and nothing is left beside it.
package func writeAtomically(
  _ bytes: UnsafeRawBufferPointer, to path: String
) throws(DataError) {
  let target = Paths.resolved(path) ?? path
  let folder = Paths.parent(target)
  var status = stat()
  let exists = stat(target, &status) == 0
  guard !exists || status.st_mode & S_IFMT == S_IFREG else {
    throw DataError(file: path, found: "cannot be written: it is not a regular file")
  }
  let temporary = try create(in: folder, for: path)
  var finished = false
  defer { if !finished { unlink(temporary.path) } }
  try fill(temporary.descriptor, with: bytes, mode: exists ? status.st_mode & 0o7777 : nil, path)
  guard rename(temporary.path, target) == 0 else {
    throw DataError.system(file: path, "cannot be put in place")
  }
  finished = true
  // The name itself reaches the disk with its folder; a file system that cannot do this has
  // already written the file as well as it can.
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  if descriptor >= 0 {
    fsync(descriptor)
    close(descriptor)
  }
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

/// Closes the descriptor, whatever happens.
private func fill(
  _ descriptor: Int32, with bytes: UnsafeRawBufferPointer, mode: mode_t?, _ path: String
) throws(DataError) {
  defer { close(descriptor) }
  if let mode { fchmod(descriptor, mode) }
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
  guard fsync(descriptor) == 0 else {
    throw DataError.system(file: path, "cannot be flushed to the disk")
  }
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
