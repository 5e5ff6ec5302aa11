import Foundation
package import Testing

/// Whether tests that take long are to run, and others on all that there is: `make thorough` asks for it.
package let isThorough = ProcessInfo.processInfo.environment["RATION_THOROUGH"] == "1"

extension Trait where Self == ConditionTrait {
  /// A test that takes long, which `make thorough` runs.
  package static var thorough: Self { .enabled("`make thorough` runs it") { isThorough } }
}
