/// The element types of safetensors, in increasing order of alignment as the format lists them.
package enum ElementType: String, Sendable, CaseIterable, Comparable {
  /// A truth value in a byte.
  case bool = "BOOL"
  /// A four-bit number.
  case f4 = "F4"
  /// A six-bit number.
  case f6e2m3 = "F6_E2M3"
  /// A six-bit number.
  case f6e3m2 = "F6_E3M2"
  case u8 = "U8"
  case i8 = "I8"
  /// An eight-bit number.
  case f8e5m2 = "F8_E5M2"
  /// An eight-bit number.
  case f8e4m3 = "F8_E4M3"
  /// An eight-bit power of two.
  case f8e8m0 = "F8_E8M0"
  /// An eight-bit number without negative zero.
  case f8e4m3fnuz = "F8_E4M3FNUZ"
  /// An eight-bit number without negative zero.
  case f8e5m2fnuz = "F8_E5M2FNUZ"
  /// A signed 16-bit integer.
  case i16 = "I16"
  /// An unsigned 16-bit integer.
  case u16 = "U16"
  case f16 = "F16"
  /// The upper half of single precision.
  case bf16 = "BF16"
  /// A signed 32-bit integer.
  case i32 = "I32"
  /// An unsigned 32-bit integer.
  case u32 = "U32"
  case f32 = "F32"
  /// A complex number of two single-precision parts.
  case c64 = "C64"
  case f64 = "F64"
  /// A signed 64-bit integer.
  case i64 = "I64"
  /// An unsigned 64-bit integer.
  case u64 = "U64"

  /// The size of one element in bits.
  package var bits: Int {
    switch self {
    case .f4: 4
    case .f6e2m3, .f6e3m2: 6
    case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
    case .i16, .u16, .f16, .bf16: 16
    case .i32, .u32, .f32: 32
    case .c64, .f64, .i64, .u64: 64
    }
  }

  /// The order of alignment, in which writers lay out tensors from the end.
  package static func < (a: ElementType, b: ElementType) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
