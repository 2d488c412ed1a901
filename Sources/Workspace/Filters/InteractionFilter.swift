import AtomicFiles

/// The filters on their way through the rows of NAME.inter, NAME.user and NAME.item.
struct InteractionFilter {
  /// The rows that are left of a file of users or items.
  struct Described {
    let table: AttributeTable
    var isKept: [Bool]

    init(_ table: AttributeTable) {
      self.table = table
      isKept = Array(repeating: true, count: table.ids.count)
    }

    /// The tokens left, in the order of the file.
    var remaining: [String] { isKept.indices.filter { isKept[$0] }.map { table.ids[$0] } }

    func keeps(_ token: String) -> Bool { table.ids.id(of: token).map { isKept[$0] } ?? false }
  }

  let folder: AtomicFolder
  let settings: DataSettings
  let table: InteractionTable
  private(set) var rows: [Int]
  private(set) var users: Described?
  private(set) var items: Described?
  private(set) var removals: [Removal] = []

  init(_ folder: AtomicFolder, _ settings: DataSettings) throws(DataError) {
    self.folder = folder
    self.settings = settings
    var columns = Set(settings.allowed.keys)
    if let field = settings.threshold?.field { columns.insert(field) }
    columns.formUnion((settings.aliases[.user] ?? []) + (settings.aliases[.item] ?? []))
    table = try InteractionTable(folder.file("inter"), form: folder.form, columns: columns)
    rows = Array(0..<table.interactions.count)
    users = try KeptInteractions.described(folder, settings, .user).map { Described($0) }
    items = try KeptInteractions.described(folder, settings, .item).map { Described($0) }
  }

  mutating func apply() throws(DataError) {
    removeRepetitions()
    for field in settings.allowed.keys.sorted() { try removeValues(of: field) }
    if settings.dropsUndescribed { removeUndescribed() }
    removeRareAndFrequent()
  }

  private mutating func note(_ reason: String, _ count: Int, _ unit: String = "interactions") {
    if count > 0 { removals.append(Removal(reason, count, unit)) }
  }

  // MARK: rm_dup_inter

  private mutating func removeRepetitions() {
    guard let kept = settings.keptDuplicate else { return }
    let data = table.interactions
    // The order of time stays, as in RecBole; ties keep the order of the file.
    rows.sort {
      data.timestamp[$0] != data.timestamp[$1] ? data.timestamp[$0] < data.timestamp[$1] : $0 < $1
    }
    var seen: Set<UInt64> = []
    let before = rows.count
    func isNew(_ row: Int) -> Bool {
      seen.insert(
        UInt64(UInt32(bitPattern: data.user[row])) << 32
          | UInt64(UInt32(bitPattern: data.item[row]))
      ).inserted
    }
    rows = kept == .first ? rows.filter(isNew) : rows.reversed().filter(isNew).reversed()
    note("rm_dup_inter \(kept.rawValue)", before - rows.count)
  }

  // MARK: val_interval

  /// Every loaded file that has the field loses its rows with other values.
  private mutating func removeValues(of field: String) throws(DataError) {
    guard let allowed = settings.allowed[field] else { return }
    var found = false
    if let type = table.type(of: field), settings.loads(field, of: "inter") {
      found = true
      let test = try test(allowed, field, type, table.path)
      let before = rows.count
      rows = rows.filter { test(table.text(field, row: $0)) }
      note("val_interval \(field)", before - rows.count)
    }
    if let kept = try keptRows(of: items, field, allowed, "item") {
      found = true
      note("val_interval \(field)", remove(kept, from: \.items), "rows of \(folder.name).item")
    }
    if let kept = try keptRows(of: users, field, allowed, "user") {
      found = true
      note("val_interval \(field)", remove(kept, from: \.users), "rows of \(folder.name).user")
    }
    guard !found, ![folder.form.head, folder.form.relation, folder.form.tail].contains(field) else {
      return
    }
    throw missing(field, of: "val_interval")
  }

  private func missing(_ field: String, of setting: String) -> DataError {
    let known =
      table.header.map(\.name).filter { settings.loads($0, of: "inter") }
      + (items?.table.columns ?? []) + (users?.table.columns ?? [])
    return DataError(
      file: table.path, field: setting, found: "no loaded column \(quoted(field))",
      expected: nearest(to: field, among: known).map { "\($0)?" }
        ?? "one of \(known.joined(separator: ", ")); load_col says what is loaded")
  }

  private func keptRows(
    of described: Described?, _ field: String, _ allowed: DataSettings.Allowed, _ suffix: String
  ) throws(DataError) -> [Bool]? {
    guard let described, let type = described.table.types[field],
      settings.loads(field, of: suffix)
    else { return nil }
    let test = try test(allowed, field, type, folder.file(suffix))
    return (0..<described.table.ids.count).map { row in
      let isIdentifier = !described.table.columns.contains(field)
      return test(
        isIdentifier
          ? described.table.ids[row] : described.table.value(field, of: row) ?? "")
    }
  }

  private mutating func remove(
    _ kept: [Bool], from path: WritableKeyPath<InteractionFilter, Described?>
  ) -> Int {
    guard var described = self[keyPath: path] else { return 0 }
    var count = 0
    for row in kept.indices where described.isKept[row] && !kept[row] {
      described.isKept[row] = false
      count += 1
    }
    self[keyPath: path] = described
    return count
  }

