/// Tokens and their identifiers: the identifier of a token is its place, from 0.
///
/// All tokens lie in one run of UTF-8 bytes, so that a vocabulary of a million costs two
/// allocations and can be written to a file as it stands. Look-ups hash the bytes and then compare
/// them, so equal hashes never confuse tokens. Hashes decide nothing but speed.
public struct Vocabulary: Sendable {
  /// The UTF-8 bytes of all tokens, one after the other.
  package private(set) var bytes: [UInt8] = []
  /// Where each token starts in `bytes`; one more entry than tokens.
  public private(set) var offsets: [Int] = [0]
  /// Open addressing, a power of two long.
  private var slots = Array(repeating: Slot(), count: 16)

  /// A place of the hash table, with what most tokens are compared by.
  ///
  /// Reaching for `offsets` and `bytes` would cost two more waits for memory.
  private struct Slot {
    /// The token's first eight bytes, filled up with zeros.
    var prefix: UInt64 = 0
    /// The low bits of its hash, by which the table grows without the tokens, and its length, if
    /// below 255.
    var tag: UInt32 = 0
    /// The token's identifier, or negative where the place is free.
    var id: Int32 = -1

    /// How many bits of the hash a tag holds.
    static let hashBits = 24

    static func tag(_ length: Int, _ hash: UInt64) -> UInt32 {
      UInt32(truncatingIfNeeded: hash) << 8 | UInt32(min(length, 255))
    }
  }

  package init() {}

  /// A vocabulary of the tokens, in their order; a token that comes again keeps its first place.
  public init(_ tokens: some Sequence<String>) {
    for token in tokens { intern(token) }
  }

  /// Different tokens that lie in one run of bytes already, each from its offset on.
  ///
  /// - Parameters:
  ///   - offsets: one more than tokens; from 0 to the end of the bytes, never back.
  ///   - repeated: the first place whose token has come before, if there is one.
  package init(bytes: [UInt8], offsets: [Int], repeated: inout Int?) {
    (self.bytes, self.offsets) = (bytes, offsets)
    slots = Array(repeating: Slot(), count: Self.slotCount(for: count))
    let found = bytes.withUnsafeBufferPointer { all -> Int? in
      for id in 0..<count {
        let token = UnsafeBufferPointer(rebasing: all[offsets[id]..<offsets[id + 1]])
        let (prefix, hash) = (Self.prefix(token), Self.hash(token))
        let place = place(of: token, prefix: prefix, hash: hash)
        if slots[place].id >= 0 { return id }
        slots[place] = Slot(prefix: prefix, tag: Slot.tag(token.count, hash), id: Int32(id))
      }
      return nil
    }
    repeated = found
  }

  /// The number of tokens.
  public var count: Int { offsets.count - 1 }

  /// The token of an identifier.
  public subscript(id: Int) -> String {
    String(decoding: bytes[offsets[id]..<offsets[id + 1]], as: UTF8.self)
  }

