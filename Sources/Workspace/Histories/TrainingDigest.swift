import AtomicFiles
import KSRModel

extension DataSplit {
  /// A digest of what training may see of the histories, to notice other data.
  ///
  /// It follows from the tokens of users and items and the order of each user's items. Identifiers,
  /// the order of the users and all that is left out of training do not change it.
  ///
  /// - Parameter items: the tokens of the histories' items.
  package func trainingDigest(of histories: [History], items: Vocabulary) -> String {
    let hashes = items.bytes.withUnsafeBufferPointer { bytes in
      (0..<items.count).map {
        Vocabulary.hash(
          UnsafeBufferPointer(rebasing: bytes[items.offsets[$0]..<items.offsets[$0 + 1]]))
      }
    }
    var sum: UInt64 = 0
    for history in histories {
      let count = trainingCount(of: history)
      guard count > 0 else { continue }
      var user = history.user
      var hash = user.withUTF8 { Vocabulary.hash($0) }
      for item in history.items.prefix(count) { hash = mixed(hash ^ hashes[Int(item)]) }
      sum &+= hash
    }
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// One to one, so that a single other item always gives another hash of its user.
  private func mixed(_ value: UInt64) -> UInt64 {
    var z = (value ^ (value >> 32)) &* 0xd6e8_feb8_6659_fd93
    z = (z ^ (z >> 32)) &* 0xd6e8_feb8_6659_fd93
    return z ^ (z >> 32)
  }
}
