import { isDeepStrictEqual } from 'node:util'
import { type ControllerFault, rejectionOf } from '../../faults/controller-fault.ts'
import { type JsonObject, numberAt, textAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import type { Place, Write } from '../../objects/place.ts'
import type { Registry } from '../../objects/registry.ts'
import { GATEWAY_API } from '../../objects/resources.ts'
import { wholeSeconds } from '../../objects/whole-seconds.ts'
import { conditionsIn, type Moment, withConditions } from './conditions.ts'
import { gatewayStatus } from './gateway-status.ts'
import { isServed } from './listeners.ts'
import { CONTROLLER, type GatewayApiObjects } from './objects.ts'
import { parentsIn } from './route-status.ts'
import { translate } from './translate.ts'

/** What writes status, and when. */
type Writer = { registry: Registry; now: () => Date; faults: () => readonly ControllerFault[] }

/** Writes the status of every object of the Gateway API that istiod looks after, where it has changed. */
export function writeStatus(objects: GatewayApiObjects, writer: Writer): void {
  const translation = translate(objects)
  const time = wholeSeconds(writer.now())
  const momentOf = (object: KubeObject): Moment => ({
    generation: numberAt(object, 'metadata', 'generation') ?? 0,
    time,
  })
  for (const one of objects.classes) {
    if (textAt(one, 'spec', 'controllerName') !== CONTROLLER) continue
    const accepted = { reason: 'Accepted', message: 'Handled by Istio controller' }
    const conditions = withConditions(
      conditionsIn(one.status),
      { Accepted: accepted },
      momentOf(one),
    )
    write(one, { conditions }, writer)
  }
  for (const gateway of objects.gateways)
    if (isServed(gateway, objects))
      write(gateway, gatewayStatus(gateway, translation, objects, momentOf(gateway)), writer)
  for (const translated of translation.routes) {
    const { route } = translated
    const rejection = rejectionOf(writer.faults(), route)
    if (rejection === 'keeps') continue
    const parents = parentsIn(translated, rejection, momentOf(route))
    if (parents.length > 0 || route.status !== undefined) write(route, { parents }, writer)
  }
}

function write(object: KubeObject, status: JsonObject, { registry }: Writer): void {
  if (isDeepStrictEqual(object.status, status)) return
  const resource = registry.resources.find(
    (one) => one.group === GATEWAY_API && one.kind === object.kind,
  )
  if (resource === undefined) return
  const place: Place = { resource, namespace: namespaceOf(object), name: object.metadata.name }
  registry.update(place, (current) => ({ ...current, status }), BY_ISTIOD)
}

const BY_ISTIOD: Write = {
  manager: 'pilot-discovery',
  version: 'v1',
  subresource: 'status',
  dryRun: false,
  writesStatus: true,
  unknownFields: 'Ignore',
  warn: () => {},
}
