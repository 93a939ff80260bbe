import type { ApiRequest, ApiResponse } from '../api/exchange.ts'
import type { Outcome } from '../api/server.ts'

/** The effect of a fault on a request. `handle` carries the request out as without a fault, but only once. */
export type Act = (
  request: ApiRequest,
  handle: () => Promise<Outcome>,
  signal: AbortSignal,
) => Promise<Outcome>

/** Selects requests: by a function, or by all given fields. */
export type Match =
  | ((request: ApiRequest) => boolean)
  | {
      method?: string
      /** Against the path with its query. */
      path?: RegExp
      dryRun?: boolean
      /** Only this one of the requests that match otherwise, counted from 1 since the fault was ordered. */
      nth?: number
    }

/** A fault of the API server: its effect on the selected requests, at most this many `times` (default: always). */
export type ApiFault = { match?: Match; times?: number; act: Act }

/** An ordered fault with its counts. */
export type ApiRule = { fault: ApiFault; seen: number; acted: number }

/**
 * Runs a request through all matching faults, the first one outermost, and finally through `handle`. `signal` aborts
 * waits when the sandbox stops.
 */
export function runThrough(
  rules: readonly ApiRule[],
  request: ApiRequest,
  handle: () => Promise<Outcome>,
  signal: AbortSignal,
): Promise<Outcome> {
  // All faults count the request before the first one takes effect, so that counts do not depend on other faults.
  const acts = rules.filter((rule) => takes(rule, request)).map((rule) => rule.fault.act)
  return acts.reduceRight<() => Promise<Outcome>>((inner, act) => {
    let running: Promise<Outcome> | undefined
    const once = () => {
      running ??= inner()
      return running
    }
    return () => act(request, once, signal)
  }, handle)()
}

function takes(rule: ApiRule, request: ApiRequest): boolean {
  const { match, times } = rule.fault
  if (!fitsFields(match, request)) return false
  rule.seen += 1
  const nth = typeof match === 'object' ? match.nth : undefined
  if (nth !== undefined && rule.seen !== nth) return false
  if (times !== undefined && rule.acted >= times) return false
  rule.acted += 1
  return true
}

function fitsFields(match: Match | undefined, request: ApiRequest): boolean {
  if (match === undefined) return true
  if (typeof match === 'function') return match(request)
  return (
    (match.method === undefined || match.method === request.method) &&
    (match.path === undefined || match.path.test(request.path)) &&
    (match.dryRun === undefined || match.dryRun === request.dryRun)
  )
}

/** The answer in an outcome, if there is one. */
export function responseIn(outcome: Outcome): ApiResponse | undefined {
  return 'response' in outcome ? outcome.response : undefined
}
