import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { listText } from '../../problem/list-text.ts'
import type { SampleUnit } from '../model/sample-unit.ts'

/** Fewer samples to one address say little of it. */
const LEAST = 5

/**
 * What to do where every lost sample went to addresses of the gateway that answered none, while the others
 * answered all. Undefined where the addresses do not explain the loss.
 */
export function failingAddresses(
  { samples, addresses }: { samples: readonly ProbeSample[]; addresses: readonly string[] },
  unit: SampleUnit,
): string | undefined {
  if (addresses.length < 2) return undefined
  const tallies = addresses.map((address) => ({ address, answered: 0, lost: 0 }))
  for (const [index, { classified }] of samples.entries()) {
    const tally = tallies[index % tallies.length]
    if (tally && classified.kind === 'destination') tally.answered += 1
    else if (tally && classified.kind === 'unclassified') tally.lost += 1
  }
  const failing = tallies.filter(({ answered }) => answered === 0)
  const working = tallies.filter(({ lost }) => lost === 0)
  if (failing.length === 0 || failing.length + working.length < tallies.length) return undefined
  if (failing.some(({ lost }) => lost < LEAST)) return undefined
  const names = listText(failing.map(({ address }) => address))
  const one = failing.length === 1
  return `Every ${unit} to ${names} was lost, and none to ${listText(working.map(({ address }) => address))}. Check the gateway behind ${one ? 'this address' : 'these addresses'}, since clients are sent there too. To use only another address, set endpoint: host:port.`
}
