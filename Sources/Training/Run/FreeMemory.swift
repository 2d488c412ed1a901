import Foundation
import Glibc

/// How much memory this process may still take.
package enum FreeMemory {
  /// The least of what the machine has available, what the control group leaves, and what the limit
  /// on the address space leaves; nil where nothing of this is known.
  package static var bytes: Double? {
    [machine, controlGroup, addressSpace].compactMap { $0 }.min()
  }

  /// `MemAvailable` of the kernel.
  private static var machine: Double? {
    guard let text = text("/proc/meminfo") else { return nil }
    return available(meminfo: text)
  }

  static func available(meminfo: String) -> Double? {
    for line in meminfo.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { $0 * 1024 }
    }
    return nil
  }

  /// What the limit of a container leaves; pages of files that it may drop count as free.
  private static var controlGroup: Double? {
    for (folder, limit, usage) in [
      ("/sys/fs/cgroup", "memory.max", "memory.current"),
      ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ] {
      guard let limit = number("\(folder)/\(limit)"), let used = number("\(folder)/\(usage)")
      else { continue }
      let cache = droppable(statistics: text("\(folder)/memory.stat") ?? "")
      return max(0, limit - used + cache)
    }
    return nil
  }

  static func droppable(statistics: String) -> Double {
    for line in statistics.split(separator: "\n") {
      let parts = line.split(separator: " ")
      if parts.count == 2, parts[0] == "inactive_file" { return Double(parts[1]) ?? 0 }
    }
    return 0
  }

  /// What `ulimit -v` leaves.
  private static var addressSpace: Double? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
      limit.rlim_cur != rlim_t.max,
      let pages = text("/proc/self/statm")?.split(separator: " ").first.flatMap({ Double($0) })
    else { return nil }
    return max(0, Double(limit.rlim_cur) - pages * Double(sysconf(Int32(_SC_PAGESIZE))))
  }

  private static func number(_ path: String) -> Double? {
    text(path).flatMap { Double($0.split(separator: "\n").first ?? "") }
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
