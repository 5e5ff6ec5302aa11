import LinearAlgebra
import Threads

/// A gated network that all tokens share beside experts, each between norms of its own, and a norm of its own for the
/// router: y = behind₁(network(before₁ x)) + behind₂(experts(before₂ x)).
struct NetworkBesideExperts: FeedForward {
  /// A part of the sum, between its norms.
  struct Norms: Sendable {
    let before: RootMeanSquareNorm
    let behind: RootMeanSquareNorm
  }

  let network: GatedNetwork
  let networkNorms: Norms
  let experts: Experts
  let expertNorms: Norms
  /// What the router reads x by.
  let routerNorm: RootMeanSquareNorm

  func callAsFunction(_ x: Matrix, on workers: Workers) throws -> Matrix {
    let shared = network(networkNorms.before(x, on: workers), on: workers)
    let routed = try experts(
      expertNorms.before(x, on: workers), routedBy: routerNorm(x, on: workers), on: workers)
    let y = networkNorms.behind(shared, on: workers)
    y.add(expertNorms.behind(routed, on: workers), on: workers)
    return y
  }

  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    let dx = Matrix.zeros(rows: x.rows, columns: x.columns)

    let input = networkNorms.before(x, on: workers)
    let dShared = dy.copy()
    networkNorms.behind.replaceGradient(dShared, at: network(input, on: workers), on: workers)
    networkNorms.before.addGradient(
      at: x, network.gradient(dShared, at: input, sums: &sums, on: workers), to: dx, on: workers)

    let (expertInput, routerInput) = (
      expertNorms.before(x, on: workers), routerNorm(x, on: workers)
    )
    let dRouted = dy.copy()
    expertNorms.behind.replaceGradient(
      dRouted, at: try experts(expertInput, routedBy: routerInput, on: workers), on: workers)
    let gradients = try experts.gradients(
      dRouted, at: expertInput, routedBy: routerInput, sums: &sums, on: workers)
    expertNorms.before.addGradient(at: x, gradients.input, to: dx, on: workers)
    routerNorm.addGradient(at: x, gradients.routerInput, to: dx, on: workers)
    return dx
  }
}
