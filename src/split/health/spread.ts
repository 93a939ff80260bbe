/** What part of the span a burst of chosen samples may make up for. */
const MADE_UP = 1 / 100

/**
 * Chooses samples by the moment of their launch alone, so that the choice tells nothing of what becomes of them. A test that
 * sees only these holds its error as if it saw all. One is due in each stretch of time; stretches without a launch are
 * made up for as far as they are in the last hundredth of the span, because a timer of a busy machine launches several at
 * once. So no hundredth of the span has more than twice its part.
 *
 * @param gapMs length of a stretch; 0: every sample is chosen
 * @param spanMs over which they are to be spread
 */
export function spread(gapMs: number, spanMs: number): (launchedMs: number) => boolean {
  if (gapMs <= 0) return () => true
  const mostMissing = Math.max(1, Math.round((spanMs * MADE_UP) / gapMs))
  let originMs: number | undefined
  let taken = 0
  return (launchedMs) => {
    originMs ??= launchedMs
    const due = Math.floor((launchedMs - originMs) / gapMs) + 1
    if (taken >= due) return false
    taken = Math.max(taken, due - mostMissing) + 1
    return true
  }
}
