import type { Arrival } from '../../routes/probe-request.ts'
import { type FoundGateway, NOTHING_FOUND } from '../gateway-search.ts'
import type { AtListener } from './listener-fit.ts'

/** What a search for a Gateway of the Gateway API found. */
export type FoundListener = FoundGateway & {
  /** The listener that the connections go to. */
  at: AtListener | undefined
  /** Every listener that was read and whose traffic the rule gets, that one included; undefined: none was read. */
  fitting: readonly AtListener[] | undefined
}

export const NO_LISTENER: FoundListener = {
  ...NOTHING_FOUND,
  at: undefined,
  fitting: undefined,
}

/** The same with the listeners, if the search was for a Gateway of the Gateway API. */
export function asFoundListener(found: FoundGateway): FoundListener {
  return hasListeners(found) ? found : { ...found, at: undefined, fitting: undefined }
}

function hasListeners(found: FoundGateway): found is FoundListener {
  return 'fitting' in found
}

export function arrivalAt({ gateway, listener }: AtListener): Arrival {
  return {
    gateway: `${gateway.namespace}/${gateway.name}`,
    port: listener.port,
    section: listener.name,
  }
}
