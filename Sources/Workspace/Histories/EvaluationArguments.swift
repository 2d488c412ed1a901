import AtomicFiles
import KSRModel

/// Which items a target is ranked among (`eval_args.mode`).
package enum CandidateMode: Sendable, Equatable {
  case full
  /// `uniN`: the target and N items drawn uniformly.
  case uniform(Int)
  /// `popN`: the target and N items drawn by how often they occur in training.
  case popularity(Int)

  /// `full`, `uni100`, `pop100` and the like; nil for anything else.
  package init?(_ text: String) {
    func count(_ prefix: String) -> Int? {
      guard text.hasPrefix(prefix), let count = Int(text.dropFirst(prefix.count)),
        (1...1_000_000).contains(count)
      else { return nil }
      return count
    }
    if text == "full" {
      self = .full
    } else if let count = count("uni") {
      self = .uniform(count)
    } else if let count = count("pop") {
      self = .popularity(count)
    } else {
      return nil
    }
  }

  /// The mode as it is written in settings.
  package var text: String {
    switch self {
    case .full: "full"
    case .uniform(let count): "uni\(count)"
    case .popularity(let count): "pop\(count)"
    }
  }

  /// What a value should be to be read.
  package static let expected = "full, or uniN or popN with a number N such as uni100"
}

/// RecBole's `eval_args`: how interactions are split, and what targets are ranked among.
///
/// Parts that are not given are nil.
package struct EvaluationArguments: Sendable, Equatable {
  /// `split: {LS: …}`.
  package private(set) var leaveOut: DataSplit.LeaveOut?
  /// `split: {RS: […]}` with `group_by`.
  package private(set) var ratios: DataSplit.Ratios?
  /// `mode`, or its part `valid`.
  package private(set) var validationMode: CandidateMode?
  /// `mode`, or its part `test`.
  package private(set) var testMode: CandidateMode?

  /// Reads the key of settings; nothing where it is missing or unset.
  package init(_ settings: Settings) throws(DataError) {
    let key = "eval_args"
    guard let value = settings[key], value != .null else { return }
    func wrong(_ field: String, _ found: SettingValue, _ expected: String) -> DataError {
      var error = settings.error(key, expected: expected)
      error.field = field
      error.found = found.description
      return error
    }
    let known = ["split", "order", "group_by", "mode"]
    guard case .map(let values) = value, values.keys.allSatisfy(known.contains) else {
      throw wrong(key, value, "keys among \(known.joined(separator: ", "))")
    }
    if let order = values["order"], order != .null, order != .string("TO") {
      throw wrong(
        "eval_args.order", order,
        "TO, the order of time: as RecBole says, sequences cannot be cut in another (RO)")
    }
    let group = values["group_by"] ?? .string("user")
    guard [.null, .string("user"), .string("none")].contains(group) else {
      throw wrong("eval_args.group_by", group, "user or none")
    }
    if let split = values["split"], split != .null {
      guard case .map(let parts) = split, let (name, part) = parts.first, parts.count == 1 else {
        throw wrong("eval_args.split", split, "one of LS and RS")
      }
      switch name {
      case "LS":
        let names = DataSplit.LeaveOut.allCases.map(\.rawValue).joined(separator: ", ")
        guard case .string(let word) = part, let leaveOut = DataSplit.LeaveOut(rawValue: word)
        else { throw wrong("eval_args.split.LS", part, "one of \(names)") }
        self.leaveOut = leaveOut
      case "RS":
        guard let shares = Self.shares(part) else {
          throw wrong(
            "eval_args.split.RS", part,
            "three shares of training, validation and test, such as [0.8, 0.1, 0.1]")
        }
        ratios = DataSplit.Ratios(shares, isByUser: group == .string("user"))
      default:
        throw wrong(
          "eval_args.split", split, "LS: valid_and_test, valid_only or test_only, or RS: [8, 1, 1]")
      }
    }
    guard let mode = values["mode"], mode != .null else { return }
    func read(_ value: SettingValue, _ field: String) throws(DataError) -> CandidateMode {
      guard case .string(let text) = value, let mode = CandidateMode(text) else {
        throw wrong(field, value, CandidateMode.expected)
      }
      return mode
    }
    if case .map(let phases) = mode, phases.keys.allSatisfy(["valid", "test"].contains) {
      if let valid = phases["valid"] { validationMode = try read(valid, "eval_args.mode.valid") }
      if let test = phases["test"] { testMode = try read(test, "eval_args.mode.test") }
    } else {
      validationMode = try read(mode, "eval_args.mode")
      testMode = validationMode
    }
  }

  /// Three shares, not negative, of which the first is above 0.
  package static func shares(_ value: SettingValue) -> [Double]? {
    guard case .list(let values) = value, values.count == 3 else { return nil }
    let shares = values.compactMap { value -> Double? in
      switch value {
      case .int(let number): Double(number)
      case .float(let number): number
      default: nil
      }
    }
    guard shares.count == 3, shares[0] > 0, shares.allSatisfy({ $0 >= 0 && $0 <= 1e9 }) else {
      return nil
    }
    return shares
  }
}
