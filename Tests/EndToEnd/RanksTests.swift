import Foundation
import TestSupport
import Testing

/// What starts the ranks.
private let launcher = ["/usr/bin/mpirun", "/usr/local/bin/mpirun"]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

/// Runs on several ranks give the bytes of one process.
///
/// Needs Open MPI's or MPICH's launcher.
@Suite(.serialized, .enabled(if: launcher != nil, "no mpirun is installed"))
struct RanksTests {
  private let folder: TrainingFolder

  init() throws { folder = try TrainingFolder() }

  /// Runs `ksr` on so many ranks; the arguments of those from the second on may be others.
  private func run(
    _ ranks: Int, _ arguments: [String], others: [String]? = nil
  ) throws -> (status: Int32, output: String) {
    let (start, ksr) = (launcher ?? "", try Programs.executable("ksr"))
    // A build machine may have fewer processors, and be root's.
    var options = ["--oversubscribe", "--allow-run-as-root"]
    options += ["-n", others == nil ? "\(ranks)" : "1", ksr] + arguments
    if let others { options += [":", "-n", "\(ranks - 1)", ksr] + others }
    return try Programs.run(
      start, options, environment: ["PATH=/usr/bin:/bin", "HOME=\(folder.path)"])
  }

  static let losses = [
    ["loss_type=CE", "freeze_kg=false", "memory=linear"], ["loss_type=CE"],
    ["loss_type=BPR", "freeze_kg=false", "memory=linear"],
    ["loss_type=CE", "training_neg_sample_num=6"],
  ]

  @Test(arguments: losses) func theNumberOfRanksChangesNoByte(settings: [String]) throws {
    let more = settings.flatMap { ["--set", $0] }
    let alone = try folder.run(folder.arguments(epochs: 3) + more)
    #expect(alone.status == 0, "\(alone.output)")
    let expected = try folder.bytes(folder.model)
    for ranks in 1...4 {
      let model = "\(folder.path)/\(ranks).safetensors"
      let result = try run(
        ranks, folder.arguments(epochs: 3, "--threads", "1", model: model) + more)
      #expect(result.status == 0, "\(result.output)")
      #expect(try folder.bytes(model) == expected, "\(ranks) ranks")
      // The first rank alone is heard.
      #expect(result.output.components(separatedBy: "epoch 3  loss").count == 2)
    }
  }

  @Test func goesOnWithAnotherNumberOfRanks() throws {
    let whole = try folder.run(folder.arguments(epochs: 4))
    #expect(whole.status == 0, "\(whole.output)")
    let model = "\(folder.path)/part.safetensors"
    let begun = try run(3, folder.arguments(epochs: 2, model: model))
    #expect(begun.status == 0, "\(begun.output)")
    let resumed = try run(
      2,
      [
        "train", "--data", folder.data, "--output", model, "--resume", model + ".state", "--set",
        "epochs=4",
      ])
    #expect(resumed.status == 0, "\(resumed.output)")
    #expect(try folder.bytes(model) == folder.bytes(folder.model))
  }

  @Test func whatDiffersBetweenRanksIsSaid() throws {
    for (others, sentence) in [
      (
        folder.arguments(epochs: 2, "--set", "seed=3"), "Rank 1 of 2 has other settings than rank 0"
      ),
      (
        ["train", "--data", "\(folder.path)/nowhere", "--output", folder.model],
        "ksr: Rank 1 of 2: "
      ),
    ] {
      let result = try run(2, folder.arguments(epochs: 2), others: others)
      #expect(result.status != 0)
      #expect(result.output.contains(sentence), "\(result.output)")
      #expect(try folder.names() == ["tiny-ksr"])
    }
  }

  @Test func processesThatMPIDoesNotSeeTogetherAreRefused() throws {
    let result = try Programs.run(
      try Programs.executable("ksr"), folder.arguments(epochs: 1),
      environment: [
        "PATH=/usr/bin:/bin", "HOME=\(folder.path)", "SLURM_PROCID=0", "SLURM_NTASKS=4",
      ])
    #expect(result.status == 1)
    #expect(result.output.contains("The launcher has started 4 processes, of which MPI sees 1"))
    #expect(try folder.names() == ["tiny-ksr"])
    let none = try Programs.run(
      try Programs.executable("ksr"), folder.arguments(epochs: 1),
      environment: ["PATH=/usr/bin:/bin", "PMI_SIZE=2", "KSR_MPI=/nowhere/libmpi.so"])
    #expect(none.status == 1 && none.output.contains("no MPI library was found"))
  }

  @Test func trialsAreDealtOut() throws {
    _ = try folder.write(
      "learning_rate choice [0.01,0.003]\nhidden_size choice [4,8]\n", to: "hyper.test")
    func arguments(_ prefix: String) -> [String] {
      [
        "tune", "--data", folder.data, "--params-file", folder.path + "/hyper.test", "--output",
        "\(folder.path)/\(prefix)", "--threads", "1",
      ] + folder.settings(epochs: 2)
    }
    let alone = try folder.run(arguments("one"))
    #expect(alone.status == 0, "\(alone.output)")
    let ranks = try run(3, arguments("three"))
    #expect(ranks.status == 0, "\(ranks.output)")
    for suffix in ["result", "best.yaml"] {
      #expect(
        try folder.bytes("\(folder.path)/one.\(suffix)")
          == folder.bytes("\(folder.path)/three.\(suffix)"))
    }
  }
}