  /// Calls `body` with the UTF-8 of a token.
  package func withToken<Result>(
    _ id: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    bytes.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[offsets[id]..<offsets[id + 1]]))
    }
  }

  /// All tokens in the order of their identifiers.
  public var tokens: [String] { (0..<count).map { self[$0] } }

  /// The identifier of a token, if it is known.
  package func id(of token: String) -> Int? {
    var token = token
    return token.withUTF8 { id(of: $0) }
  }

  /// The identifier of a token given as UTF-8, if it is known.
  package func id(of token: UnsafeBufferPointer<UInt8>) -> Int? {
    let slot = slots[place(of: token, prefix: Self.prefix(token), hash: Self.hash(token))]
    return slot.id < 0 ? nil : Int(slot.id)
  }

  /// The identifiers of all tokens of another vocabulary; −1 for those that are not known.
  package func ids(of other: Vocabulary) -> [Int32] {
    (0..<other.count).map { token in Int32(other.withToken(token) { id(of: $0) } ?? -1) }
  }

  /// The identifier of a token, which is added at the end if it is new.
  @discardableResult
  package mutating func intern(_ token: String) -> Int {
    var token = token
    return token.withUTF8 { intern($0, hash: Self.hash($0)) }
  }

  /// The identifier of a token given as UTF-8 with its ``hash(_:)``, added at the end if new.
  @discardableResult
  package mutating func intern(_ token: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let prefix = Self.prefix(token)
    let place = place(of: token, prefix: prefix, hash: hash)
    if slots[place].id >= 0 { return Int(slots[place].id) }
    let id = count
    slots[place] = Slot(prefix: prefix, tag: Slot.tag(token.count, hash), id: Int32(id))
    bytes.append(contentsOf: token)
    offsets.append(bytes.count)
    if count * 3 >= slots.count * 2 { grow() }
    return id
  }

  /// FNV-1a over the bytes, folded so that the low bits depend on all of them.
  package static func hash(_ token: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = hashStart
    for byte in token { hash = hashStep(hash, byte) }
    return hashEnd(hash)
  }

  /// The value with which ``hashStep(_:_:)`` starts.
  @inlinable package static var hashStart: UInt64 { 0xcbf2_9ce4_8422_2325 }

  /// One byte more, for a scanner that hashes while it looks for the end of a field.
  @inlinable
  package static func hashStep(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }

  /// The finished hash of the bytes stepped over.
  @inlinable package static func hashEnd(_ hash: UInt64) -> UInt64 { hash ^ (hash >> 32) }

  /// Where the token is in the table, or the free place where it belongs.
  @inline(__always)
  private func place(
    of token: UnsafeBufferPointer<UInt8>, prefix: UInt64, hash: UInt64
  ) -> Int {
    slots.withUnsafeBufferPointer { slots in
      let tag = Slot.tag(token.count, hash)
      var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[place].id >= 0 {
        if slots[place].prefix == prefix, slots[place].tag == tag,
          token.count <= 8 || equalsAfterPrefix(Int(slots[place].id), token)
        {
          break
        }
        place = (place + 1) & (slots.count - 1)
      }
      return place
    }
  }

  private func equalsAfterPrefix(_ id: Int, _ token: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = offsets[id]
    guard offsets[id + 1] - start == token.count else { return false }
    return bytes.withUnsafeBufferPointer { all in
      for i in 8..<token.count where all[start + i] != token[i] { return false }
      return true
    }
  }

  @inline(__always)
  private static func prefix(_ token: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if token.count >= 8 {
      return UInt64(littleEndian: UnsafeRawBufferPointer(token).loadUnaligned(as: UInt64.self))
    }
    var prefix: UInt64 = 0
    for (index, byte) in token.enumerated() { prefix |= UInt64(byte) << (8 * UInt64(index)) }
    return prefix
  }

  /// A power of two of which so many tokens take at most two thirds.
  private static func slotCount(for tokens: Int) -> Int {
    var count = 16
    while tokens * 3 >= count * 2 { count *= 2 }
    return count
  }

  private mutating func grow() {
    var larger = Array(repeating: Slot(), count: slots.count * 2)
    let mask = larger.count - 1
    larger.withUnsafeMutableBufferPointer { larger in
      bytes.withUnsafeBufferPointer { all in
        for slot in slots where slot.id >= 0 {
          var place = Int(slot.tag >> 8)
          if mask >> Slot.hashBits != 0 {
            let id = Int(slot.id)
            let token = UnsafeBufferPointer(rebasing: all[offsets[id]..<offsets[id + 1]])
            place = Int(truncatingIfNeeded: Self.hash(token))
          }
          place &= mask
          while larger[place].id >= 0 { place = (place + 1) & mask }
          larger[place] = slot
        }
      }
    }
    slots = larger
  }
}

extension Vocabulary: Equatable {
  /// Whether both hold the same tokens in the same order.
  public static func == (a: Vocabulary, b: Vocabulary) -> Bool {
    a.offsets == b.offsets && a.bytes == b.bytes
  }
}
