import TestSupport
import Testing

/// Both programs where standard output is full or closed: a sentence and a status, never a trap.
@Suite("Output that cannot be written")
struct UnwritableOutputTests {
  @Test(
    "is noticed before the work",
    arguments: [
      "tune --data %DATA --params-file %SPACE --output %GONE/x", "sample --output %FILE/x",
      "export %DATA/little.safetensors --output %FILE/x",
      "export %DATA/little.safetensors --vectors items --output %FILE/x",
      "export %DATA/little.safetensors --vectors states --data %DATA --output %FILE/x",
      "train --data %DATA --output %GONE/x", "embed --data %DATA --output %FILE/x",
      "evaluate %DATA/little.safetensors --data %DATA --per-user %GONE/x",
    ])
  func early(command: String) throws {
    let folder = try TrainingFolder()
    let space = try folder.write("learning_rate choice [0.01]\n", to: "space")
    let arguments = command.replacing("%DATA", with: TestEnvironment.fixture("explorer/little"))
      .replacing("%SPACE", with: space).replacing("%GONE", with: folder.path + "/gone")
      .replacing("%FILE", with: space)
    let run = try Programs.run(
      Programs.executable("ksr"), arguments.split(separator: " ").map(String.init),
      environment: ["LC_ALL=C.UTF-8"])
    #expect(run.status == 1, "\(run.output)")
    #expect(run.output.contains("ksr: \(folder.path)/"), "\(run.output)")
    for word in ["epoch", "trial", "wrote", "simulat"] {
      #expect(!run.output.contains(word), "\(run.output)")
    }
  }

  @Test(
    "is said in a sentence",
    arguments: [
      ("ksr-tui", "--data %DATA --print"),
      ("ksr", "recommend %DATA/little.safetensors --data %DATA --viewer guest0"),
      ("ksr", "explain %DATA/little.safetensors --data %DATA --viewer guest0 --format csv"),
      ("ksr", "evaluate %DATA/little.safetensors --data %DATA --json"),
    ],
    [(">/dev/full", "No space left"), (">&-", "Bad file descriptor")])
  func sentence(command: (String, String), redirection: (String, String)) throws {
    let program = try Programs.executable(command.0)
    let data = TestEnvironment.fixture("explorer/little")
    let arguments = command.1.replacing("%DATA", with: data)
    let run = try Programs.run(
      "/bin/sh", ["-c", "\(program) \(arguments) \(redirection.0)"],
      environment: ["LC_ALL=C.UTF-8"])
    #expect(run.status == 1)
    let last = run.output.split(separator: "\n").last ?? ""
    #expect(
      last.hasPrefix("\(command.0): Cannot write the output: \(redirection.1)"), "\(run.output)")
  }
}
