import AtomicFiles
import Text

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
///     gru:PIN      read with the GRU state of another run (activation patching)
///     slot:REL@PIN read what its slot of a relation holds
///
/// PIN is a step of a user of the data, ``PinRequest``, in which commas are written `%2C`, too.
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
  /// `gru:PIN`
  case patchState(from: String)
  /// `slot:REL@PIN`
  case patchSlot(relation: String, from: String)

  /// Whether it is about the history, not about what is read of the memory.
  package var concernsHistory: Bool {
    switch self {
    case .delete, .insert, .replace, .move, .cut: true
    case .silence, .boost, .force, .gamma, .patchState, .patchSlot: false
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
    case .patchState(let pin): "gru:\(EditToken.encoded(pin))"
    case .patchSlot(let relation, let pin):
      "slot:\(EditToken.encoded(relation, and: "@"))@\(EditToken.encoded(pin))"
    }
  }

  /// The largest γ that can be asked for.
  package static let largestGamma: Float = 1_000_000

  /// The shortest decimal that reads back as the same number.
  static func number(_ value: Float) -> String {
    abs(value) <= 1e6 && value == value.rounded() ? "\(Int(value))" : "\(value)"
  }

  static let forms =
    "-N, +N:ITEM, =N:ITEM, >N:M, cut:N, silence:REL, boost:REL*F, force:REL, gamma:F, "
    + "gru:USER:STEP or slot:REL@USER:STEP"
}

