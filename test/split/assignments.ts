/** The counts that can be true where `unclassified` samples may have gone to any destination. */
export function assignments(counts: readonly number[], unclassified: number): number[][] {
  const [first = 0, ...others] = counts
  if (others.length === 0) return [[first + unclassified]]
  return Array.from({ length: unclassified + 1 }, (_, given) =>
    assignments(others, unclassified - given).map((rest) => [first + given, ...rest]),
  ).flat()
}
