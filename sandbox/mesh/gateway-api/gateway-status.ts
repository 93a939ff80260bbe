import { type Json, type JsonObject, listAt, objectAt, textAt } from '../../objects/json.ts'
import type { KubeObject } from '../../objects/kube-object.ts'
import { GATEWAY_API } from '../../objects/resources.ts'
import { type Resolved, resolve } from './addresses.ts'
import { type Condition, conditionsIn, type Moment, withConditions } from './conditions.ts'
import type { ParentListener } from './listeners.ts'
import type { GatewayApiObjects } from './objects.ts'
import type { Translation } from './translate.ts'

/** The status of a Gateway. Source: istio, reportGatewayStatus. */
export function gatewayStatus(
  gateway: KubeObject,
  translation: Translation,
  objects: GatewayApiObjects,
  moment: Moment,
): JsonObject {
  const own = translation.listeners.filter((one) => one.gateway === gateway)
  const before = objectAt(gateway, 'status')
  const resolved = resolve(gateway, own, objects)
  const valid = own.filter((one) => isValid(one)).length
  const accepted: Condition = { reason: 'Accepted', message: 'Resource accepted' }
  const notValid = { reason: 'ListenersNotValid' }
  if (valid === 0 && own.length > 0)
    accepted.error = { ...notValid, message: "None of the Gateway's listeners are valid" }
  else if (valid < own.length)
    Object.assign(accepted, {
      ...notValid,
      message: "One or more of the Gateway's listeners are invalid",
    })
  const conditions = withConditions(
    conditionsIn(before),
    {
      Accepted: accepted,
      Programmed: programmed(resolved),
      ResolvedRefs: { reason: 'ResolvedRefs', message: 'All references resolved' },
    },
    moment,
  )
  const addresses = resolved.addresses.map((value): Json => ({ type: typeOf(value), value }))
  return {
    ...before,
    ...(addresses.length === 0 ? {} : { addresses }),
    conditions,
    listeners: own.map((one) => listenerStatus(one, translation, before, moment)),
  }
}

function typeOf(address: string): string {
  return /^[\d.]+$|:/.test(address) ? 'IPAddress' : 'Hostname'
}

function isValid({ tlsError, protocolError }: ParentListener): boolean {
  return tlsError === undefined && protocolError === undefined
}

function listenerStatus(
  listener: ParentListener,
  { routes }: Translation,
  before: JsonObject,
  moment: Moment,
): Json {
  const { name, kinds, tlsError, protocolError, kindsAreRight } = listener
  const attachedRoutes = routes
    .flatMap(({ attachments }) => attachments)
    .filter((one) => one.listener === listener && one.denied === undefined).length
  const found = listAt(before, 'listeners').find((one) => textAt(one, 'name') === name)
  const message = 'No errors found'
  const wrongKinds = { reason: 'InvalidRouteKinds', message: 'Invalid route kinds' }
  const conditions = withConditions(
    conditionsIn(found),
    {
      Accepted: { reason: 'Accepted', message, error: protocolError },
      Conflicted: { reason: 'NoConflicts', message, status: 'False' },
      Programmed: {
        reason: 'Programmed',
        message,
        error: tlsError && { reason: 'Invalid', message: 'Bad TLS configuration' },
      },
      ResolvedRefs: {
        reason: 'ResolvedRefs',
        message,
        error: kindsAreRight ? tlsError : wrongKinds,
      },
    },
    moment,
  )
  const supportedKinds = kinds.map((kind): Json => ({ group: GATEWAY_API, kind }))
  return { attachedRoutes, conditions, name, supportedKinds }
}

/** Source: istio, SetProgrammedCondition. */
function programmed({ services, internal, warnings, usable }: Resolved): Condition {
  const assigned = `service(s) ${joined(internal)}`
  const condition: Condition = {
    reason: 'Programmed',
    message:
      internal.length === 0
        ? 'Resource programmed'
        : `Resource programmed, assigned to ${assigned}`,
  }
  if (services.length === 0)
    condition.error = {
      reason: 'UnsupportedAddress',
      message: 'Failed to assign to any requested addresses',
    }
  else if (warnings.length > 0)
    condition.error = {
      reason: usable ? 'AddressNotAssigned' : 'AddressNotUsable',
      message:
        internal.length === 0
          ? `Failed to assign to any requested addresses: ${warnings.join('; ')}`
          : `Assigned to ${assigned}, but failed to assign to all requested addresses: ${warnings.join('; ')}`,
    }
  return condition
}

function joined(names: readonly string[]): string {
  if (names.length <= 2) return names.join(' and ')
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`
}
