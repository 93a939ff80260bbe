import { binomial } from './binomial.ts'

/**
 * How others check a split: a number of calls, a number of hits that is enough, and how many
 * rounds.
 */
export type Gate = {
  name: string
  calls: number
  /** Points to either side that still pass, as a share; `seen`: at least one call of each version. */
  within: number | 'seen'
  /** Passes once so many rounds in a row pass, of `rounds` at most. */
  inARow: number
  rounds: number
  /** Where it is from. */
  source: string
}

/** Istio's call helper waits longer and longer between rounds, up to its 30 seconds; the bench grants it this many. */
const ROUNDS_IN_30_SECONDS = 30

export const GATES: readonly Gate[] = [
  {
    name: 'ten calls, both seen',
    calls: 10,
    within: 'seen',
    inARow: 1,
    rounds: 1,
    source:
      "our reading of a tutorial's ten calls in a shell loop: good if each version with a weight answered once",
  },
  {
    name: 'ten calls, within 10',
    calls: 10,
    within: 0.1,
    inARow: 1,
    rounds: 1,
    source:
      'a stricter reading of the same: good if the count is at most one from what was asked for',
  },
  {
    name: '100 calls within 10, 3 in a row',
    calls: 100,
    within: 0.1,
    inARow: 3,
    rounds: ROUNDS_IN_30_SECONDS,
    source: `istio/istio tests/integration/pilot/common/routing.go, cases "shifting-": Count 100, errorThreshold 10; pkg/test/framework/components/echo/flags.go: callConverge 3, callTimeout 30s, read as at most ${ROUNDS_IN_30_SECONDS} rounds`,
  },
  {
    name: '100 calls within 10, any round',
    calls: 100,
    within: 0.1,
    inARow: 1,
    rounds: ROUNDS_IN_30_SECONDS,
    source:
      'the same test today: pkg/test/framework/components/echo/calloptions.go asks for one pass only (retry.Converge(1)) where Count exceeds callConverge',
  },
  {
    name: '200 calls within 10, any of 12',
    calls: 200,
    within: 0.1,
    inARow: 1,
    rounds: 12,
    source:
      'kumahq/kuma test/e2e_env/multizone/trafficroute/trafficroute.go: 200 requests, BeNumerically("~", 2 * weight, 20), Eventually 1m every 5s',
  },
  {
    name: '500 calls within 5, any of 10',
    calls: 500,
    within: 0.05,
    inARow: 1,
    rounds: 10,
    source:
      'kubernetes-sigs/gateway-api conformance/tests/httproute-weight.go and conformance/utils/weight/weight.go: totalRequests 500, tolerancePercentage 0.05, ten attempts',
  },
  {
    name: '1000 calls within 10',
    calls: 1000,
    within: 0.1,
    inARow: 1,
    rounds: 1,
    source: 'no suite found that does it; what more calls alone would buy',
  },
]

export type GateOutcome = { pass: number; meanCalls: number }

/** Exact chance that a gate passes and the mean number of calls it takes, for a true share of `truth`. */
export function gateOutcome(gate: Gate, target: number, truth: number): GateOutcome {
  const { first, last } = accepted(gate, target)
  const good = binomial(gate.calls, truth).between(first, last)
  // Chances of having had 0, 1, 2... good rounds in a row so far.
  let rows = [1, ...new Array<number>(gate.inARow - 1).fill(0)]
  let pass = 0
  let meanCalls = 0
  for (let round = 0; round < gate.rounds; round++) {
    const open = rows.reduce((sum, chance) => sum + chance, 0)
    meanCalls += open * gate.calls
    pass += (rows.at(-1) ?? 0) * good
    rows = [open * (1 - good), ...rows.slice(0, -1).map((chance) => chance * good)]
  }
  return { pass, meanCalls }
}

/** Numbers of hits with which one round passes. */
function accepted({ calls, within }: Gate, target: number): { first: number; last: number } {
  if (within === 'seen') {
    if (target === 0 || target === 1) return { first: target * calls, last: target * calls }
    return { first: 1, last: calls - 1 }
  }
  return {
    first: Math.ceil(calls * (target - within) - 1e-9),
    last: Math.floor(calls * (target + within) + 1e-9),
  }
}