package enum EditToken {
  /// The token with commas, percent signs, control characters and outer blanks as `%XX`.
  ///
  /// - Parameter sign: one more sign that has a meaning where the token stands.
  package static func encoded(_ token: String, and sign: Character? = nil) -> String {
    let bytes = Array(token.utf8)
    var result: [UInt8] = []
    for (place, byte) in bytes.enumerated() {
      let isOuterBlank =
        byte == UInt8(ascii: " ") && (place == 0 || place == bytes.count - 1)
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "%") || byte < 0x20 || byte == 0x7F
        || isOuterBlank || byte == sign?.asciiValue
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

/// A list of edits in the order in which they apply, as one line of text.
///
/// The grammar is that of ``Edit``. Printing what was parsed and parsing what was printed change
/// nothing.
package struct EditScript: Sendable, Equatable {
  package let edits: [Edit]
  /// Where each of them begins in the text it was read from, from 1, and what stands there.
  let sources: [(position: Int, text: String)]

  /// The grammar in a few lines, for the help of a command.
  package static let help = """
    What-if edits of the history and the attention, in order, separated by commas: -3 deletes step \
    3, +5:ITEM inserts before step 5, =7:ITEM replaces, >4:2 moves, cut:12 drops what follows; \
    silence:REL removes a relation and renormalises the attention, boost:REL*2 multiplies its weight \
    and renormalises, force:REL gives it all of the attention, gamma:1 recomputes the softmax; \
    gru:USER:STEP reads with the GRU state of another step, slot:REL@USER:STEP what its slot of a \
    relation holds. %2C is a comma in a token.
    """

  /// Edits that did not come from a text.
  package init(_ edits: [Edit]) {
    self.edits = edits
    var position = 1
    sources = edits.map { edit in
      defer { position += edit.text.unicodeScalars.count + 1 }
      return (position, edit.text)
    }
  }

  /// The edits as one line, without blanks between them.
  package var text: String { edits.map(\.text).joined(separator: ",") }

  /// Scripts are equal when their edits are.
  package static func == (a: EditScript, b: EditScript) -> Bool { a.edits == b.edits }

  /// Reads a line; blanks around an edit do not count, and an empty line has no edits.
  package init(parsing text: String) throws(UserError) {
    var edits: [Edit] = []
    var sources: [(position: Int, text: String)] = []
    // By scalars: a token may begin or end with one that joins its neighbour to one character.
    let scalars = text.unicodeScalars
    if !scalars.allSatisfy(EditReader.isBlank) {
      var position = 1
      for piece in scalars.split(separator: ",", omittingEmptySubsequences: false) {
        let start = piece.prefix(while: EditReader.isBlank).count
        var word = piece.dropFirst(start)
        while word.last.map(EditReader.isBlank) == true { word.removeLast() }
        let source = (position: position + start, text: String(word))
        edits.append(try EditReader(position: source.position, word: word).edit())
        sources.append(source)
        position += piece.count + 1
      }
    }
    self.edits = edits
    self.sources = sources
  }
}

private struct EditReader {
  let position: Int
  let word: Substring.UnicodeScalarView

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    [" ", "\t", "\n", "\r"].contains(scalar)
  }

  func edit() throws(UserError) -> Edit {
    guard let first = word.first else {
      throw failure("nothing stands between the commas; expected \(Edit.forms).")
    }
    switch first {
    case "-": return .delete(step: try step(word.dropFirst(), "-3"))
    case "+":
      let (step, item) = try stepAndItem("+5:ITEM")
      return .insert(at: step, item: item)
    case "=":
      let (step, item) = try stepAndItem("=5:ITEM")
      return .replace(step: step, item: item)
    case ">":
      let parts = word.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw failure("expected two steps, as in >4:2.") }
      return .move(step: try step(parts[0], ">4:2"), to: try step(parts[1], ">4:2"))
    default: return try named()
    }
  }

  private func named() throws(UserError) -> Edit {
    guard let colon = word.firstIndex(of: ":") else {
      throw failure(
        "expected \(Edit.forms). A comma inside a token is written %2C.")
    }
    let rest = word[word.index(after: colon)...]
    let name = String(word[..<colon])
    switch name.lowercased() {
    case "cut": return .cut(after: try step(rest, "cut:12"))
    case "silence": return .silence(relation: try token(rest, "silence:RELATION"))
    case "force": return .force(relation: try token(rest, "force:RELATION"))
    case "gamma":
      let value = try number(rest, "gamma:1", least: 0)
      // Far beyond where the softmax is one-hot; products of larger numbers overflow.
      guard value <= Edit.largestGamma else {
        throw failure("γ may be at most \(Edit.number(Edit.largestGamma)).")
      }
      return .gamma(value)
    case "gru": return .patchState(from: try pin(rest, "gru:42:6"))
    case "slot":
      guard let at = rest.firstIndex(of: "@") else {
        throw failure("expected a relation and a step of a user, as in slot:RELATION@42:6.")
      }
      return .patchSlot(
        relation: try token(rest[..<at], "slot:RELATION@42:6"),
        from: try pin(rest[rest.index(after: at)...], "slot:RELATION@42:6"))
    case "boost":
      guard let star = rest.lastIndex(of: "*") else {
        throw failure("expected a relation and a factor, as in boost:RELATION*2.")
      }
      let factor = try number(rest[rest.index(after: star)...], "boost:RELATION*2", least: 0)
      guard factor > 0 else {
        throw failure("a factor is more than 0; silence:RELATION is what 0 would mean.")
      }
      return .boost(relation: try token(rest[..<star], "boost:RELATION*2"), factor: factor)
    default:
      let near = nearest(
        to: name, among: ["cut", "silence", "boost", "force", "gamma", "gru", "slot"])
      throw failure(
        "there is no edit \(quoted(name)); "
          + (near.map { "the nearest is \($0):. Expected " } ?? "expected ") + Edit.forms + ".")
    }
  }

  private func pin(
    _ text: Substring.UnicodeScalarView, _ form: String
  ) throws(UserError) -> String {
    let text = try token(text, form)
    do throws(UserError) { return try PinRequest(parsing: text).text } catch {
      throw failure(error.description)
    }
  }

  private func stepAndItem(_ form: String) throws(UserError) -> (Int, String) {
    guard let colon = word.firstIndex(of: ":") else {
      throw failure("expected a step and an item, as in \(form).")
    }
    let step = try step(word[..<colon].dropFirst(), form)
    return (step, try token(word[word.index(after: colon)...], form))
  }

  private func step(
    _ text: Substring.UnicodeScalarView, _ form: String
  ) throws(UserError) -> Int {
    guard text.allSatisfy({ ("0"..."9").contains($0) }), let number = Int(String(text)), number > 0
    else {
      throw failure("\(quoted(String(text))) is no step; steps count from 1, as in \(form).")
    }
    return number - 1
  }

  private func token(
    _ text: Substring.UnicodeScalarView, _ form: String
  ) throws(UserError) -> String {
    guard !text.isEmpty else { throw failure("a token is missing; expected \(form).") }
    return EditToken.decoded(String(text))
  }

  private func number(
    _ text: Substring.UnicodeScalarView, _ form: String, least: Float
  ) throws(UserError) -> Float {
    let isPlain = text.allSatisfy { "0123456789.eE+-".unicodeScalars.contains($0) }
    guard isPlain, let value = Float(String(text)), value.isFinite, value >= least else {
      throw failure(
        "\(quoted(String(text))) is not a number of 0 or more, as in \(form)."
      )
    }
    return value == 0 ? 0 : value
  }

  private func failure(_ sentence: String) -> UserError {
    UserError.edit(String(word), at: position, sentence)
  }
}

extension UserError {
  /// What is wrong with an edit: the character at which it begins, from 1, the edit, and a sentence.
  static func edit(_ edit: String, at position: Int, _ sentence: String) -> UserError {
    UserError("edit, character \(position), \(quoted(edit)): \(sentence)")
  }
}