  /// Whether a text is allowed; a missing number is in no interval, nor is what is none.
  private func test(
    _ allowed: DataSettings.Allowed, _ field: String, _ type: ColumnType, _ path: String
  ) throws(DataError) -> (String) -> Bool {
    switch (allowed, type) {
    case (.intervals(let intervals), .float):
      return { Double($0).map(intervals.contains) ?? false }
    case (.tokens(let tokens), .token):
      let tokens = Set(tokens)
      return { tokens.contains($0) }
    case (.tokens(let bounds), .float):
      // [3,5] without quotation marks is a list in YAML.
      if let intervals = Intervals("[\(bounds.joined(separator: ","))]") {
        return { Double($0).map(intervals.contains) ?? false }
      }
    default: break
    }
    throw DataError(
      file: path, line: 1, field: field, found: "a column of type \(type.rawValue)",
      expected: allowed.isIntervals
        ? "type float, since val_interval gives intervals"
        : "type token, since val_interval gives a list")
  }

  // MARK: filter_inter_by_user_or_item

  private mutating func removeUndescribed() {
    guard users != nil || items != nil else { return }
    let data = table.interactions
    let keepsUser = data.users.tokens.map { token in users?.keeps(token) ?? true }
    let keepsItem = data.items.tokens.map { token in items?.keeps(token) ?? true }
    let before = rows.count
    rows = rows.filter { keepsUser[Int(data.user[$0])] && keepsItem[Int(data.item[$0])] }
    note("filter_inter_by_user_or_item", before - rows.count)
  }

  // MARK: user_inter_num_interval, item_inter_num_interval

  /// Users and items outside of their intervals go together, then the numbers are those of what is
  /// left, until nobody has to go.
  private mutating func removeRareAndFrequent() {
    guard settings.interactionsOfUser != nil || settings.interactionsOfItem != nil else { return }
    let data = table.interactions
    var ofUser = [Int](repeating: 0, count: data.users.count)
    var ofItem = [Int](repeating: 0, count: data.items.count)
    for row in rows {
      ofUser[Int(data.user[row])] += 1
      ofItem[Int(data.item[row])] += 1
    }
    let (before, usersBefore, itemsBefore) = (
      rows.count, ofUser.count { $0 > 0 }, ofItem.count { $0 > 0 }
    )
    func banned(_ counts: [Int], _ intervals: Intervals?) -> [Bool] {
      counts.map { count in count > 0 && intervals.map { !$0.contains(Double(count)) } ?? false }
    }
    var isBanned = (
      users: [Bool](repeating: false, count: ofUser.count),
      items: [Bool](repeating: false, count: ofItem.count)
    )
    while true {
      let (badUsers, badItems) = (
        banned(ofUser, settings.interactionsOfUser), banned(ofItem, settings.interactionsOfItem)
      )
      guard badUsers.contains(true) || badItems.contains(true) else { break }
      for user in badUsers.indices where badUsers[user] { isBanned.users[user] = true }
      for item in badItems.indices where badItems[item] { isBanned.items[item] = true }
      rows = rows.filter { row in
        let (user, item) = (Int(data.user[row]), Int(data.item[row]))
        guard badUsers[user] || badItems[item] else { return true }
        ofUser[user] -= 1
        ofItem[item] -= 1
        return false
      }
    }
    Self.forget(&users, data.users, ofUser, isBanned.users, settings.interactionsOfUser)
    Self.forget(&items, data.items, ofItem, isBanned.items, settings.interactionsOfItem)
    let names = [
      settings.interactionsOfUser.map { "user_inter_num_interval \($0.text)" },
      settings.interactionsOfItem.map { "item_inter_num_interval \($0.text)" },
    ].compactMap { $0 }.joined(separator: ", ")
    note(
      names, before - rows.count,
      "interactions, \(usersBefore - ofUser.count { $0 > 0 }) users"
        + " and \(itemsBefore - ofItem.count { $0 > 0 }) items")
  }

  /// Rows of those that went, and of those with too few interactions, go too, as in RecBole.
  private static func forget(
    _ described: inout Described?, _ vocabulary: Vocabulary, _ counts: [Int], _ isBanned: [Bool],
    _ intervals: Intervals?
  ) {
    guard let intervals, var own = described else { return }
    for row in 0..<own.table.ids.count {
      let id = vocabulary.id(of: own.table.ids[row])
      let count = id.map { counts[$0] } ?? 0
      if id.map({ isBanned[$0] }) ?? false || Double(count) < intervals.firstLow {
        own.isKept[row] = false
      }
    }
    described = own
  }

  // MARK: threshold

  /// What the threshold says about the interactions left; it leaves out none.
  func notes() throws(DataError) -> [String] {
    guard let threshold = settings.threshold else { return [] }
    guard let type = table.type(of: threshold.field),
      settings.loads(threshold.field, of: "inter")
    else { throw missing(threshold.field, of: "threshold") }
    guard type == .float else {
      throw DataError(
        file: table.path, line: 1, field: threshold.field,
        found: "a column of type \(type.rawValue)", expected: "type float for a threshold")
    }
    let liked = rows.count {
      Double(table.text(threshold.field, row: $0)).map { $0 >= threshold.value } ?? false
    }
    return [
      "threshold labels \(liked) of \(rows.count) interactions as positive; KSR learns from the"
        + " order of all of them, as in RecBole. 'val_interval' would leave the others out."
    ]
  }
}

extension DataSettings.Allowed {
  fileprivate var isIntervals: Bool { if case .intervals = self { true } else { false } }
}
