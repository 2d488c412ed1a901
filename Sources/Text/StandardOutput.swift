import Glibc

/// Standard output and standard error, which may be closed, full or a pipe without a reader.
package enum StandardOutput {
  /// Keeps closed streams from becoming the files that are opened next.
  ///
  /// What is written to the streams would land there. To be called before anything is opened.
  package static func guardClosedStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is taken: this one. Neither way can it be used as what it stands for.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes a text to standard output whole.
  package static func write(_ text: String) throws(UserError) {
    let error = write(text, to: STDOUT_FILENO)
    guard error == 0 else {
      throw UserError("Cannot write the output: \(String(cString: strerror(error))).")
    }
  }

  /// Writes a text to standard error; if that cannot be, nobody is there to be told.
  package static func note(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Writes a text whole; returns the error, or 0.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count >= 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}
