import Foundation
import FuzzTargets

/// The target that `RATION_FUZZ` names.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["RATION_FUZZ"] ?? ""
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    fatalError("RATION_FUZZ is none of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
  }
  return target
}()

/// What libFuzzer calls with one input after another.
@_cdecl("LLVMFuzzerTestOneInput")
public func runInput(_ start: UnsafeRawPointer?, _ count: Int) -> Int32 {
  target.run(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
