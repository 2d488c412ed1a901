import Dispatch
import KSRModel
import Testing

@testable import Training

@Suite struct PhaseClockTests {
  @Test func addsUpByNameFromAllThreads() {
    let clock = PhaseClock()
    clock.add("step", seconds: 2)
    clock.add("step/gates", seconds: 0.5)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<100 { clock.add("step/gates", seconds: 0.25) }
      clock.start("writing")
      clock.stop("writing")
    }
    // What never began cannot end.
    clock.stop("nothing")
    let result = clock.measure("validation") { 7 }
    #expect(result == 7)
    let phases = clock.phases
    #expect(phases.map(\.name).sorted() == ["step", "step/gates", "validation", "writing"])
    #expect(phases.first { $0.name == "step/gates" }?.seconds == 200.5)
    #expect(phases.first { $0.name == "step/gates" }?.count == 801)
    #expect(phases.first { $0.name == "writing" }?.count == 8)
  }

  @Test func printsPartsUnderTheirWholesWithShares() {
    let phases = [
      PhaseClock.Phase(name: "pack", seconds: 1, count: 2),
      PhaseClock.Phase(name: "step/gates/forward", seconds: 2, count: 5),
      PhaseClock.Phase(name: "step/gates", seconds: 3, count: 4),
      PhaseClock.Phase(name: "step", seconds: 5.0626, count: 2),
    ]
    #expect(
      PhaseClock.table(phases, total: 8) == """
        phase                        seconds       share       times
        pack                           1.000      12.5 %           2
        step                           5.063      63.3 %           2
          gates                        3.000      37.5 %           4
            forward                    2.000      25.0 %           5
        all else                       1.937      24.2 %
        in all                         8.000     100.0 %
        """)
  }

  @Test func saysWhatShareOfThePeakTrainingSustained() {
    let clock = PhaseClock()
    #expect(clock.share(ofPeak: 1e11, threads: 2) == nil)
    clock.add("shuffle and pack", seconds: 0.25)
    clock.add("step", seconds: 3.5)
    clock.add("step/gru forward", seconds: 5)
    clock.add("optimiser", seconds: 0.25)
    clock.add("validation", seconds: 9)
    clock.count(operations: 1.5e11)
    clock.count(operations: 0.5e11)
    #expect(
      clock.share(ofPeak: 1e11, threads: 2)
        == "training: 200.0 useful GFLOP in 4.000 s, 50.0 GFLOP/s: 50.0 % of the 100.0 GFLOP/s that "
        + "matrix products reach on 2 threads")
  }
}
