extension PickledTensor {
  /// The most dimensions a tensor may have.
  static let highestRank = 8

  /// What is wrong with the tensor, apart from the bytes of its storage; nil if nothing is.
  ///
  /// Every element must lie in the storage, and a tensor may not show more of them than the storage
  /// has, so that its size is bounded by the file's.
  var fault: String? {
    guard storage.count >= 0, offset >= 0, shape.count == strides.count,
      shape.count <= Self.highestRank, shape.allSatisfy({ $0 >= 0 }),
      strides.allSatisfy({ $0 >= 0 })
    else {
      return "its offset \(offset), shape \(shape.shapeText) and strides \(strides.shapeText) are"
        + " not those of a tensor"
    }
    guard let count, count <= storage.count, let last, last < storage.count else {
      return "its shape \(shape.shapeText) with strides \(strides.shapeText) from element \(offset)"
        + " on reaches beyond its storage of \(storage.count) elements"
    }
    return nil
  }

  /// The number of elements; nil if it cannot be counted.
  var count: Int? {
    var count = 1
    for side in shape {
      let product = count.multipliedReportingOverflow(by: side)
      if product.overflow { return nil }
      count = product.partialValue
    }
    return count
  }

  /// The place of the last element in the storage, or −1 for a tensor without any; nil if it cannot
  /// be counted.
  private var last: Int? {
    if shape.contains(0) { return -1 }
    var place = offset
    for (side, step) in zip(shape, strides) {
      let reach = (side - 1).multipliedReportingOverflow(by: step)
      let sum = place.addingReportingOverflow(reach.partialValue)
      if reach.overflow || sum.overflow { return nil }
      place = sum.partialValue
    }
    return place
  }

  /// The elements, row after row, of a tensor without ``fault``; nil if they are no numbers with a
  /// fraction.
  ///
  /// - Parameter bytes: the storage, of as many bytes as its elements need.
  func floats(from bytes: [UInt8]) -> [Float]? {
    switch storage.type {
    case .f32: gathered(bytes) { (value: UInt32) in Float(bitPattern: value) }
    case .f64: gathered(bytes) { (value: UInt64) in Float(Double(bitPattern: value)) }
    case .f16: gathered(bytes) { (value: UInt16) in Float(Float16(bitPattern: value)) }
    case .bf16: gathered(bytes) { (value: UInt16) in Float(bitPattern: UInt32(value) << 16) }
    default: nil
    }
  }

  private func gathered<Bits: FixedWidthInteger>(
    _ bytes: [UInt8], _ convert: (Bits) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Bits>.size
    guard let count, count > 0 else { return [] }
    precondition(bytes.count == storage.count * size, "the storage has its stated length")
    return bytes.withUnsafeBytes { raw in
      var index = [Int](repeating: 0, count: shape.count)
      var place = offset
      var result: [Float] = []
      result.reserveCapacity(count)
      for _ in 0..<count {
        result.append(
          convert(
            Bits(littleEndian: raw.loadUnaligned(fromByteOffset: place * size, as: Bits.self))))
        // The next index, as an odometer counts; the place after the last may overflow.
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          place &+= strides[axis]
          if index[axis] < shape[axis] { break }
          place &-= strides[axis] &* shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      return result
    }
  }
}
