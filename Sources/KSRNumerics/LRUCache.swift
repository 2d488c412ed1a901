/// A least-recently-used cache: when there are too many values, the one not asked for the longest
/// goes.
///
/// One goes at a time: giving all of them back at once takes as long as several frames.
public struct LRUCache<Key: Hashable, Value> {
  @usableFromInline var entries: [Key: (value: Value, lastUse: Int)] = [:]
  @usableFromInline var clock = 0
  @usableFromInline let limit: Int

  /// Nothing yet, and never more than `limit` values, which is at least 1.
  @inlinable
  public init(limit: Int) {
    precondition(limit > 0)
    self.limit = limit
  }

  /// The value of a key; asking for it and giving it are uses.
  @inlinable
  public subscript(key: Key) -> Value? {
    mutating get {
      guard let place = entries.index(forKey: key) else { return nil }
      clock += 1
      entries.values[place].lastUse = clock
      return entries.values[place].value
    }
    set {
      guard let newValue else {
        entries.removeValue(forKey: key)
        return
      }
      clock += 1
      entries[key] = (newValue, clock)
      guard entries.count > limit,
        let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      else { return }
      entries.removeValue(forKey: oldest.key)
    }
  }

  /// Takes a value out, so that it can be changed without a copy and put back.
  @inlinable
  public mutating func removeValue(forKey key: Key) -> Value? {
    entries.removeValue(forKey: key)?.value
  }
}
extension LRUCache: Sendable where Key: Sendable, Value: Sendable {}
