import Glibc

/// Text to standard output and standard error, which may be closed, full or a pipe without a reader.
enum Output {
  /// Writes a text to standard output whole.
  static func write(_ text: String) throws(TerminalFailure) {
    let error = write(text, to: STDOUT_FILENO)
    guard error != 0 else { return }
    let reason = String(cString: strerror(error))
    throw TerminalFailure(description: "Cannot write the output: \(reason).")
  }

  /// Writes a line to standard error; if that cannot be, nobody is there to be told.
  static func note(_ line: String) { _ = write("ksr-tui: \(line)\n", to: STDERR_FILENO) }

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
