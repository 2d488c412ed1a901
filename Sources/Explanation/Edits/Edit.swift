/// One change of a history or of what the model reads, as "what if" asks for it.
///
/// Edits apply in order, each to what the ones before have left. In code steps count from 0; written
/// out (``text``) they count from 1. Items and relations are tokens of the model:
///
///     -N           delete step N
///     +N:ITEM      insert ITEM so that it becomes step N
///     =N:ITEM      replace the item of step N
///     >N:M         move step N so that it becomes step M
///     cut:N        drop all after step N
///     silence:REL  zero the read weight of a relation; the others share it in proportion
///     boost:REL*F  multiply its read weight by F, then scale all to add up to 1
///     force:REL    give it all of the attention, whatever was changed before
///     gamma:F      compute the softmax with this γ
///
/// Edits stand between commas. In tokens `%2C` is a comma, `%25` a percent sign; any byte may be
/// written so.
package enum Edit: Sendable, Hashable {
  /// `-N`
  case delete(step: Int)
  /// `+N:ITEM`
  case insert(at: Int, item: String)
  /// `=N:ITEM`
  case replace(step: Int, item: String)
  /// `>N:M`
  case move(step: Int, to: Int)
  /// `cut:N`
  case cut(after: Int)
  /// `silence:REL`
  case silence(relation: String)
  /// `boost:REL*F`
  case boost(relation: String, factor: Float)
  /// `force:REL`
  case force(relation: String)
  /// `gamma:F`
  case gamma(Float)

  /// Whether it is about the history, not about what is read of the memory.
  package var concernsHistory: Bool {
    switch self {
    case .delete, .insert, .replace, .move, .cut: true
    case .silence, .boost, .force, .gamma: false
    }
  }

  /// The edit as the command line takes it.
  package var text: String {
    switch self {
    case .delete(let step): "-\(step + 1)"
    case .insert(let step, let item): "+\(step + 1):\(EditToken.encoded(item))"
    case .replace(let step, let item): "=\(step + 1):\(EditToken.encoded(item))"
    case .move(let step, let target): ">\(step + 1):\(target + 1)"
    case .cut(let step): "cut:\(step + 1)"
    case .silence(let relation): "silence:\(EditToken.encoded(relation))"
    case .boost(let relation, let factor):
      "boost:\(EditToken.encoded(relation))*\(Edit.number(factor))"
    case .force(let relation): "force:\(EditToken.encoded(relation))"
    case .gamma(let value): "gamma:\(Edit.number(value))"
    }
  }

  /// The largest γ that can be asked for.
  package static let largestGamma: Float = 1_000_000

  /// The shortest decimal that reads back as the same number.
  static func number(_ value: Float) -> String {
    abs(value) <= 1e6 && value == value.rounded() ? "\(Int(value))" : "\(value)"
  }

  /// The forms that an edit may have, for messages.
  static let forms =
    "-N, +N:ITEM, =N:ITEM, >N:M, cut:N, silence:REL, boost:REL*F, force:REL or gamma:F"
}

/// Tokens between commas.
package enum EditToken {
  /// The token with commas, percent signs, control characters and outer blanks as `%XX`.
  package static func encoded(_ token: String) -> String {
    let bytes = Array(token.utf8)
    var result: [UInt8] = []
    for (place, byte) in bytes.enumerated() {
      let isOuterBlank =
        byte == UInt8(ascii: " ") && (place == 0 || place == bytes.count - 1)
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "%") || byte < 0x20 || byte == 0x7F
        || isOuterBlank
      {
        result += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The token that was meant; a percent sign without two hexadecimal digits stands for itself.
  package static func decoded(_ text: some StringProtocol) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
        let high = value(bytes[place + 1]), let low = value(bytes[place + 2])
      {
        result.append(high << 4 | low)
        place += 3
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    Character(Unicode.Scalar(digit)).hexDigitValue.map { UInt8($0) }
  }
}
