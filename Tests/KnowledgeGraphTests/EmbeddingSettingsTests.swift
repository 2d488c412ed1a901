import AtomicFiles
import Testing

@testable import KnowledgeGraph

@Suite struct EmbeddingSettingsTests {
  private func settings(_ assignments: [String]) throws -> Settings {
    var settings = Settings()
    for assignment in assignments { try settings.merge(assignment: assignment, source: "--set") }
    return settings
  }

  @Test func everySettingIsExplainedAndReadsBack() throws {
    var settings = EmbeddingSettings(.thorough)
    settings.learner = .adam
    settings.loss = .margin
    settings.norm = 1
    settings.side = .bernoulli
    settings.filtersNegatives = false
    settings.normalisesEntities = true
    settings.validationShare = 0.25
    settings.schedule = .constant
    for key in ["preset"] + settings.keyValues.map(\.key) {
      #expect(EmbeddingSettings.help.contains("  \(key) = "), "\(key)")
      #expect(throws: DataError.self) {
        var copy = settings
        _ = try copy.apply(try self.settings(["\(key)={a: 1}"]))
      }
    }
    var copy = EmbeddingSettings()
    let warnings = try copy.apply(
      try self.settings(settings.keyValues.map { "\($0.key)=\($0.value)" }))
    #expect(copy == settings && warnings.isEmpty)
  }

  @Test func aPresetIsWhereTheOthersStart() throws {
    var settings = EmbeddingSettings()
    let warnings = try settings.apply(
      try self.settings(["epochs=7", "preset=quick"]))
    var expected = EmbeddingSettings(.quick)
    expected.epochs = 7
    #expect(settings == expected && warnings.isEmpty)
    for preset in EmbeddingSettings.Preset.allCases {
      try EmbeddingSettings(preset).validate(as: "preset")
    }
  }

  @Test(arguments: [
    ("norm=3", "--set, field norm: found 3, expected a whole number from 1 to 2."),
    (
      "loss=hinge",
      "--set, field loss: found \\\"hinge\\\", expected one of margin, self_adversarial, softmax."
    ),
    (
      "negativs=3",
      "--set, field negativs: found a setting that there is not, expected negatives."
    ),
    ("epochs=-1", "--set, field epochs: found -1, expected a whole number from 0 to 1000000."),
  ])
  func tellsWhatIsWrong(assignment: String, sentence: String) throws {
    var settings = EmbeddingSettings()
    let given = try self.settings([assignment])
    do throws(DataError) {
      _ = try settings.apply(given)
      Issue.record("\(assignment) was taken")
    } catch {
      #expect(error.description.replacing("\"", with: "\\\"") == sentence)
    }
  }
}
