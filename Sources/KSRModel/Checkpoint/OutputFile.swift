import Glibc

/// Writes whole files: a reader finds the old bytes or the new ones, never a part.
enum OutputFile {
  /// Writes to a new file in the same folder, brings it to the disk, and gives it the name.
  static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
    func failure(_ action: String) -> CheckpointError {
      CheckpointError(.unwritable, file: path, "\(action): \(systemMessage())")
    }
    let target = try destination(of: path)
    let (temporary, descriptor) = try create(beside: target, path)
    var isComplete = false
    defer { if !isComplete { unlink(temporary) } }

    var written = 0
    while written < bytes.count {
      let part = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if part >= 0 {
        written += part
      } else if errno != EINTR {
        let error = failure("cannot be written")
        close(descriptor)
        throw error
      }
    }
    guard fsync(descriptor) == 0 else {
      let error = failure("cannot be brought to the disk")
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, target) == 0 else {
      throw failure("cannot be put in place")
    }
    isComplete = true
    bringFolderToDisk(of: target)
  }

  /// The file to replace: links are followed, and what is not a file (`/dev/null`) is refused,
  /// since a rename would replace it.
  private static func destination(of path: String) throws(CheckpointError) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CheckpointError(.unwritable, file: path, "it exists and is not a regular file")
    }
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func create(
    beside target: String, _ path: String
  ) throws(CheckpointError) -> (name: String, descriptor: Int32) {
    for attempt in 0..<100 {
      let name = "\(target).\(getpid())-\(attempt).part"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (name, descriptor) }
      guard errno == EEXIST else { break }
    }
    throw CheckpointError(
      .unwritable, file: path, "no file can be made beside it: \(systemMessage())")
  }

  /// Makes the new name last, where the file system can.
  private static func bringFolderToDisk(of target: String) {
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
