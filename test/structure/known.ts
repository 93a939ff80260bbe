/** Import cycles that are still there. The list may only shrink. */
export const KNOWN_CYCLES: readonly string[] = []
