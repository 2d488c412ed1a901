import Foundation
import Glibc

/// A terminal without a window: what a program writes to it is collected, what is typed is read by
/// the program.
final class Pty: @unchecked Sendable {
  /// The side of the program.
  let program: Int32
  private let window: Int32
  private let changed = NSCondition()
  private var bytes: [UInt8] = []

  struct Failure: Error { let code = errno }

  init(columns: UInt16, rows: UInt16) throws {
    window = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    // TIOCSPTLCK opens the other side, TIOCGPTN says which it is.
    var (lock, number): (Int32, Int32) = (0, 0)
    guard window >= 0, ioctl(window, 0x4004_5431, &lock) == 0,
      ioctl(window, 0x8004_5430, &number) == 0
    else { throw Failure() }
    program = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    guard program >= 0 else { throw Failure() }
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard ioctl(program, UInt(TIOCSWINSZ), &size) == 0 else { throw Failure() }
    let reader = window
    // What is not read in time would make the program wait.
    Thread { [weak self] in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = read(reader, &buffer, buffer.count)
        guard count > 0 else { return }
        self?.keep(buffer.prefix(count))
      }
    }.start()
  }

  deinit {
    close(program)
    close(window)
  }

  private func keep(_ part: ArraySlice<UInt8>) {
    changed.lock()
    bytes += part
    changed.broadcast()
    changed.unlock()
  }

  /// All that has been written up to now.
  var written: String {
    // What comes after everything else has come through when it is there.
    let end = "\u{1B}\u{4}end"
    _ = end.withCString { write(program, $0, strlen($0)) }
    changed.lock()
    defer { changed.unlock() }
    let deadline = Date().addingTimeInterval(10)
    while !String(decoding: bytes.suffix(16), as: UTF8.self).hasSuffix(end) {
      guard changed.wait(until: deadline) else { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Types text.
  func type(_ text: String) { _ = text.withCString { write(window, $0, strlen($0)) } }

  /// How the terminal treats what is typed and written.
  var settings: [UInt32] {
    var settings = termios()
    tcgetattr(program, &settings)
    return [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag]
  }
}
