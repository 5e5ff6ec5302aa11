import LinearAlgebra
import Threads

/// What layers read of a batch beside the features of the layer before them, and the gradients there. Most models have
/// nothing of this.
///
/// While a network runs, what is made for later layers is put here and read from here. On the way back each reader adds
/// its gradient, and who made the features takes the sum.
final class SideFeatures: @unchecked Sendable {
  // Unchecked: used by the thread alone that runs the network.
  /// What every layer is given of the tokens, layer beside layer.
  var layerInputs: Matrix?
  private var layerInputGradients: Matrix?
  private var keyValues: [Int: Matrix] = [:]
  private var keyValueGradients: [Int: Matrix] = [:]

  /// What has been put down so far, for layers that go on by themselves.
  func fork() -> SideFeatures {
    let fork = SideFeatures()
    fork.layerInputs = layerInputs
    fork.keyValues = keyValues
    return fork
  }

  /// Sets the gradient at the columns of `layerInputs` that a layer has read.
  func set(layerInputGradient gradient: Matrix, at columns: Range<Int>) {
    guard let inputs = layerInputs else { return }
    let all =
      layerInputGradients ?? Matrix.zeros(rows: inputs.rows, columns: inputs.columns)
    layerInputGradients = all
    all.columns(columns).assign(gradient)
  }

  /// The gradient at `layerInputs`, nil where nobody has read them; it is forgotten.
  func takeLayerInputGradients() -> Matrix? {
    defer { layerInputGradients = nil }
    return layerInputGradients
  }

  /// Puts down the keys and values of a layer that others attend to.
  func put(keyValues: Matrix, ofLayer layer: Int) { self.keyValues[layer] = keyValues }

  /// The keys and values that a layer before has put down.
  func keyValues(ofLayer layer: Int) -> Matrix {
    guard let keyValues = keyValues[layer] else { preconditionFailure("no layer \(layer) has run") }
    return keyValues
  }

  /// Adds a gradient at the keys and values of a layer.
  func add(keyValueGradient gradient: Matrix, ofLayer layer: Int, on workers: Workers) {
    if let sum = keyValueGradients[layer] {
      sum.add(gradient, on: workers)
    } else {
      keyValueGradients[layer] = gradient
    }
  }

  /// The sum of the gradients at a layer's keys and values, nil where nobody has read them; it is forgotten.
  func takeKeyValueGradient(ofLayer layer: Int) -> Matrix? {
    keyValueGradients.removeValue(forKey: layer)
  }
}
