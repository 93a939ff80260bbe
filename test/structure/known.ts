/** Imports against the arrows that are still there. The list may only shrink. */
export const KNOWN_ARROWS: readonly string[] = []

/** Import cycles that are still there. The list may only shrink. */
export const KNOWN_CYCLES: readonly string[] = []
