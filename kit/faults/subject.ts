import type { ApiCall } from '../../sandbox/api/server.ts'
import type { ApiFault } from '../../sandbox/faults/api-fault.ts'
import type { Order } from '../../sandbox/faults/orders.ts'
import { isObject, type Json, type JsonObject, listAt } from '../../sandbox/objects/json.ts'
import type { Pasted } from '../run/shell.ts'

/**
 * A mesh with the tutorial's VirtualService at 80/20, whose API server, be it the sandbox's or a real one behind a
 * proxy, does what it is ordered to.
 */
export type FaultyMesh = {
  /** YAML; may do everything. Its API server is the one that obeys. */
  kubeconfig: string
  /** In force at once, before its promise resolves. */
  order(fault: ApiFault): Promise<Order>
  clear(): Promise<void>
  /** Every request of the test so far. */
  calls(): readonly ApiCall[]
  /** The VirtualService as text, without what every write changes. */
  text(): Promise<string>
  weights(): Promise<Record<string, number | undefined>>
  /** The annotations of this project on it. */
  journals(): Promise<string[]>
  /** Pastes commands into a shell that has this mesh's kubeconfig and a kubectl. */
  paste(commands: string): Promise<Pasted>
  /** Somebody else's merge patch, past all faults. */
  merge(patch: JsonObject): Promise<unknown>
  /** Makes this manager the owner of the whole spec, as one that applies it server-side. */
  apply(manager: string): Promise<unknown>
  /** Who owns which fields of it: its managedFields without their times, in the order of the managers. */
  owners(): Promise<JsonObject[]>
  remove(): Promise<unknown>
  /** Deletes it and creates the same again, with what the run wrote but its journal. */
  recreate(): Promise<unknown>
}

/** The writes that were sent: PATCH calls that were no dry runs. */
export function writesOf(mesh: FaultyMesh): ApiCall[] {
  return mesh.calls().filter(({ method, dryRun }) => method === 'PATCH' && !dryRun)
}

/** The managedFields of an object, to be compared. */
export function ownersIn(object: Json | undefined): JsonObject[] {
  return listAt(object, 'metadata', 'managedFields')
    .filter(isObject)
    .map((rule): JsonObject => ({ ...rule, time: null }))
    .sort((one, other) => String(one.manager).localeCompare(String(other.manager)))
}
