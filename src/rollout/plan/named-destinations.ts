import type { Options } from '../../options/options.ts'

/** The destinations that the inputs name, by which a rule may be found among several. */
export function namedDestinations({ wanted, expect }: Options): string[] {
  const weighted =
    wanted.kind === 'weight'
      ? [wanted.subset]
      : wanted.kind === 'weights'
        ? Object.keys(wanted.percents)
        : []
  return [...new Set([...weighted, ...expect.map(({ destination }) => destination)])]
}
