import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../../kube/json.ts'
import { MANAGER } from '../../kube/request/api-request.ts'
import type { Notice } from '../../report/notices/notices.ts'

/** The object that an Event is about. */
export type Subject = {
  kind: string
  /** As `networking.istio.io/v1`. */
  apiVersion: string
  namespace: string
  name: string
  uid: string
}

/** Source: k8s.io/kubernetes, pkg/apis/core/validation/events.go. */
const MOST_MESSAGE_BYTES = 1024
const MOST_INSTANCE_CHARACTERS = 128
/** The name of an Event begins with that of its object, and has 253 characters at most. */
const MOST_NAME_CHARACTERS = 230

/**
 * An Event of the core group, which `kubectl describe` lists by the kind, name and uid of its object. Displays of different
 * ages read different fields, so it has the time and the source in both forms.
 *
 * @param run what distinguishes this run from others, as the CI system names it
 */
export function eventObject(subject: Subject, notice: Notice, run: string): JsonObject {
  const { namespace, name } = subject
  const { type, reason, action, message, at } = notice
  const time = `${at.toISOString().slice(0, 19)}Z`
  const begin = name.slice(0, MOST_NAME_CHARACTERS).replace(/[-.]+$/, '')
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${begin}.${randomBytes(8).toString('hex')}` },
    involvedObject: { ...subject },
    ...{ type, reason, action, message: cut(message) },
    eventTime: at.toISOString().replace('Z', '000Z'),
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    reportingComponent: MANAGER,
    reportingInstance: run.slice(0, MOST_INSTANCE_CHARACTERS) || MANAGER,
    source: { component: MANAGER },
  }
}

const CUT = '...'

/** Within the limit in bytes, between two characters. */
function cut(message: string): string {
  if (Buffer.byteLength(message) <= MOST_MESSAGE_BYTES) return message
  const bytes = Buffer.from(message).subarray(0, MOST_MESSAGE_BYTES - CUT.length)
  const text = new TextDecoder().decode(bytes, { stream: true })
  return `${text}${CUT}`
}
