/** Replaces inputs that make a test slow or, once in a hundred times, fail. */
const HASTE = { 'step-interval': '0s', rate: '', confidence: '99.99', tolerance: '15' }
/** In a test, what verify waits for has happened before it begins, or never will. */
const NO_WAIT = { 'propagation-timeout': '0s' }

/** What an example's step is given in a test instead of its own inputs, by its mode. */
export function hasteFor(mode = 'shift'): Readonly<Record<string, string>> {
  if (mode === 'rollback' || mode === 'status') return {}
  return mode === 'verify' ? { ...HASTE, ...NO_WAIT } : HASTE
}
