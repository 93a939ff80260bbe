import { load } from 'js-yaml'
import { isDeeperThan, isObject, type Json, type JsonObject } from '../../kube/json.ts'
import { plainList } from '../../problem/list-text.ts'
import { nearest, suggestion } from '../../problem/suggestion.ts'
import type { Given } from '../option.ts'

/** What the Pods of a Job have beside what the run sets. */
export type PodTemplate = {
  labels?: Readonly<Record<string, string>>
  annotations?: Readonly<Record<string, string>>
  /** Without its containers. */
  spec?: JsonObject
  /** Of the one container. */
  container?: JsonObject
}

/** The name of the only container. */
export const PROBER = 'prober'

const LONGEST = 50_000
const MOST_LEVELS = 20
const METADATA = ['labels', 'annotations']
const CONTAINER = [
  'name',
  'resources',
  'env',
  'envFrom',
  'volumeMounts',
  'securityContext',
  'imagePullPolicy',
]
/** What the run sets, and why it must. */
const OWN_SPEC: Readonly<Record<string, string>> = {
  restartPolicy: 'A Pod that started again would probe twice',
  readinessGates: 'The run sets one that keeps the Pods out of every Service',
  activeDeadlineSeconds: 'The run sets it on the Job, from timeout',
  terminationGracePeriodSeconds: 'The Pods end at once when the Job is deleted',
  initContainers: 'The Pods have only the container of the run',
  ephemeralContainers: 'The Pods have only the container of the run',
}
const OWN_CONTAINER: Readonly<Record<string, string>> = {
  image: 'Use job-image',
  command: 'The run sets it',
  args: 'The run sets it',
}
/** Labels and annotations that the run or the job controller sets. */
const OWN_KEYS =
  /^(?:istio-traffic-shift\/|batch\.kubernetes\.io\/|job-name$|controller-uid$|sidecar\.istio\.io\/inject$)/

/** Reads a Pod template, and refuses what the run must set itself. */
export function parsePodTemplate({ name: input, text, refuse }: Given): PodTemplate | undefined {
  const invalid = (what: string) => refuse('ITS-JOB-TEMPLATE-INVALID', () => `${input}${what}`)
  if (text.length > LONGEST)
    return invalid(` must have at most ${LONGEST.toLocaleString('en-US')} characters.`)
  let value: Json
  try {
    value = load(text) as Json
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return invalid(` must be YAML. It is not valid: ${line}.`)
  }
  if (!isObject(value) || isDeeperThan(MOST_LEVELS, value))
    return invalid(' must be a YAML mapping with metadata, spec or both, as a Pod template has.')
  const problems = [
    ...unknownFields('', value, ['metadata', 'spec']),
    ...metadataProblems(value.metadata),
    ...specProblems(value.spec),
  ]
  for (const problem of problems) invalid(`: ${problem}`)
  return problems.length > 0 ? undefined : templateOf(value)
}

function templateOf({ metadata, spec }: JsonObject): PodTemplate {
  const { labels, annotations } = isObject(metadata) ? metadata : {}
  const { containers, ...rest } = isObject(spec) ? spec : {}
  const [container] = Array.isArray(containers) ? containers : []
  return {
    labels: textsIn(labels),
    annotations: textsIn(annotations),
    spec: rest,
    ...(isObject(container) && { container }),
  }
}

function textsIn(value: Json | undefined): Record<string, string> {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}

function metadataProblems(metadata: Json | undefined): string[] {
  if (metadata === undefined) return []
  if (!isObject(metadata)) return ['metadata must be a mapping with labels, annotations or both.']
  return [
    ...unknownFields('metadata.', metadata, METADATA),
    ...METADATA.flatMap((field) => textProblems(`metadata.${field}`, metadata[field])),
  ]
}

function textProblems(place: string, value: Json | undefined): string[] {
  if (value === undefined) return []
  if (!isObject(value)) return [`${place} must be a mapping of strings.`]
  return Object.entries(value).flatMap(([key, text]) => {
    if (OWN_KEYS.test(key)) return [`${place} must not have ${key}. The run sets it.`]
    return typeof text === 'string' ? [] : [`${place}: ${key} must be a string. Put it in quotes.`]
  })
}

function specProblems(spec: Json | undefined): string[] {
  if (spec === undefined) return []
  if (!isObject(spec)) return ['spec must be a mapping, as the spec of a Pod.']
  return [...ownFields('spec.', spec, OWN_SPEC), ...containerProblems(spec.containers)]
}

function containerProblems(containers: Json | undefined): string[] {
  if (containers === undefined) return []
  const [container, second] = Array.isArray(containers) ? containers : []
  if (!isObject(container) || second !== undefined)
    return [`spec.containers must have one container, ${PROBER}.`]
  const place = 'spec.containers[0].'
  const { name = PROBER, ...fields } = container
  const own = Object.keys(OWN_CONTAINER)
  return [
    ...(name === PROBER ? [] : [`${place}name must be ${PROBER}.`]),
    ...ownFields(place, fields, OWN_CONTAINER),
    ...unknownFields(place, fields, [...CONTAINER, ...own], CONTAINER),
  ]
}

function ownFields(
  place: string,
  value: JsonObject,
  own: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(own).flatMap(([field, why]) =>
    Object.hasOwn(value, field) ? [`${place}${field} must not be set. ${why}.`] : [],
  )
}

function unknownFields(
  place: string,
  value: JsonObject,
  known: readonly string[],
  shown = known,
): string[] {
  return Object.keys(value)
    .filter((field) => !known.includes(field))
    .map(
      (field) =>
        `${place}${field.slice(0, 60)} is not one of ${plainList(shown)}.${suggestion(nearest(field, shown))}`,
    )
}
