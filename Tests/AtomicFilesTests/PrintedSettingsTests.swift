import Testing

@testable import AtomicFiles

/// The block of settings on RecBole's page of KSR, as it is printed there.
let printedBlock = """
          inter: [user_id, item_id]
          kg: [head_id, relation_id, tail_id]
          link: [item_id, entity_id]
          ent_feature: [ent_id, ent_vec]
          rel_feature: [rel_id, rel_vec]
      fields_in_same_space: [
          [ent_id, entity_id]
          [rel_id, relation_id]
          ent_id: ent_vec
          rel_id: rel_vec
      additional_feat_suffix: [ent_feature, rel_feature]
  """

@Suite struct PrintedSettingsTests {
  private func settings(_ yaml: String) throws -> Settings {
    var settings = Settings()
    try settings.merge(yaml: yaml, source: "page.yaml")
    return settings
  }

  private func words(_ words: String...) -> SettingValue { .list(words.map { .string($0) }) }

  @Test(
    arguments: [
      "", "load_col:\n", "    load_col:\n", "# KSR\n", "\n",
    ])
  func readsTheBlockAsPrintedAndWithItsFirstKey(start: String) throws {
    let all = try settings(start + printedBlock)
    #expect(
      all["load_col"]
        == .map([
          "inter": words("user_id", "item_id"), "kg": words("head_id", "relation_id", "tail_id"),
          "link": words("item_id", "entity_id"), "ent_feature": words("ent_id", "ent_vec"),
          "rel_feature": words("rel_id", "rel_vec"),
        ]))
    #expect(
      all["fields_in_same_space"]
        == .list([words("ent_id", "entity_id"), words("rel_id", "relation_id")]))
    #expect(
      all["preload_weight"] == .map(["ent_id": .string("ent_vec"), "rel_id": .string("rel_vec")]))
    #expect(all["additional_feat_suffix"] == words("ent_feature", "rel_feature"))
    #expect(all.keys.count == 4)
    #expect(all.warnings.count == 1)
    #expect(all.warnings.first?.contains("preload_weight:") == true)
    // Lines are those of the text as it was given.
    let lines = start.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    #expect(all.entries["fields_in_same_space"]?.line == lines + 6)
    #expect(all.entries["additional_feat_suffix"]?.line == lines + 11)
  }

  /// "Add the following settings to config files": the block among others, wherever it is pasted.
  @Test(arguments: ["\n", "\r\n"])
  func readsTheBlockAmongOtherSettings(end: String) throws {
    for (above, below) in [
      ("epochs: 1\ntopk: [5, 10]\n", ""), ("", "\ngamma: 3\n"),
      ("# mine\nepochs: 1\n\n", "\n\n# more\ngamma: 3\ntopk: [5]\n"),
      ("topk: [5]\nload_col:\n", "\ngamma: 3\n"),
      ("epochs: 1\n  load_col:\n", "\n"), ("    load_col:\n", "\ngamma: 1\n"),
      ("epochs: 1\n    load_col:\n", "\ngamma: 1\n"),
    ] {
      let text = (above + printedBlock + below).split(
        separator: "\n", omittingEmptySubsequences: false
      ).joined(separator: end)
      let all = try settings(text)
      let alone = try settings(printedBlock)
      for key in alone.keys { #expect(all[key] == alone[key], "\(key) in \(text)") }
      #expect(
        all.keys.count == 4 + (above + below).count { $0 == ":" } - (above.contains("load") ? 1 : 0)
      )
      let lines = above.count { $0 == "\n" }
      #expect(all.entries["load_col"]?.line == (above.contains("load") ? lines : lines + 1))
      #expect(all.entries["additional_feat_suffix"]?.line == lines + 11)
    }
    // Without what follows on the page.
    let part = try settings("epochs: 1\n    inter: [a, b]\n    kg: [c]\n")
    #expect(part["load_col"] == .map(["inter": words("a", "b"), "kg": words("c")]))
  }

  /// A whole file of RecBole's defaults sets such keys to nothing.
  @Test func tellsWhichKeyTheBlockRepeats() {
    let text = "epochs: 1\npreload_weight: ~\n" + printedBlock
    let error = #expect(throws: DataError.self) { try settings(text) }
    #expect(error?.field == "preload_weight" && error?.line == 2)
    #expect(error?.found == "the key a second time")
  }

  @Test func readsListsWithoutCommasThatAreClosed() throws {
    let all = try settings("a: 1\nspace: [\n  [x, y]\n  [z]\n]\nb: 2\n")
    #expect(all["space"] == .list([words("x", "y"), words("z")]))
    #expect(all["a"] == .int(1) && all["b"] == .int(2))
    #expect(all.entries["b"]?.line == 6)
  }

  @Test func otherMistakesStayMistakes() {
    for text in [
      "a: [1, 2\n", "a: [\n  1\n  2\nb: 3\n", "    a: 1\n  b: [\n", "  a: 1\nb: {\n",
      "a: [\n  [x]\nb: {\n", "a: {\n  inter: [a]\nb: 1\n", "a: 1\n  b: 2\n",
      "a: [1\n  inter: [a]\n",
    ] {
      #expect(throws: DataError.self) { try settings(text) }
    }
    #expect(throws: Never.self) { try settings("load_col:\n  inter: [a]\nb: 1\n") }
  }
}
