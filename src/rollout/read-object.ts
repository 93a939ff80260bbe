import { readVirtualService } from '../mesh/read-virtual-service.ts'
import type { Resource } from '../mesh/resources.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { Context } from './context.ts'
import { Stop } from './outcome.ts'
import { stopFor } from './refused.ts'

/** Reads the route object that the inputs name. Fails with a Stop. */
export async function readObject(
  { api, options }: Pick<Context, 'api' | 'options'>,
  signal: AbortSignal,
): Promise<{ object: RouteObject; resource: Resource }> {
  const { namespace, virtualService } = options
  const found = await readVirtualService(api, namespace, virtualService, signal).catch(
    (error: unknown) => {
      throw stopFor(error, 'reading the VirtualService')
    },
  )
  if (!found.ok)
    throw new Stop('error', found.finding.reason, found.finding.what, found.finding.mend)
  return found
}
