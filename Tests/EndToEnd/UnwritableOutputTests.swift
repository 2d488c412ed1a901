import TestSupport
import Testing

/// Both programs where standard output is full or closed: a sentence and a status, never a trap.
@Suite("Output that cannot be written")
struct UnwritableOutputTests {
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
