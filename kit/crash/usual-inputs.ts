export const SPLIT = { weights: { v1: 80, v2: 20 } }
/** Wide enough to be confirmed by some dozen connections, and certain enough to pass each time. */
export const SHORT = { subset: 'v2', weight: '60', tolerance: '35', confidence: '99.99' }
/** A run that cannot be confirmed. */
export const HOPELESS = { ...SHORT, connections: '1', 'propagation-timeout': '0s' }
export const REQUESTS = { web: { v1: 80, v2: 20 } }

/** These modes take no input that is about samples; empty is as good as not given. */
export const ROLLBACK = { mode: 'rollback', expect: '' }
export const MAY_BE_ALIVE = {
  whose: 'a run that may be alive',
  moment: 'carried out, not answered',
} as const
