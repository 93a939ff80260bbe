/**
 * Chooses samples by the moment of their launch alone, so that the choice tells nothing of what becomes of them: of those
 * that are launched within one stretch of time, the first. A test that sees only these holds its error as if it saw all.
 *
 * @param gapMs length of a stretch; 0: every sample is chosen
 */
export function spread(gapMs: number): (launchedMs: number) => boolean {
  if (gapMs <= 0) return () => true
  let originMs: number | undefined
  let last = -1
  return (launchedMs) => {
    originMs ??= launchedMs
    const stretch = Math.floor((launchedMs - originMs) / gapMs)
    if (stretch <= last) return false
    last = stretch
    return true
  }
}
